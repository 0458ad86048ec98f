"""Jobs that evaluate or audit a model through the same state machines as those that train it."""

import json

import numpy as np
import pytest

from primia_core.attacks.plan import AuditPlan
from primia_core.evaluation.document import EvaluationDocument
from primia_core.evaluation.documenting import document_of
from primia_core.evaluation.scores import Scored
from primia_core.evaluation.sums import ScoreSums
from primia_core.federation.closing import close
from primia_core.federation.errors import StepError
from primia_core.federation.layout import Layout
from primia_core.federation.plan import EvaluationPlan, Plan, PlanSite
from primia_core.federation.schedule import Finished, next_step
from primia_core.federation.scoring import score_words, shape_of
from primia_core.federation.simulation import SimulatedSite, Simulation
from primia_core.federation.site_work import perform
from primia_core.federation.state import RunState
from primia_core.federation.steps import Step
from primia_core.imaging import Normalisation, Pixels
from primia_core.models import build_model
from primia_core.secagg import Identity
from primia_core.training import predict
from tests.core.federation.conftest import Squares

TINY_AUDIT = AuditPlan(
    views=("gradient",), batch_sizes=(2,), victims=1, positive_victims=1, iterations=10, gallery=100, split="train"
)


@pytest.fixture(scope="module")
def identities(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Identity]:
    folder = tmp_path_factory.mktemp("identities")
    return {name: Identity.create(folder / name, name) for name in ("hub", "aalborg", "basel", "coimbra")}


def examining(plan: Plan, identities: dict[str, Identity], **parts) -> Plan:
    roster = tuple(
        PlanSite(
            site=member.site,
            name=member.name,
            fingerprint=identities[member.site].public.fingerprint,
            identity=identities[member.site].public.to_json(),
            dataset_version=member.dataset_version,
        )
        for member in plan.roster
    )
    scale = Normalisation(mean=0.25, std=0.2)
    return Plan.model_validate(
        {
            **plan.model_copy(
                update={
                    "roster": roster,
                    "coordinator": identities["hub"].public.to_json(),
                    "data": plan.data.model_copy(update={"normalisation": scale}),
                }
            ).to_json(),
            **{name: part if isinstance(part, str) else part.model_dump() for name, part in parts.items()},
        }
    )


def simulated(plan: Plan, data: dict[str, Squares], identities: dict[str, Identity], **more) -> Simulation:
    sites = {name: SimulatedSite(name, identities[name], cohort) for name, cohort in data.items()}
    return Simulation(plan, sites, identities["hub"], build_model(plan.model, seed=1).state_dict(), **more)


def pooled(plan: Plan, data: dict[str, Squares]) -> Pixels:
    parts = [cohort.split("test") for cohort in data.values()]
    return Pixels(np.concatenate([p.images for p in parts]), np.concatenate([p.labels for p in parts]))


def test_a_job_that_evaluates_says_what_the_pooled_images_say(
    plan: Plan, data: dict[str, Squares], identities: dict[str, Identity]
) -> None:
    wanted = EvaluationPlan(score_bins=64, replicates=100, subgroups=("sex",), smallest_cell=1)
    made = examining(plan, identities, purpose="evaluate", evaluation=wanted)
    result = simulated(made, data, identities).run()
    assert [r.kind for r in result.state.results] == ["scores"]
    assert result.finished.reason == "examined"
    assert result.finished.best_round is None
    document = result.state.results[0].scores
    assert document is not None

    model = build_model(made.model, seed=1)
    images = pooled(made, data)
    assert made.data.normalisation is not None
    said = predict(model, images, made.data.normalisation, batch_size=2 * made.training.batch_size)
    patients = [f"{site}/{name}" for site, cohort in data.items() for name in cohort.patients("test")]
    sexes = [sex for cohort in data.values() for sex in cohort.groups("test", "sex")]
    sums = ScoreSums.of(
        shape_of(made), Scored.of(images.labels, said.probabilities), patients=patients, groups={"sex": sexes}
    )
    local = document_of(
        sums.tally(), classes=made.data.classes, split="test", model=document.model, cohort=document.cohort,
        made=document.made, mean_loss=sums.tally().log_loss, smallest_cell=1,
    )  # fmt: skip
    drawn = {"accuracy_by_patient", "mcc_by_patient"}
    assert document.model_dump(exclude=drawn) == local.model_dump(exclude=drawn)
    assert document.n == 45
    assert document.made == "secure sum of 3 sites"
    assert result.finished.test is not None
    assert result.finished.test.confusion == document.confusion
    assert RunState.model_validate_json(result.state.model_dump_json()) == result.state


