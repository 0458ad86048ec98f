"""The log can only grow: a gap, a change, another order, another history are all found."""

import json
from datetime import timedelta

import pytest

from primia_core.diagnosis import LogEntry, verify_log
from primia_core.diagnosis.errors import LogError
from primia_core.diagnosis.log import BEGINNING
from tests.core.diagnosis.parties import NOW, SERVICE, VERSION

DIGEST = "d1" * 32


@pytest.fixture
def entries():
    made = []
    for number, kind in enumerate(("published", "countersigned", "countersigned", "closed")):
        at = NOW + timedelta(hours=number)
        previous = made[-1] if made else None
        made.append(LogEntry.after(previous, kind=kind, service=SERVICE, digest=DIGEST, at=at, detail={"n": number}))
    return made


def test_a_log_verifies_and_survives_json(entries):
    assert (entries[0].seq, entries[0].previous) == (1, BEGINNING)
    rows = json.loads(json.dumps([entry.to_json() for entry in entries]))
    read = [LogEntry.from_json(row) for row in rows]
    assert read == entries
    verify_log(read)
    verify_log([])


@pytest.mark.parametrize("left_out", range(3))
def test_a_gap_is_found(entries, left_out):
    with pytest.raises(LogError):
        verify_log(entries[:left_out] + entries[left_out + 1 :])


def test_another_order_is_found(entries):
    with pytest.raises(LogError):
        verify_log([entries[0], entries[2], entries[1], entries[3]])


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "closed"},
        {"service": VERSION},
        {"digest": "d2" * 32},
        {"detail": {"n": 7}},
        {"detail": {}},
        {"at": NOW},
        {"previous": "00" * 32},
        {"entry": "11" * 32},
        {"seq": 3},
    ],
)
def test_every_changed_field_is_found(entries, change):
    changed = entries[1].model_copy(update=change)
    with pytest.raises(LogError):
        verify_log([entries[0], changed, *entries[2:]])


def test_a_rewritten_end_is_found_by_who_has_seen_the_old_one(entries):
    known = entries[2]
    verify_log(entries, known=known)
    again = LogEntry.after(entries[1], kind="closed", service=SERVICE, digest=DIGEST, at=NOW)
    verify_log([*entries[:2], again])
    with pytest.raises(LogError, match="rewritten"):
        verify_log([*entries[:2], again], known=known)
    with pytest.raises(LogError, match="rewritten"):
        verify_log(entries[:2], known=known)


def test_logs_of_two_services_are_not_mixed(entries):
    other = LogEntry.after(entries[3], kind="published", service=VERSION, digest=DIGEST, at=NOW)
    with pytest.raises(LogError):
        verify_log([*entries, other])


@pytest.mark.parametrize("row", [{}, {"seq": 1}, {"seq": "x"}])
def test_what_is_no_entry_is_refused(row):
    with pytest.raises(LogError):
        LogEntry.from_json(row)
