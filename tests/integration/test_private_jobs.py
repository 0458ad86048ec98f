"""Training privately by real processes: charged at each hospital, reserved, and ended where a budget ends."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from primia_core.client.errors import ApiError
from primia_core.privacy.accounting import Steps, epsilon
from tests.integration.consortium import THREE, Consortium
from tests.integration.harness import RunningPlatform
from tests.integration.training_job import TrainingJob
from workers.site.folder import SiteFolder
from workers.site.policy import SitePolicy

pytestmark = [pytest.mark.platform, pytest.mark.slow]

NOISE, RATE, STEPS, DELTA = 1.0, 0.25, 3, 1e-5
LONG = 60
"""Rounds of the job that is ended early: more than are done while one hospital's agent starts again."""


def cost_of(rounds: int) -> float:
    return epsilon([Steps(NOISE, RATE, STEPS * rounds)], DELTA)


BUDGET = cost_of(1 + LONG) + 1e-3


@pytest.fixture(scope="module")
def module_consortium(
    module_platform: RunningPlatform, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Consortium]:
    """One consortium whose hospitals let as many rounds be trained on their patients as two jobs have, and no more."""
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


def account_of(consortium: Consortium, slug: str) -> dict[str, Any]:
    return next(each for each in consortium.client.all("privacy-accounts") if each["site"]["slug"] == slug)


def charged_at(consortium: Consortium, slug: str) -> int:
    """Return how many rounds a hospital's own ledger has."""
    database = SiteFolder(consortium.sites / slug).database
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        [(charged,)] = connection.execute("SELECT count(*) FROM spent").fetchall()
    return charged


def let_no_more_be_spent(consortium: Consortium, slug: str) -> None:
    """Set a hospital's budget to what it has spent, and have its agent start again."""
    folder = SiteFolder(consortium.sites / slug)
    settings = folder.settings()
    left = {"epsilon_budget": cost_of(charged_at(consortium, slug)) + 1e-3}
    folder.write_settings(settings.model_copy(update={"policy": settings.policy.model_copy(update=left)}))
    consortium.kill(f"site-{slug}")


def test_hospitals_charge_and_reserve_and_a_job_ends_where_the_budget_does(consortium: Consortium):
    first = private_job(consortium, rounds=1)
    assert first.wait_for_end() == ("succeeded", None)
    _, lineage = version_of(first)
    assert lineage["epsilon"]["epsilon_pld"] == pytest.approx(cost_of(1))

    second = private_job(consortium, rounds=LONG)
    with pytest.raises(ApiError) as refused:
        private_job(consortium, rounds=1)
    assert refused.value.code == "jobs.budget", "the second job has all that is left reserved"
    consortium.wait_for_row(
        "SELECT 1 FROM jobs_round WHERE job_id = %s AND round = 1 AND state = 'closed'", second.id, within_s=60
    )
    assert [each["job"] for each in account_of(consortium, "basel")["reservations"]] == [second.id]

    let_no_more_be_spent(consortium, "basel")
    assert second.wait_for_end() == ("succeeded", None), "its last model is kept"
    card, lineage = version_of(second)
    assert card["ended"] == "budget"
    done = lineage["epsilon"]["rounds"]
    assert 1 <= done < LONG
    second.wait_for_idle_sites()
    for slug in THREE:
        account, charged = account_of(consortium, slug), charged_at(consortium, slug)
        assert 1 + done <= charged <= 2 + done, "one more where a round was given up"
        assert account["spent"] == pytest.approx(cost_of(charged))
        assert (account["reserved"], account["reservations"]) == (0, [])
    kinds = [kind for _, kind in second.events()]
    assert kinds.count("budget.reached") == kinds.count("round.changed") == 1
    assert kinds.count("round.opened") == kinds.count("round.closed") == done + 2

    with pytest.raises(ApiError) as refused:
        private_job(consortium, rounds=1)
    assert refused.value.code == "jobs.budget"
