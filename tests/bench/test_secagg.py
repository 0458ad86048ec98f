"""`primia bench secagg`: what it writes, that the sum is exact, and that the figures stay near what they should be."""

import json

import pytest
from typer.testing import CliRunner

from primia_core.cli.main import app

RESNET_18 = 11_178_051


def run(folder, *options):
    file = folder / "figures.json"
    result = CliRunner().invoke(app, ["bench", "secagg", *options, "--json", str(file)])
    return result, json.loads(file.read_text()) if file.exists() else None


def test_figures_of_three_sites(tmp_path):
    result, figures = run(tmp_path, "--parameters", "100000", "--sites", "3")
    assert result.exit_code == 0, result.output
    assert {"upload_bytes_per_site", "site_seconds", "coordinator_seconds", "max_error", "error_bound"} <= set(figures)
    assert 0 < figures["max_error"] <= figures["error_bound"]
    assert 400_000 < figures["upload_bytes_per_site"] < 400_000 + 10_000
    assert figures["saturated"] > 0  # the updates reach beyond the clip, and that is counted
    assert (figures["threshold"], figures["colluders"], figures["neighbours"]) == (3, 2, 2)


def test_dropouts_are_survived_and_repeated_rounds_summed_up(tmp_path):
    result, figures = run(tmp_path, "--parameters", "1000", "--sites", "7", "--drop", "2", "--repeat", "2")
    assert result.exit_code == 0, result.output
    assert figures["survivors"] == 5
    assert figures["max_error"] <= figures["error_bound"]


def test_too_many_dropouts_are_one_line_and_no_traceback(tmp_path):
    result, figures = run(tmp_path, "--parameters", "10", "--sites", "3", "--drop", "1")
    assert (result.exit_code, figures) == (2, None)
    assert "secagg.too_few_answers" in result.output


def test_table_for_people(tmp_path):
    result = CliRunner().invoke(app, ["bench", "secagg", "--parameters", "1000"])
    assert result.exit_code == 0
    assert "the coordinator works" in result.output


@pytest.mark.slow
def test_thirty_sites_mask_with_twenty(tmp_path):
    result, figures = run(tmp_path, "--parameters", "20000", "--sites", "30", "--drop", "3")
    assert result.exit_code == 0, result.output
    assert (figures["neighbours"], figures["colluders"], figures["survivors"]) == (20, 9, 27)
    assert figures["max_error"] <= figures["error_bound"]


@pytest.mark.slow
def test_resnet_18_of_three_sites(tmp_path):
    """45.2 MB up; the coordinator holds the sums and one site's vectors; seconds with room for a busy machine."""
    result, figures = run(tmp_path, "--parameters", str(RESNET_18), "--repeat", "2")
    assert result.exit_code == 0, result.output
    assert figures["upload_bytes_per_site"] <= 45_200_000
    assert figures["max_error"] <= figures["error_bound"]
    assert figures["coordinator_peak_bytes"] < 2.1 * 4 * RESNET_18
    assert figures["site_cpu_seconds"] < 0.8
    assert figures["coordinator_cpu_seconds"] < 0.8
