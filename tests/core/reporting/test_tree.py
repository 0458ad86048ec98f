"""The tree of a report: numbers, anchors, and what stands where."""

from dataclasses import fields, is_dataclass

import pytest

from primia_core.reporting.report import report_of
from primia_core.reporting.tree import See
from tests.core.reporting.whole import audit, bare, evaluation, whole


def references(thing: object) -> list[str]:
    """Return every anchor that anything inside refers to."""
    if isinstance(thing, See):
        return list(thing.anchors)
    if is_dataclass(thing):
        return [anchor for part in fields(thing) for anchor in references(getattr(thing, part.name))]
    return [anchor for part in thing for anchor in references(part)] if isinstance(thing, tuple) else []


@pytest.mark.parametrize("dossier", [whole(), bare(), bare(evaluations=(evaluation(),))], ids=["whole", "bare", "one"])
def test_every_reference_leads_to_a_section_and_no_anchor_is_there_twice(dossier):
    document = report_of(dossier)
    anchors = [entry.section.anchor for entry in document.outline]
    assert len(anchors) == len(set(anchors))
    assert set(references(document.sections)) <= set(anchors)


def test_sections_are_numbered_in_order():
    numbers = [entry.number for entry in report_of(whole()).outline]
    assert numbers[:4] == ["1", "2", "2.1", "2.2"]
    chapters = [int(number) for number in numbers if "." not in number]
    assert chapters == list(range(1, len(chapters) + 1))


def test_report_is_dated_by_its_latest_input_and_undated_without():
    assert report_of(whole()).dated == "3 March 2026, 11:30 UTC"
    assert report_of(bare()).dated_at is None


def test_bare_report_says_what_it_lacks():
    titles = [entry.section.title for entry in report_of(bare()).outline]
    assert "Evaluation" not in titles
    text = str(report_of(bare()).sections[0])
    for missing in ("an evaluation", "human readers", "an attack audit", "differential privacy", "where the model was"):
        assert missing in text


def test_audit_that_is_invalid_acquits_nobody():
    found = audit(model=None)
    for valid, verdict in ((True, "no leak shown"), (False, "audit invalid")):
        told = found.model_copy(update={"valid": valid, "verdict": verdict})
        text = str(report_of(bare(audits=(told,))).sections)
        acquits = "Mark(text='nothing shown', tone='ok')" in text
        assert acquits == valid
        assert ("no conclusion" in text) != valid


def test_suppressed_groups_are_not_told():
    text = str(report_of(whole()).sections)
    hidden = [group for group in evaluation().subgroups if group.suppressed]
    assert hidden
    assert f"{len(hidden)} groups are not shown" in text
