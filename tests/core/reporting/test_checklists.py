"""TRIPOD+AI and CLAIM: all items, honest statuses, and authors' own answers first."""

import pytest

from primia_core.reporting.checklists.claim import CLAIM
from primia_core.reporting.checklists.known import Known
from primia_core.reporting.checklists.tripod import TRIPOD
from primia_core.reporting.errors import DossierError
from primia_core.reporting.report import report_of
from primia_core.reporting.tree import Group, Mark, See, Table
from tests.core.reporting.whole import bare, whole

PERFORMANCE = {"tripod.23a", "claim.37", "claim.38"}
ONLY_AUTHORS = {"tripod.17", "tripod.18a", "tripod.18b", "tripod.25", "claim.4", "claim.16", "claim.44"}


def rows(dossier, anchor):
    """Return the rows of a checklist in the report, by item."""
    section = next(entry.section for entry in report_of(dossier).outline if entry.section.anchor == anchor)
    table = next(block for block in section.blocks if isinstance(block, Table))
    return {row[0]: row for row in table.rows if not isinstance(row, Group)}


def test_every_item_is_there_once():
    parts = {"3": "abc", "5": "ab", "6": "abc", "8": "abc", "9": "abc", "12": "abcdefg", "18": "abcdef", "20": "abc",
             "23": "ab", "27": "abc"}  # fmt: skip
    wanted = [f"{n}{part}" for n in range(1, 28) for part in parts.get(str(n), [""])]
    assert [item.number for item in TRIPOD] == wanted
    assert [item.number for item in CLAIM] == [str(n) for n in range(1, 45)]
    assert list(rows(bare(), "tripod")) == wanted


@pytest.mark.parametrize("item", [*TRIPOD, *CLAIM], ids=lambda item: item.key)
def test_items_that_only_authors_know_are_left_to_them_whatever_is_on_record(item):
    dossier = whole()
    anchors = frozenset(entry.section.anchor for entry in report_of(dossier).outline)
    answer = item.answer(Known(dossier, anchors))
    assert answer.text
    if item.key in ONLY_AUTHORS:
        assert answer.status == "authors"
    if answer.status == "authors":
        assert answer.see == ()


def test_nothing_of_performance_is_reported_without_an_evaluation():
    known = Known(bare(), frozenset())
    for item in (*TRIPOD, *CLAIM):
        answer = item.answer(known)
        assert answer.see == ()
        if item.key in PERFORMANCE:
            assert answer.status == "authors"


def test_performance_is_reported_with_its_figures_where_there_are_some():
    number, _, status, answer = rows(whole(), "tripod")["23a"]
    assert number == "23a"
    assert status == Mark("reported", "ok")
    assert isinstance(answer, See)
    assert "Accuracy 0." in answer.text
    assert "evaluation-1-overall" in answer.anchors


def test_answers_of_authors_go_first_and_are_named_as_theirs():
    _, _, status, answer = rows(whole(), "tripod")["17"]
    assert status.text == "stated by the authors"
    assert answer.text == "Approved by the ethics committees of all three hospitals."


def test_answer_to_an_item_that_is_none_is_refused():
    with pytest.raises(DossierError, match=r"tripod\.99"):
        report_of(bare(answers={"tripod.99": "?"}))
