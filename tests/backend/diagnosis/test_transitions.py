"""The tables of states: complete, without a way out of an end, and enforced by code and database."""

import pytest
from django.db import IntegrityError, transaction

from backend.apps.diagnosis.models import Diagnosis, DiagnosisService, NodeTask
from backend.apps.diagnosis.transitions import TABLES, move
from backend.common.errors import IllegalTransition

MODELS = [DiagnosisService, Diagnosis, NodeTask]


@pytest.mark.parametrize("model", MODELS)
def test_every_state_stands_in_its_table_and_leads_only_to_states(model):
    table = TABLES[model]
    assert set(table) == set(model.State.values)
    assert {state for following in table.values() for state in following} <= set(model.State.values)


@pytest.mark.parametrize("model", MODELS)
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


def test_the_ends_lead_nowhere():
    assert all(not TABLES[Diagnosis][state] for state in Diagnosis.TERMINAL)
    assert not TABLES[DiagnosisService][DiagnosisService.State.CLOSED]


@pytest.mark.parametrize(
    "values",
    [
        {"state": "answered"},  # without answers
        {"answers": [{}]},  # before it is answered
        {"state": "failed", "ended_at": "2026-01-01T00:00:00Z"},  # without a reason
        {"state": "expired"},  # without a time
        {"state": "collected", "answers": [{}], "ended_at": "2026-01-01T00:00:00Z"},  # collected, and still held
    ],
)
def test_the_database_refuses_a_diagnosis_that_contradicts_itself(published, values):
    asked = published.ask()
    with pytest.raises(IntegrityError), transaction.atomic():
        Diagnosis.objects.filter(pk=asked.id).update(**values)


@pytest.mark.parametrize("values", [{"state": "failed"}, {"state": "closed"}, {"stock_low": 9}, {"descriptor": None}])
def test_the_database_refuses_a_service_that_contradicts_itself(published, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        DiagnosisService.objects.update(**values)


def test_both_parties_of_a_service_are_two(published):
    with pytest.raises(IntegrityError), transaction.atomic():
        DiagnosisService.objects.update(p1=published.rows["p0"])
