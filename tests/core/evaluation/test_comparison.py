"""Readings of the same cases: the table that is read, the difference of two raters, every pair, and the command."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from primia_core.cli.main import app
from primia_core.evaluation.comparison import compare
from primia_core.evaluation.difference import accuracy_difference
from primia_core.evaluation.errors import EvaluationError, ReadingsError
from primia_core.evaluation.mcnemar import McNemar
from primia_core.evaluation.readings import read_readings

TABLE = """case,truth,expert,model
1,normal,normal,normal
2,normal,viral,normal
3,viral,viral,viral
4,viral,viral,normal
5,viral,normal,viral
6,normal,normal,normal
"""
COUNTS = st.tuples(*[st.integers(0, 40)] * 4).filter(lambda counts: sum(counts) > 0)


def written(folder: Path, text: str) -> Path:
    path = folder / "readings.csv"
    path.write_text(text, encoding="utf-8")
    return path


@given(COUNTS)
@settings(max_examples=200, deadline=None)
def test_a_difference_lies_in_its_interval_and_mirrors(counts: tuple[int, int, int, int]) -> None:
    both, first, second, neither = counts
    there, back = (accuracy_difference(McNemar(both, *pair, neither)) for pair in ((first, second), (second, first)))
    assert there.value == pytest.approx((first - second) / sum(counts))
    assert -1 <= there.low <= there.value <= there.high <= 1
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


def test_the_interval_holds_the_true_difference_as_often_as_it_says() -> None:
    generator = np.random.default_rng(7)
    cells = np.array([0.6, 0.18, 0.08, 0.14])
    true = cells[1] - cells[2]
    samples = generator.multinomial(120, cells, size=2000)
    held = [d.low <= true <= d.high for d in (accuracy_difference(McNemar(*map(int, row))) for row in samples)]
    assert 0.93 < np.mean(held) < 0.975


def test_a_margin_is_kept_only_by_the_whole_interval() -> None:
    close, far = accuracy_difference(McNemar(900, 30, 32, 38)), accuracy_difference(McNemar(9, 3, 4, 4))
    assert close.is_within(0.05)
    assert not far.is_within(0.05)
    with pytest.raises(EvaluationError, match="a margin of 0 is none"):
        close.is_within(0)


def test_every_rater_and_every_pair_is_compared(tmp_path: Path) -> None:
    found = compare(read_readings(written(tmp_path, TABLE)), margin=0.5)
    assert found.n == 6
    assert {name: one.accuracy.value for name, one in found.raters.items()} == {"expert": 4 / 6, "model": 5 / 6}
    [pair] = found.pairs
    assert (pair.first, pair.second, pair.alone) == ("expert", "model", (1, 2))
    assert pair.holm_p == pair.exact_p == 1.0
    assert pair.kappa == pytest.approx(0.0)
    assert pair.non_inferior is False


def test_holm_grows_with_the_number_of_pairs(tmp_path: Path) -> None:
    generator = np.random.default_rng(2)
    truth = generator.integers(0, 2, 80)
    sure, unsure, wild = (np.where(generator.random(80) < share, truth, 1 - truth) for share in (0.97, 0.75, 0.55))
    rows = [f"{k},c{t},c{a},c{b},c{c}" for k, (t, a, b, c) in enumerate(zip(truth, sure, unsure, wild, strict=True))]
    found = compare(read_readings(written(tmp_path, "\n".join(["case,truth,a,b,c", *rows]))))
    assert len(found.pairs) == 3
    least = min(found.pairs, key=lambda pair: pair.exact_p)
    assert least.holm_p == pytest.approx(3 * least.exact_p)
    assert all(pair.holm_p >= pair.exact_p for pair in found.pairs)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("case,truth\n1,a\n", "a column for each rater"),
        ("name,truth,x\n1,a,a\n", "it needs `case`, `truth`"),
        ("case,truth,x\n", "0 rows"),
        (TABLE.replace("2,normal,viral", "2,normal,"), "column 'expert' has nothing in row 3, and 1 such rows"),
        (TABLE.replace("5,viral,normal", "5,viral,tumour"), "'tumour', which is none of"),
        (TABLE.replace("6,normal", "1,normal", 1), r"rows \[7\] name no case"),
        ("case,truth,x\n1,a,a\n2,a,a\n", "two or more are needed"),
    ],
)
def test_a_table_with_gaps_is_refused_by_row(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ReadingsError, match=said):
        read_readings(written(tmp_path, text))


def test_the_order_of_classes_matters_to_weighted_kappas_alone(tmp_path: Path) -> None:
    text = "case,truth,x,y\n" + "".join(
        f"{k},{t},{a},{b}\n" for k, (t, a, b) in enumerate(["lmh", "mmh", "hhl", "lml"])
    )
    path = written(tmp_path, text)
    [ordered] = compare(read_readings(path, classes=("l", "m", "h"))).pairs
    [mixed] = compare(read_readings(path)).pairs
    assert ordered.kappa == pytest.approx(mixed.kappa)
    assert ordered.kappa_quadratic != pytest.approx(mixed.kappa_quadratic)


def test_the_command_prints_raters_and_pairs(tmp_path: Path) -> None:
    path = written(tmp_path, TABLE)
    shown = CliRunner().invoke(app, ["compare", str(path), "--margin", "0.05"])
    assert shown.exit_code == 0
    assert "expert," in shown.stdout
    assert "perhaps" in shown.stdout
    body = json.loads(CliRunner().invoke(app, ["compare", str(path), "--json"]).stdout)
    assert body["pairs"][0]["non_inferior"] is None
    assert body["raters"]["model"]["n"] == 6
