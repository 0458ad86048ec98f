"""The tables of states: complete, without a way out of an end, and enforced."""

import pytest
from django.db import IntegrityError, transaction

from backend.apps.jobs.models import Attempt, Job, Round, SiteTask
from backend.apps.jobs.transitions import TABLES, move
from backend.common.errors import IllegalTransition


@pytest.mark.parametrize("model", [Job, Round, Attempt, SiteTask])
def test_every_state_stands_in_its_table_and_leads_only_to_states(model):
    table = TABLES[model]
    assert set(table) == set(model.State.values)
    assert {state for following in table.values() for state in following} <= set(model.State.values)


@pytest.mark.parametrize("model", [Job, Round, Attempt, SiteTask])
def test_only_moves_of_the_table_are_made(model):
    for state in model.State.values:
        for wanted in model.State.values:
            row = model(state=state)
            if wanted in TABLES[model][state]:
                move(row, wanted)
                assert row.state == wanted
            else:
                with pytest.raises(IllegalTransition):
                    move(row, wanted)


def test_the_ends_of_a_job_lead_nowhere():
    assert all(not TABLES[Job][state] for state in Job.TERMINAL)


@pytest.mark.parametrize(
    "values",
    [
        {"state": "failed", "finished_at": "2026-01-01T00:00:00Z"},  # without a reason
        {"state": "running"},  # without a plan
        {"state": "cancelled"},  # without a time
        {"plan": {}},  # without a hash
    ],
)
def test_the_database_refuses_a_job_that_contradicts_itself(conduct, values):
    platform = conduct(0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(federation=platform.federation, title="odd", created_at=platform.now, **values)


def test_the_database_refuses_two_open_rounds_and_two_open_attempts(conduct):
    platform = conduct()
    job = platform.job()
    platform.run(until=lambda: Attempt.objects.exists())
    round_ = Round.objects.get()
    attempt = Attempt.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.create(job=job, number=9, kind="evaluate", step={}, opened_at=platform.now)
    attempt.pk, attempt.number = None, 2
    with pytest.raises(IntegrityError), transaction.atomic():
        attempt.save(force_insert=True)
    assert round_.attempts.count() == 1
