"""The `primia` command: finds the commands of every room and turns errors into one line. Knows what no command does.

A command's module is imported when the command is called, so that `primia up` does not wait for torch. Rooms outside
``primia_core`` add theirs by the entry-point group ``primia.commands``.
"""

import errno
from collections.abc import Callable, Mapping
from importlib import import_module, metadata
from types import MappingProxyType
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from primia_core.cli.output import FAILED, INTERRUPTED, FileTrouble, explain
from primia_core.errors import PrimiaError

ROOMS: Mapping[str, str] = MappingProxyType(
    {
        "data": "primia_core.cli.data",
        "train": "primia_core.cli.train",
        "evaluate": "primia_core.cli.evaluate",
        "compare": "primia_core.cli.compare",
        "report": "primia_core.cli.report",
        "attack": "primia_core.cli.attack",
        "privacy": "primia_core.cli.privacy",
        "readings": "primia_core.cli.readings",
        "predict": "primia_core.cli.predict",
        "diagnose": "primia_core.cli.diagnose",
        "simulate": "primia_core.cli.simulate",
        "bench": "primia_core.cli.bench",
    }
)
PLUG_INS = "primia.commands"
Register = Callable[[typer.Typer], None]

HELP = """Train chest X-ray classifiers, alone or among hospitals, with nobody handing over a picture.

Try it on this machine, without data of your own:

  primia data phantoms chests --patients 300
  primia train chests --out model.safetensors --model small_cnn
  primia evaluate model.safetensors chests --split test
  primia predict model.safetensors chests --encrypted
  primia simulate --help    several hospitals in one process
  primia up                 the whole platform, in a browser
  primia diagnose --help    ask a service about a picture that it cannot see

Every command has --help, and what prints results takes --json. Exit status: 0 done, 1 not good enough, 2 failed."""


class Commands(TyperGroup):
    """The root of the command line, whose branches grow when they are asked for."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command, importing its room first."""
        if cmd_name in ROOMS:
            self._grow(import_module(ROOMS[cmd_name]).register)
        elif cmd_name not in self.commands:
            self._grow_plug_ins()
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: Any) -> list[str]:
        """Return every name: our own in the order of ``ROOMS``, then the others'."""
        self._grow_plug_ins()
        return [*ROOMS, *(name for name in self.commands if name not in ROOMS)]

    def invoke(self, ctx: Any) -> Any:
        """Run a command; an error of ours becomes one line, or one JSON object with --json."""
        as_json = "--json" in ctx.args
        try:
            return super().invoke(ctx)
        except PrimiaError as error:
            explain(error, as_json=as_json)
            raise typer.Exit(FAILED) from error
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever reads the output has heard enough
                raise
            explain(FileTrouble.of(error), as_json=as_json)
            raise typer.Exit(FAILED) from error
        except KeyboardInterrupt:
            typer.echo("stopped", err=True)
            raise typer.Exit(INTERRUPTED) from None

    def _grow_plug_ins(self) -> None:
        for point in metadata.entry_points(group=PLUG_INS):
            self._grow(point.load())

    def _grow(self, register: Register) -> None:
        branch = typer.Typer()
        register(branch)
        for name, command in get_group(branch).commands.items():
            self.commands.setdefault(name, command)


app = typer.Typer(
    cls=Commands, help=HELP, no_args_is_help=True, rich_markup_mode="rich", pretty_exceptions_enable=False
)


@app.callback()
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(metadata.version("primia"))
        raise typer.Exit


def main() -> None:
    """Run the command line."""
    app()
