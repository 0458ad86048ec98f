"""Training under differential privacy by real processes: charged at each hospital, and ended where a budget ends."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from primia_core.client.errors import ApiError
from primia_core.privacy.accounting import Steps, epsilon
from tests.integration.consortium import THREE, Consortium
from tests.integration.harness import RunningPlatform
from tests.integration.training_job import TrainingJob
from workers.site.policy import SitePolicy

pytestmark = [pytest.mark.platform, pytest.mark.slow]

NOISE, RATE, STEPS, DELTA = 1.0, 0.25, 3, 1e-5


def cost_of(rounds: int) -> float:
    return epsilon([Steps(NOISE, RATE, STEPS * rounds)], DELTA)


BUDGET = cost_of(2) + 1e-3


@pytest.fixture(scope="module")
def module_consortium(
    module_platform: RunningPlatform, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Consortium]:
    """One consortium whose hospitals let two rounds be trained on their patients, and no third."""
    policy = SitePolicy(approval="auto", epsilon_budget=BUDGET, delta_max=DELTA)
    with closing(Consortium(module_platform, tmp_path_factory.mktemp("consortium"), policy=policy)) as consortium:
        yield consortium


@pytest.fixture
def consortium(module_consortium: Consortium, platform: RunningPlatform) -> Consortium:
    """The module's consortium on a running platform, with three hospitals."""
    module_consortium.enrol(THREE)
    return module_consortium


def private_job(consortium: Consortium, *, rounds: int) -> TrainingJob:
    return consortium.job(
        model={"name": "small_cnn", "normalisation": "group"},
        data={"normalisation": {"mean": 0.4, "std": 0.25}},
        training={"steps": STEPS, "batch_size": 8},
        strategy={"rounds": rounds},
        privacy={"noise_multiplier": NOISE, "sample_rate": RATE, "delta": DELTA},
    )


def version_of(job: TrainingJob) -> tuple[dict[str, Any], dict[str, Any]]:
    [(card, lineage)] = job.rows("SELECT card, lineage FROM registry_modelversion WHERE job_id = %s")
    return card, lineage


def test_hospitals_charge_their_patients_and_a_job_ends_where_the_budget_does(consortium: Consortium):
    first, second = private_job(consortium, rounds=1), private_job(consortium, rounds=2)  # neither passes it alone
    assert first.wait_for_end() == ("succeeded", None)
    _, lineage = version_of(first)
    assert lineage["epsilon"]["epsilon_pld"] == pytest.approx(cost_of(1))

    assert second.wait_for_end() == ("succeeded", None), "its last model is kept"
    card, lineage = version_of(second)
    assert card["ended"] == "budget"
    assert lineage["epsilon"]["rounds"] == 1
    told = {(row["site"]["slug"], row["job"]): row for row in consortium.client.all("privacy-ledger")}
    assert {slug for slug, _ in told} == set(THREE)
    for slug in THREE:
        row = told[slug, second.id]
        assert (row["rounds"], row["budget"]) == (1, pytest.approx(BUDGET))
        assert row["cumulative"] == pytest.approx(cost_of(2))

    with pytest.raises(ApiError) as refused:
        private_job(consortium, rounds=1)
    assert refused.value.code == "jobs.budget"
