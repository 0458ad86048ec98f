"""A report is a function of its inputs: nothing of the process, the day or the place gets in."""

import hashlib
import os
import subprocess
import sys

import pytest

from primia_core.reporting.rendering import FORMS, render
from tests.core.reporting.whole import bare, whole

SHIFTED = """
import time, datetime
real = time.time
time.time = lambda: real() + {shift}
local, gm = time.localtime, time.gmtime
time.localtime = lambda s=None: local(time.time() if s is None else s)
time.gmtime = lambda s=None: gm(time.time() if s is None else s)
import locale
locale.setlocale(locale.LC_ALL, "")
import sys
from primia_core.reporting.__main__ import main
sys.exit(main())
"""
HERE = {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "86400"}
ELSEWHERE = {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": "1700000000"}


def elsewhere(form: str, *, environment: dict[str, str], shift: int) -> bytes:
    """Render in another process."""
    answer = subprocess.run(
        [sys.executable, "-c", SHIFTED.format(shift=shift), form],
        input=whole().model_dump_json().encode(),
        env={**os.environ, **environment},
        capture_output=True,
        check=True,
        timeout=120,
    )
    return answer.stdout


@pytest.mark.parametrize("form", ["html", "pdf"])
def test_report_is_the_same_in_two_processes_of_other_clocks_seeds_and_places(form):
    first = elsewhere(form, environment=HERE, shift=0)
    second = elsewhere(form, environment=ELSEWHERE, shift=40_000_000)
    assert len(first) > 50_000
    assert hashlib.sha256(first).hexdigest() == hashlib.sha256(second).hexdigest()
    assert first == render(whole(), form)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_carries_the_content_hash_and_changes_with_the_inputs(form):
    dossier, other = bare(), bare(title="Another title")
    written = render(dossier, form)
    assert dossier.content_hash.encode() in written
    assert written == render(bare(), form)
    assert written != render(other, form)
    assert dossier.content_hash != other.content_hash


def test_other_process_says_in_a_line_what_is_no_dossier():
    answer = subprocess.run(
        [sys.executable, "-m", "primia_core.reporting", "csv"],
        input=b'{"title": "x"}',
        capture_output=True,
        timeout=120,
    )
    assert answer.returncode == 2
    assert answer.stderr.decode() == "no dossier: model: Field required\n"
