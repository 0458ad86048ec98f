"""The comparison: what `primia compare` says of the exported table, with who is left out and a model's curve."""

import json

import pytest
from typer.testing import CliRunner

from backend.apps.federations.models import Role
from primia_core.cli.main import app
from tests.backend.readings.trial import CASES, CLASSES, begun, read_all, reading
from tests.backend.world import consortium, member, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def federation():
    return consortium()


@pytest.fixture
def readers(federation):
    return [member(federation, Role.CLINICIAN, name) for name in ("rosa", "otto")]


@pytest.fixture
def lead(federation, as_user):
    return as_user(person())


@pytest.fixture
def address(federation, readers, lead):
    return begun(lead, federation, readers)


def predictions():
    """Return a model that ranks every case well, with one label wrong: its curve is perfect, its accuracy is not."""
    rows = []
    for n, one in enumerate(CASES):
        shares = ["0.6" if name == one.truth else "0.2" for name in CLASSES]
        rows.append(",".join([one.sha256, one.truth if n else "viral", *shares]))
    return "\n".join([f"sha256,label,{','.join(CLASSES)}", *rows])


def test_comparison_is_that_of_the_exported_table(address, lead, readers, as_user, tmp_path):
    for wrong, user in enumerate(readers):
        read_all(as_user(user), address, wrong=2 * wrong)
    lead.post(f"{address}/raters", {"kind": "model", "name": "CNN", "table": predictions()})
    lead.post(f"{address}/close")
    told = lead.get(f"{address}/comparison").json()
    file = tmp_path / "readings.csv"
    file.write_bytes(lead.get(f"{address}/readings.csv").content)
    ran = CliRunner().invoke(app, ["compare", str(file), "--classes", ",".join(CLASSES), "--margin", "0.1", "--json"])
    wanted = json.loads(ran.stdout)
    assert (told["n"], told["of"], told["margin"]) == (6, 6, 0.1)
    assert [one["name"] for one in told["raters"]] == list(wanted["raters"]) == ["CNN", "Reader 1", "Reader 2"]
    for one in told["raters"]:
        for figure in ("accuracy", "mcc", "kappa", "balanced_accuracy", "confusion"):
            assert one["report"][figure] == wanted["raters"][one["name"]][figure]
    assert [[pair[key] for key in wanted["pairs"][0]] for pair in told["pairs"]] == [
        list(pair.values()) for pair in wanted["pairs"]
    ]
    accuracies = [one["report"]["accuracy"]["value"] for one in told["raters"]]
    assert accuracies == pytest.approx([5 / 6, 1, 4 / 6])
    assert [one["seconds"] for one in told["raters"]] == [None, 4.0, 4.0]


def test_model_with_probabilities_has_a_curve_and_readers_have_none(address, lead, readers, as_user):
    read_all(as_user(readers[0]), address)
    lead.post(f"{address}/raters", {"kind": "model", "name": "CNN", "table": predictions()})
    model, reader = lead.get(f"{address}/comparison").json()["raters"]
    assert [(one["name"], one["auc"]["value"]) for one in model["curves"]] == [(name, 1.0) for name in CLASSES]
    assert (model["curves"][0]["fpr"][0], model["curves"][0]["tpr"][-1]) == (0.0, 1.0)
    assert reader["curves"] == []


def test_rater_with_gaps_is_left_out_or_its_gaps_are(address, lead, readers, as_user):
    read_all(as_user(readers[0]), address)
    api = as_user(readers[1])
    for item in api.get(f"{address}/worklist").json()["items"][:4]:
        api.post(f"{address}/readings", reading(item["case"], "viral"))
    whole = lead.get(f"{address}/comparison").json()
    assert ([one["name"] for one in whole["raters"]], whole["n"], whole["left_out"]) == (
        ["Reader 1"], 6, [{"name": "Reader 2", "missing": 2}],
    )  # fmt: skip
    common = lead.get(f"{address}/comparison", {"cases": "common"}).json()
    assert ([one["name"] for one in common["raters"]], common["n"], common["of"], common["left_out"]) == (
        ["Reader 1", "Reader 2"], 4, 6, [],
    )  # fmt: skip
    assert len(lead.get(f"{address}/readings.csv", {"cases": "common"}).content.decode().splitlines()) == 5
    assert lead.get(f"{address}/comparison", {"cases": "some"}).status_code == 400


def test_nothing_to_compare_says_so(address, lead):
    answer = lead.get(f"{address}/comparison")
    assert (answer.status_code, answer.json()["code"]) == (409, "readings.nothing_to_compare")
    assert lead.get(f"{address}/comparison", {"cases": "common"}).status_code == 409


def test_rater_brought_in_after_the_end_is_marked(address, lead, readers, as_user):
    read_all(as_user(readers[0]), address)
    lead.post(f"{address}/close")
    lead.post(f"{address}/raters", {"kind": "model", "name": "late", "table": predictions()})
    raters = lead.get(f"{address}/comparison").json()["raters"]
    assert [(one["name"], one["after_closing"]) for one in raters] == [("late", True), ("Reader 1", False)]


def test_amended_reading_counts_as_it_was_last_given(address, lead, readers, as_user):
    api = as_user(readers[0])
    read_all(api, address)
    item = api.get(f"{address}/worklist").json()["items"][0]
    other = next(name for name in CLASSES if name != item["reading"]["label"])
    api.post(f"{address}/readings", reading(item["case"], other, replaces=item["reading"]["id"]))
    (rated,) = lead.get(f"{address}/comparison").json()["raters"]
    assert (rated["amended"], rated["report"]["accuracy"]["value"]) == (1, pytest.approx(5 / 6))
    assert len(lead.get(f"{address}/log.csv").content.decode().splitlines()) == 1 + 6 + 1
