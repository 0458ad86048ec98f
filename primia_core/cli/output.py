"""How every command speaks: tables and bars for people, one JSON object for programs, one line for an error.

Results go to standard output, everything else to standard error, so that a pipe gets results only.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Self, TypeVar

import typer

from primia_core.errors import PrimiaError

if TYPE_CHECKING:
    from pydantic import BaseModel

FAILED = 2
INTERRUPTED = 130

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]
Seed = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="The same seed and threads give the same result.")]
Threads = Annotated[int, typer.Option(min=0, max=256, help="Cores to work on; 0 takes all of them.")]
Model = TypeVar("Model", bound="BaseModel")


class SettingsError(PrimiaError):
    """Options of a command are out of range or exclude each other."""

    code = "cli.settings"


class FileTrouble(PrimiaError):
    """The operating system refuses a file, a folder or a connection."""

    code = "cli.file"

    @classmethod
    def of(cls, error: OSError) -> Self:
        """Say in one line what it refuses, and why."""
        where = f"{error.filename}: " if error.filename else ""
        reason = error.strerror or type(error).__name__
        return cls(f"{where}{reason[:1].lower()}{reason[1:]}; name another place, or see who may use this one")


def explain(error: PrimiaError, *, as_json: bool) -> None:
    """Print an error: ``primia: <message> [<code>]`` in one line, or {"error": {"code", "message"}}."""
    message = " ".join(error.message.split())
    if as_json:
        typer.echo(json.dumps({"error": {"code": error.code, "message": message}}))
    else:
        typer.echo(f"primia: {message} [{error.code}]", err=True)


def print_json(value: Mapping[str, object]) -> None:
    """Print the one object that a program reads."""
    typer.echo(json.dumps(value, allow_nan=False))


def settings(kind: type[Model], **values: object) -> Model:
    """Build an object of settings from options; what does not fit is named in one line, as the option is spelt."""
    from pydantic import ValidationError

    try:
        return kind.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = "".join(f"--{part}".replace("_", "-") for part in first["loc"][:1])
        given = f" {first['input']}" if first["loc"] else ""
        reason = str(first["msg"]).removeprefix("Value error, ")
        raise SettingsError(f"{name}{given}: {reason}; see --help".lstrip(": ")) from error


def set_threads(threads: int) -> None:
    """Let torch work on so many cores; 0 leaves its own choice."""
    if threads:
        import torch

        torch.set_num_threads(threads)


@contextmanager
def progress_bar(title: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on standard error while the block runs; yields a function told (done, total)."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=quiet) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
