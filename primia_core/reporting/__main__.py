"""Write one report in a process of its own: a dossier as JSON on standard input, a report on standard output.

The platform's web process draws none itself, since that needs numerical libraries which it does without.
"""

import sys

from pydantic import ValidationError

from primia_core.reporting.dossier import Dossier
from primia_core.reporting.rendering import FORMS, render

WRONG = 2


def main() -> int:
    """Read, write, and say in one line what was wrong."""
    form = next((form for form in FORMS if sys.argv[1:] == [form]), None)
    if form is None:
        sys.stderr.write(f"give one form of {list(FORMS)}, got {sys.argv[1:]}\n")
        return WRONG
    try:
        dossier = Dossier.model_validate_json(sys.stdin.buffer.read())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        sys.stderr.write(f"no dossier: {'.'.join(str(part) for part in first['loc'])}: {first['msg']}\n")
        return WRONG
    sys.stdout.buffer.write(render(dossier, form))
    return 0


if __name__ == "__main__":
    sys.exit(main())
