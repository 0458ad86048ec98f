"""The order of a job's steps is a pure function of the plan and the public results."""

from primia_core.federation.layout import Layout
from primia_core.federation.plan import Plan
from primia_core.federation.schedule import Finished, next_step
from primia_core.federation.state import RunState, Statistics, StepResult, Validation
from primia_core.federation.steps import Step
from primia_core.imaging import Normalisation
from primia_core.models import build_model
from tests.core.federation.conftest import SITES, sha256


def _answer(step: Step, plan: Plan, mcc_of_round: dict[int, float], state: RunState) -> StepResult:
    before = plan.initial_model if not state.results else state.results[-1].model_after
    result = StepResult(
        number=step.number,
        kind=step.kind,
        round=step.round,
        survivors=SITES,
        model_before=before,
        model_after=sha256(f"model {step.round}") if step.kind == "train" else before,
    )
    if step.kind == "statistics":
        pool = Statistics(normalisation=Normalisation(mean=0.5, std=0.2), class_counts=(9, 9, 9), pixels=27)
        return result.model_copy(update={"statistics": pool})
    made = max(
        r for r in range(state.rounds_done + 1) if state.model_of_round(r, plan.initial_model) == step.model_hash
    )
    evaluation = Validation(
        model_hash=step.model_hash,
        round=made,
        split=step.split or "validation",
        confusion=((5, 0, 0), (0, 5, 0), (0, 0, 5)),
        n=15,
        mean_loss=1.0,
        accuracy=0.5,
        mcc=mcc_of_round[made],
        low=0.0,
        high=1.0,
    )
    return result.model_copy(update={"evaluations": (evaluation,)})


def _run(plan: Plan, mccs: list[float]) -> tuple[list[str], Finished]:
    layout = Layout.of(build_model(plan.model, seed=1).state_dict())
    state, titles = RunState(), []
    while isinstance(step := next_step(plan, state, layout), Step):
        titles.append(step.title)
        state = RunState.model_validate_json(state.model_dump_json())  # what the coordinator stores is enough
        state = state.with_result(_answer(step, plan, dict(enumerate(mccs)), state))
    return titles, step


def test_a_job_asks_for_statistics_rounds_the_last_validation_and_one_test(plan: Plan) -> None:
    titles, end = _run(plan, [0.9, 0.8, 0.3, 0.6, 0.5])
    rounds = [f"round {n}" for n in range(1, 5)]
    assert titles == ["data statistics", *rounds, "evaluation on validation images", "evaluation on test images"]
    assert (end.best_round, end.reason) == (3, "all_rounds")  # rounds 0 and 1 come before first_round
    assert end.model_hash == sha256("model 3")


def test_the_earliest_of_equal_rounds_is_chosen(plan: Plan) -> None:
    assert _run(plan, [0, 0, 0.4, 0.4, 0.4])[1].best_round == 2


def test_global_early_stopping_ends_after_patience_and_stays_ended(plan: Plan) -> None:
    selection = plan.selection.model_copy(update={"patience": 1, "first_round": 1})
    titles, end = _run(plan.model_copy(update={"selection": selection}), [0, 0.6, 0.5, 0.9, 0.9])
    assert titles.count("round 3") == 1
    assert "round 4" not in titles
    assert end.reason == "early_stopping"
    assert end.best_round == 3  # validated once more before the test, and better after all


def test_known_constants_skip_the_statistics_unless_class_weights_need_them(plan: Plan) -> None:
    known = plan.data.model_copy(update={"normalisation": Normalisation(mean=0.5, std=0.2)})
    plan = plan.model_copy(update={"data": known})
    assert _run(plan, [0] * 5)[0][0] == "round 1"
    training = plan.training.model_copy(update={"class_weights": "pooled"})
    assert _run(plan.model_copy(update={"training": training}), [0] * 5)[0][0] == "data statistics"
