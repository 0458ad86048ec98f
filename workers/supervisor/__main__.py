"""The platform's commands by themselves: `python -m workers.supervisor up`."""

import sys

import typer

from primia_core.errors import PrimiaError
from workers.supervisor.commands import register

if __name__ == "__main__":
    app = typer.Typer(no_args_is_help=True, add_completion=False)
    register(app)
    try:
        app()
    except PrimiaError as error:
        sys.stderr.write(f"{error.message}\n")
        sys.exit(2)