def test_the_figures_of_sites_are_in_no_document_unless_the_plan_publishes_them(
    plan: Plan, data: dict[str, Squares], identities: dict[str, Identity]
) -> None:
    quiet = EvaluationPlan(score_bins=16, replicates=0)
    summed = simulated(examining(plan, identities, purpose="evaluate", evaluation=quiet), data, identities).run()
    told = EvaluationPlan(score_bins=16, replicates=0, per_site=True)
    open_ = simulated(examining(plan, identities, purpose="evaluate", evaluation=told), data, identities).run()
    first, second = (result.state.results[0].scores for result in (summed, open_))
    assert isinstance(first, EvaluationDocument)
    assert isinstance(second, EvaluationDocument)
    assert first.sites == ()
    assert [site.site for site in second.sites] == list(data)
    assert sum(site.n for site in second.sites) == first.n
    assert "aalborg" not in json.dumps(first.model_dump(mode="json", exclude={"notes"}))


def test_a_site_that_does_not_answer_is_named_in_the_document(
    plan: Plan, data: dict[str, Squares], identities: dict[str, Identity]
) -> None:
    wanted = EvaluationPlan(score_bins=16, replicates=0)
    made = examining(plan, identities, purpose="evaluate", evaluation=wanted)
    made = made.model_copy(
        update={"aggregation": made.aggregation.model_copy(update={"secure": False, "min_survivors": 2})}
    )
    gone = simulated(made, data, identities, absent=lambda site, phase, step: site == "basel").run()
    document = gone.state.results[0].scores
    assert document is not None
    assert document.notes == ("Without Basel, who did not answer.",)
    assert len(document.cohort.versions) == 2


def test_sums_that_count_different_images_are_refused(plan: Plan, identities: dict[str, Identity]) -> None:
    made = examining(plan, identities, purpose="evaluate", evaluation=EvaluationPlan(score_bins=16, replicates=0))
    step = next_step(made, RunState(), Layout.of(build_model(made.model, seed=1).state_dict()))
    assert isinstance(step, Step)
    sums = ScoreSums.of(shape_of(made), Scored.of([0, 1, 2], np.full((3, 3), 1 / 3)), patients=["a", "b", "c"])
    words = score_words(made, sums)
    assert {vector.name: vector.length for vector in step.vectors} == {name: len(word) for name, word in words.items()}
    words["test.histograms"] = words["test.histograms"] + 1
    with pytest.raises(StepError, match="count different images"):
        close(made, step, RunState(), words, ["aalborg", "basel", "coimbra"], None)


def test_a_site_outside_the_roster_publishes_nothing(
    plan: Plan, data: dict[str, Squares], identities: dict[str, Identity]
) -> None:
    wanted = EvaluationPlan(score_bins=16, replicates=0, per_site=True)
    made = examining(plan, identities, purpose="evaluate", evaluation=wanted)
    model = build_model(made.model, seed=1).state_dict()
    step = next_step(made, RunState(), Layout.of(model))
    assert isinstance(step, Step)
    with pytest.raises(StepError, match="this site is None"):
        perform(made, step, RunState(), data["basel"], model)


class Many(Squares):
    """Enough images of each class that one can hide among a hundred."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, images=330)

    def patients(self, name: str) -> list[str]:
        return [f"{name}-{k}" for k in range(len(self._splits[name].labels))]


def test_a_job_that_audits_publishes_figures_and_leaves_pictures_at_the_sites(
    plan: Plan, identities: dict[str, Identity]
) -> None:
    made = examining(plan, identities, purpose="audit", audit=TINY_AUDIT)
    data = {site: Many(seed) for seed, site in enumerate(("aalborg", "basel", "coimbra"))}
    simulation = simulated(made, data, identities)
    step = next_step(made, RunState(), Layout.of(build_model(made.model, seed=1).state_dict()))
    assert isinstance(step, Step)
    work = simulation.answer(step, "basel")
    assert work.findings is not None
    assert work.findings.pictures
    assert {vector.name for vector in step.vectors} == set(work.vectors)
    result = simulation.run()
    assert isinstance(result.finished, Finished)
    document = result.state.results[0].audit
    assert document is not None
    assert document.pictures == ()
    assert document.positive.rows[0].n == 3, "one victim at each of three sites"
    assert document.model.hash == made.initial_model
    assert "data:image" not in result.state.model_dump_json()
