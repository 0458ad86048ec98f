"""A task that one worker takes, keeps and answers once: the same rules for what sites and what nodes are asked."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from backend.apps.diagnosis.models import NodeTask
from backend.apps.diagnosis.services.node_tasks import LEASES as OF_NODES
from backend.apps.jobs.models import SiteTask
from backend.apps.jobs.services.site_tasks import LEASES as OF_SITES
from backend.common.leases import LEASE
from tests.backend.diagnosis.offer import offered
from tests.backend.world import NOW, consortium, draft_job, hospital

DIGEST, OTHER = "a" * 64, "b" * 64
STEP = timedelta(seconds=5)


@pytest.fixture(params=["site", "node"])
def leased(request, db, settings, tmp_path):
    """Return a queued task of a site and one of a node, each with its app's rules."""
    settings.PRIMIA_STORAGE = tmp_path / "storage"
    if request.param == "site":
        federation = consortium()
        site, _ = hospital(federation)
        task = SiteTask.objects.create(
            site=site, job=draft_job(federation), kind="step.apply", payload={}, created_at=NOW
        )
        return task, OF_SITES
    service = offered(consortium())
    task = NodeTask.objects.create(
        node=service.dealer, service=service, kind="stock.deal", payload={}, order=1, created_at=NOW
    )
    return task, OF_NODES


def test_a_task_is_handed_out_until_its_lease_ends(leased):
    task, leases = leased
    assert leases.hand_out(task, NOW)
    assert (task.state, task.deliveries, task.leased_at, task.lease_until) == ("leased", 1, NOW, NOW + LEASE)
    assert not leases.hand_out(task, NOW + STEP)
    assert (task.deliveries, task.lease_until) == (1, NOW + LEASE)
    assert not leases.is_overdue(task, NOW + LEASE - STEP)
    assert leases.is_overdue(task, NOW + LEASE)


def test_a_renewal_keeps_a_task_and_one_that_was_overtaken_does_not_shorten_its_lease(leased):
    task, leases = leased
    leases.hand_out(task, NOW)
    assert leases.renew(task, NOW + 2 * STEP) == "ok"
    assert leases.renew(task, NOW + STEP) == "ok"
    assert task.lease_until == NOW + 2 * STEP + LEASE


def test_whoever_still_works_on_a_task_that_lapsed_gets_it_back_and_nobody_else_is_given_it(leased):
    task, leases = leased
    leases.hand_out(task, NOW)
    leases.lapse(task)
    assert (task.state, task.lease_until) == ("queued", None)
    assert leases.renew(task, NOW + 2 * LEASE) == "ok"
    assert not leases.hand_out(task, NOW + 2 * LEASE)
    assert (task.state, task.deliveries, task.lapses) == ("leased", 1, 1)


@pytest.mark.parametrize(("state", "said"), [("queued", "lost"), ("done", "lost"), ("cancelled", "cancel")])
def test_what_was_never_handed_out_or_has_ended_is_not_kept(leased, state, said):
    task, leases = leased
    task.state = state
    assert leases.renew(task, NOW) == said
    assert (task.state, task.lease_until) == (state, None)


def test_a_task_may_be_given_back_for_ever_and_lapses_are_bounded(leased):
    task, leases = leased
    for _ in range(3 * leases.most_lapses):
        leases.hand_out(task, NOW)
        leases.give_back(task)
    assert (task.state, task.lapses) == ("queued", 0)
    for lapse in range(1, leases.most_lapses):
        leases.hand_out(task, NOW)
        assert leases.lapse(task) is None
        assert (task.state, task.lapses) == ("queued", lapse)
    leases.hand_out(task, NOW)
    task.progress = {"phase": "training"}
    error = leases.lapse(task)
    assert (error["code"], error["phase"]) == ("link.too_many_deliveries", "training")
    assert str(leases.most_lapses) in error["message"]
    leases.finish(task, error=error, digest="", now=NOW)
    task.refresh_from_db()
    assert (task.state, task.error, task.lapses) == ("failed", error, leases.most_lapses)


def test_giving_back_what_is_not_leased_changes_nothing(leased):
    task, leases = leased
    leases.give_back(task)
    leases.hand_out(task, NOW)
    leases.finish(task, result={}, digest=DIGEST, now=NOW)
    leases.give_back(task)
    assert task.state == "done"


def test_an_answer_is_wanted_once_and_never_changes(leased):
    task, leases = leased
    with pytest.raises(leases.not_leased):
        leases.is_wanted(task, DIGEST)
    leases.hand_out(task, NOW)
    assert leases.is_wanted(task, DIGEST)
    leases.finish(task, result={"x": 1}, digest=DIGEST, now=NOW)
    task.refresh_from_db()
    assert (task.state, task.result, task.error, task.lease_until) == ("done", {"x": 1}, None, None)
    assert not leases.is_wanted(task, DIGEST)
    with pytest.raises(leases.answered_otherwise):
        leases.is_wanted(task, OTHER)


def test_an_answer_that_comes_after_the_lease_is_still_wanted_and_one_to_a_cancelled_task_is_not(leased):
    task, leases = leased
    leases.hand_out(task, NOW)
    leases.lapse(task)
    assert leases.is_wanted(task, DIGEST)
    task.state = "cancelled"
    assert not leases.is_wanted(task, DIGEST)


@pytest.mark.parametrize(
    "values",
    [
        {"state": "leased"},  # until when?
        {"lease_until": NOW},  # by whom?
        {"state": "done", "finished_at": NOW},  # with what?
        {"state": "failed", "finished_at": NOW, "result": {}},  # why?
        {"state": "cancelled"},  # when?
        {"finished_at": NOW},  # how?
        {"error": {}},  # and still to be done?
    ],
)
def test_the_database_refuses_a_task_that_contradicts_itself(leased, values):
    task, _ = leased
    with pytest.raises(IntegrityError), transaction.atomic():
        type(task).objects.filter(pk=task.pk).update(**values)
