"""What sums are read as: no verdict without a positive control, no picture of a real patient, exact tests."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from primia_core.attacks.document import AuditDocument, AuditedImages, AuditedModel, Picture
from primia_core.attacks.errors import SumsError
from primia_core.attacks.findings import AuditFindings, Guesses
from primia_core.attacks.reading import document_of, without_pictures
from primia_core.attacks.sums import AuditSums
from primia_core.evaluation.groups import holm
from primia_core.evaluation.intervals import clopper_pearson
from tests.core.attacks.test_sums import PLAN, findings

MODEL = AuditedModel(name="small_cnn", hash=None, weights="random", parameters=98_099, normalisation="batch")
PHANTOMS = AuditedImages(kind="phantom", image_size=32, split="train")
REAL = AuditedImages(kind="real", image_size=32, split="train")
DRAWN = Picture(
    view="gradient", batch_size=2, victim=0, original="data:,", reconstruction="data:,", null="data:,", mse=1, ssim=0,
    identified=False,
)  # fmt: skip
EXAMPLE = Path(__file__).with_name("audit.example.json")


def read(**figures: float | bool) -> AuditDocument:
    return findings(1, **figures).document(model=MODEL, images=REAL)  # type: ignore[arg-type]


def test_a_positive_control_that_fails_makes_the_audit_invalid():
    for figures in ({"positive": 0.9}, {"identified": False}):
        document = read(**figures)
        assert not document.valid
        assert document.verdict == "audit invalid"
        assert document.statement.startswith("Audit invalid: the positive control")
        assert "no leak" not in document.statement


def test_what_an_attack_did_find_stands_though_its_positive_control_failed():
    document = read(positive=0.9, attack=0.05)
    assert document.verdict == "audit invalid"
    assert {view.finding for view in document.views} == {"identifies"}
    for view in document.views:
        assert view.reading in document.statement
    missed = document_of(PLAN, blind(findings(1, positive=0.9)), model=MODEL, images=REAL)
    assert {view.finding for view in missed.views} == {"nothing shown"}
    assert "shows nothing" not in missed.statement


def test_a_control_that_hits_above_chance_is_pointed_out():
    assert "guesses that know nothing of the release (the prior alone) picked out" in read().statement
    nobody = document_of(PLAN, blind(findings(1)), model=MODEL, images=REAL)
    assert "know nothing" not in nobody.statement


def blind(found: AuditFindings) -> AuditSums:
    """Return the sums of an audit in which nobody but those of the positive control were identified."""
    guesses = [
        Guesses(
            each.part,
            {
                control: rows if control == "positive" else [replace(row, identified=False) for row in rows]
                for control, rows in each.by_control.items()
            },
            each.labels_right,
            each.labels,
        )
        for each in found.guesses
    ]
    return AuditFindings(found.plan, tuple(guesses), found.baseline).sums()


def test_a_positive_control_that_succeeds_lets_the_figures_speak():
    document = read(attack=3.0)
    assert document.valid
    assert document.positive.rows[0].control == "positive"
    assert document.positive.rows[0].mse.mean < 0.05
    assert document.positive.labels.right == document.positive.labels.images - 1
    assert [row.control for row in document.views[0].rows] == ["attack", "null", "tv_only"]
    assert document.statement.startswith("The positive control, single images in eval mode, succeeded")


def test_findings_follow_the_interval_and_then_the_paired_test():
    document = read(attack=0.05)
    for view in document.views:
        row = view.rows[0].identification
        assert (row.low, row.high) == clopper_pearson(row.hits, row.trials)
        assert row.chance == 0.01
        assert view.finding == "identifies"  # two of three are hits in the invented figures
    assert document.verdict == "leak shown"


def test_tests_are_the_papers_and_better_ones_adjusted_by_method():
    document = read()
    by_method = {
        name: [t for t in document.tests if t.method == name] for name in ("anova", "student", "welch", "paired")
    }
    assert [len(by_method[name]) for name in by_method] == [1, 1, 1, 2 * (1 + len(document.views))]
    for tests in by_method.values():
        assert [t.p_holm for t in tests] == pytest.approx(holm([t.p for t in tests if t.p is not None]))


def test_sums_over_sites_read_like_one_place():
    sums = findings(1).sums() + findings(2).sums()
    document = document_of(PLAN, sums, model=MODEL, images=REAL, made="secure sum of 2 sites")
    assert document.positive.rows[0].n == 2 * PLAN.positive_victims
    assert document.made == "secure sum of 2 sites"
    assert document.references.grey == pytest.approx(0.9)
    assert AuditDocument.model_validate_json(document.model_dump_json()) == document


def test_pictures_of_real_patients_are_refused_and_figures_can_go_alone():
    sums = findings(1).sums()
    with pytest.raises(SumsError, match="stay where they are"):
        document_of(PLAN, sums, model=MODEL, images=REAL, pictures=[DRAWN])
    shown = document_of(PLAN, sums, model=MODEL, images=PHANTOMS, pictures=[DRAWN])
    with pytest.raises(ValidationError, match="stay at their site"):
        AuditDocument.model_validate({**shown.model_dump(), "images": REAL.model_dump()})
    assert shown.pictures == (DRAWN,)
    assert without_pictures(shown).pictures == ()


def test_sums_over_nothing_are_no_audit():
    with pytest.raises(SumsError, match="over 0 images"):
        document_of(PLAN, AuditSums.nothing(PLAN), model=MODEL, images=REAL)


def test_example_is_a_document():
    document = AuditDocument.model_validate(json.loads(EXAMPLE.read_text()))
    assert document.pictures
    assert document.images.kind == "phantom"
