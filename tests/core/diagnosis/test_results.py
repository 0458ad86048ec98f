"""An answer in words, and as a report that a hospital's system reads."""

import json
import re
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from primia_core.diagnosis import NOTICE, Result, diagnostic_report, open_answers
from primia_core.diagnosis.results import certainty
from tests.core.diagnosis.parties import DIAGNOSIS, NOW, SERVICE, Asked, described


def result(values, policy="logits"):
    asked = Asked(described(policy))
    opened = open_answers(
        asked.descriptor, DIAGNOSIS, asked.key, asked.answers(values), request_digest=asked.request.digest
    )
    return Result.of(opened, asked.descriptor), asked.descriptor


def test_a_result_names_class_and_probabilities_in_order():
    said, descriptor = result([0, 60_000, -5000])
    assert said.label == "bakterielle Lungenentzündung"
    assert tuple(said.probabilities) == descriptor.classes
    assert said.margin == pytest.approx(said.probabilities[said.label] - said.probabilities["normal"])
    assert (said.certainty, said.implausible, said.notice) == ("clear", False, NOTICE)
    assert (said.service, said.descriptor, said.model) == (SERVICE, descriptor.digest, "chest 3")


@pytest.mark.parametrize(
    ("values", "words"),
    [([0, 60_000, -5000], "clear"), ([8000, 0, 0], "unsure"), ([100, 0, 0], "cannot tell"), ([0, 0, 0], "cannot tell")],
)
def test_uncertainty_in_words(values, words):
    assert result(values)[0].certainty == words


def test_an_implausible_logit_counts_as_no_answer():
    said, descriptor = result([int(501 * descriptor_scale()), 0, 0])
    assert said.implausible
    assert said.certainty == "cannot tell"
    assert "counts as none" in diagnostic_report(said, descriptor, issued=NOW)["conclusion"]


def descriptor_scale():
    return described().output.scale


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_margin_and_less_entropy_never_make_it_less_certain(margin, entropy):
    order = ["cannot tell", "unsure", "clear"]
    here = order.index(certainty(margin, entropy, plausible=True))
    assert order.index(certainty(min(1, margin + 0.1), max(0, entropy - 0.1), plausible=True)) >= here
    assert certainty(margin, entropy, plausible=False) == "cannot tell"


def test_a_label_alone_has_no_probabilities():
    said, descriptor = result([2], "label")
    assert (said.label, said.probabilities, said.certainty) == (descriptor.classes[2], None, "not told")
    report = diagnostic_report(said, descriptor, issued=NOW)
    assert "contained" not in report
    assert "result" not in report


def test_a_result_is_json_and_prints_no_outcome():
    said, _ = result([0, 60_000, -5000])
    assert json.loads(json.dumps(said.to_json()))["label"] == said.label
    assert said.label not in repr(said)
    assert "0.9" not in repr(said)


def test_a_report_is_a_preliminary_fhir_r4_resource():
    said, descriptor = result([0, 60_000, -5000])
    issued = datetime(2026, 11, 26, 5, 0, tzinfo=timezone(timedelta(hours=1)))
    report = diagnostic_report(said, descriptor, issued=issued, source="chest-7.png")
    assert (report["resourceType"], report["status"]) == ("DiagnosticReport", "preliminary")
    assert report["issued"] == report["effectiveDateTime"] == "2026-11-26T04:00:00Z"
    assert report["identifier"][0]["value"] == f"urn:uuid:{DIAGNOSIS}"
    assert report["conclusion"].startswith(said.label)
    assert NOTICE in report["conclusion"]
    assert "extension" not in json.dumps(report)
    assert "subject" not in report
    assert [item["reference"] for item in report["result"]] == [f"#{item['id']}" for item in report["contained"]]
    assert len(report["contained"]) == 3
    for observation, probability in zip(report["contained"], said.probabilities.values(), strict=True):
        assert observation["resourceType"] == "Observation"
        assert observation["status"] == "preliminary"
        assert observation["valueQuantity"]["value"] == pytest.approx(probability, abs=1e-6)
        assert re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", observation["id"])
