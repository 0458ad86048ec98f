"""The committed description of the API is the API's own."""

import difflib
from io import StringIO
from pathlib import Path

from django.core.management import call_command

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"


def test_openapi_is_what_the_code_says():
    found = StringIO()
    call_command("spectacular", fail_on_warn=True, validate=True, stdout=found)
    want, have = found.getvalue().splitlines(), COMMITTED.read_text().splitlines()
    changes = list(difflib.unified_diff(have, want, "docs/openapi.yaml", "the code", lineterm="", n=1))
    assert not changes, "run `make openapi` and commit docs/openapi.yaml\n" + "\n".join(changes[:60])
