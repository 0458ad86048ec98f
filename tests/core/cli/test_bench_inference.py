"""`primia bench inference` measures a real run, or expects one, and says what is wrong with its options."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from primia_core.cli.main import app
from primia_core.mpc import kernels
from tests.core.mpc.test_cost import rates

TINY = ("--model", "small_cnn", "--size", "16", "--channels", "1")
BOTH = {
    "title", "online_seconds", "offline_seconds", "dealer_seconds", "delivery_seconds", "prepare_seconds", "rounds",
    "bytes_sent_per_party", "key_bytes", "seconds_by_kind", "kernels", "setting",
}  # fmt: skip
MEASURED = {"max_logit_error", "label_agrees", "plaintext_seconds", "peak_memory_bytes"}


def bench(*options: str) -> Any:
    return CliRunner().invoke(app, ["bench", "inference", *options], env={"COLUMNS": "120"})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Rates of a machine of round numbers, with the kernels that run here."""
    path = tmp_path / "rates.json"
    rates(kernels=kernels.active()).save(path)
    return path


def test_a_measured_run_and_an_expected_one_tell_the_same_and_agree_on_what_is_exact(file: Path) -> None:
    done = bench(*TINY, "--runs", "1", "--json", "-")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told.keys() >= BOTH | MEASURED
    assert told["online_seconds"].keys() == {"median", "min", "max"}
    assert told["label_agrees"] is True
    assert told["max_logit_error"] < 0.01
    assert told["peak_memory_bytes"] > 1e7
    assert set(told["seconds_by_kind"]) >= {"input", "linear", "truncate", "relu"}

    expected = json.loads(bench(*TINY, "--predict", "--rates", str(file), "--json", "-").stdout)
    assert expected.keys() >= BOTH | {"operations", "rates"}
    assert not expected.keys() & MEASURED
    for name in ("rounds", "bytes_sent_per_party"):
        assert expected[name] == told[name], name
    for name, size in expected["key_bytes"].items():
        assert size <= told["key_bytes"][name] <= size + 64 * 1024  # a file has a header, a table and padding
    for kind, cost in told["seconds_by_kind"].items():
        assert expected["seconds_by_kind"][kind]["bytes"] == cost["bytes"], kind


def test_the_baseline_is_measured_alike() -> None:
    done = bench(*TINY, "--protocol", "securenn", "--runs", "1", "--json", "-")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told.keys() >= BOTH | MEASURED
    assert told["key_bytes"] == {"p0": 0, "p1": 0}
    assert len(told["bytes_sent"]) == 3


def test_a_label_alone_has_no_error_of_logits() -> None:
    done = bench(*TINY, "--protocol", "tables", "--label", "--runs", "1", "--json", "-")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["max_logit_error"], told["label_agrees"]) == (None, True)


def test_an_expected_run_is_a_table_for_people(file: Path) -> None:
    done = bench(*TINY, "--predict", "--rates", str(file), "--latency-ms", "10", "--bandwidth-mbps", "100")
    assert done.exit_code == 0, done.output
    assert "expected: fss (fast), small_cnn with avg pool, 1x1x16x16, 10 ms, 100 Mbit/s" in done.stdout
    for row in ("online", "offline", "rounds", "sent by each party", "correlations of P0 and P1"):
        assert row in done.stdout
    assert "labels agree" not in done.stdout


def test_rates_are_measured_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from primia_core.cli import encrypted_runs

    asked = []

    def measured(profile: str, conditions: Any) -> Any:
        asked.append((profile, conditions.protocol))
        return rates(kernels=kernels.active())

    monkeypatch.setattr(encrypted_runs, "measure_rates", measured)
    kept = tmp_path / "kept.json"
    first, second = (bench(*TINY, "--predict", "--rates", str(kept), "--json", "-") for _ in range(2))
    assert asked == [("fast", "fss")]
    assert json.loads(first.stdout) == json.loads(second.stdout)
    assert kept.exists()


def test_figures_go_to_a_file(file: Path, tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    done = bench(*TINY, "--predict", "--rates", str(file), "--json", str(figures))
    assert (done.exit_code, done.stdout) == (0, "")
    assert json.loads(figures.read_text())["setting"]["bandwidth_mbps"] is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--rates", "rates.json"), "--rates rates.json says nothing without --predict"),
        (("--model", "resnet34", "--predict"), "take --pool max"),
        (("--model", "resnet34", "--pool", "max", "--channels", "1", "--predict"), "of 3 channels"),
        (("--model", "vgg16", "--size", "16"), "images of 16 pixels vanish in the pools of vgg16; take 32 or more"),
        ((*TINY, "--protocol", "securenn", "--profile", "precise"), "precise"),
        ((*TINY, "--predict", "--rates", "no folder/rates.json"), "--rates no folder/rates.json: there is no folder"),
    ],
)
def test_options_that_do_not_fit_are_named_in_one_line(options: tuple[str, ...], said: str) -> None:
    done = bench(*options)
    assert done.exit_code == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_folder_that_is_missing_is_found_out_before_anything_runs() -> None:
    done = bench(*TINY, "--json", "no folder/figures.json")
    assert done.exit_code == 2
    assert json.loads(done.stdout)["error"]["message"].endswith("there is no folder no folder; make it first")


def test_rates_of_another_protocol_are_refused(file: Path) -> None:
    done = bench(*TINY, "--predict", "--rates", str(file), "--protocol", "tables")
    assert done.exit_code == 2
    assert "for fss with profile fast and 1 thread, asked is tables" in done.stderr


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys; from typer.testing import CliRunner; from primia_core.cli.main import app; "
        "done = CliRunner().invoke(app, ['bench', 'inference', '--help']); assert done.exit_code == 0, done.output; "
        "print(sorted({'torch', 'numpy', 'scipy'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
