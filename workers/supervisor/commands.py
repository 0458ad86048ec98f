"""The commands `primia up`, `down`, `status`, `logs`, `manage`. They talk to people; the work is done elsewhere."""

import importlib
import importlib.util
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from workers.supervisor.errors import NotRunning
from workers.supervisor.state_folder import StateFolder, is_alive

STOPPED_WITHIN_S = 40.0
NEIGHBOURS = ("workers.site.commands", "workers.node.commands", "workers.demo.commands")
COLOURS = {"RUNNING": "green", "STARTING": "yellow", "BACKOFF": "yellow", "FATAL": "red"}

State = Annotated[Path, typer.Option("--state", envvar="PRIMIA_STATE", help="The folder that holds everything.")]
console = Console(highlight=False)


def register(app: typer.Typer) -> None:
    """Add the platform's commands to ``primia``, those of the rooms next door included."""
    for name, command in (("up", up), ("down", down), ("status", status), ("logs", logs)):
        app.command(name, rich_help_panel="Platform")(command)
    app.command("manage", rich_help_panel="Platform", context_settings={"allow_interspersed_args": False})(manage)
    for module in NEIGHBOURS:
        if _exists(module):
            importlib.import_module(module).register(app)


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def up(
    state: State = Path(".primia"),
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Port of the dashboard, kept from now on. [default: 8000]"),
    ] = None,
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Return when it serves, and let it run on.")] = False,
) -> None:
    """Run the whole platform on this machine until Ctrl-C.

    Starts PostgreSQL, Redis, the web server, the coordinator and one agent for each hospital whose folder stands in
    STATE/sites. What dies is started again. DATABASE_URL, REDIS_URL and PRIMIA_STORAGE place those parts elsewhere.
    """
    if detach:
        from workers.supervisor.detached import start_detached

        url = start_detached(StateFolder(state.resolve()), port)
        console.print(f"The dashboard is at [bold]{url}[/]. Stop it with [bold]primia down[/].")
        return
    from workers.supervisor.running import running_platform

    for signal_ in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signal_, signal.default_int_handler)
    began = time.monotonic()
    try:
        with running_platform(state, port=port, say=_say) as platform:
            seconds = time.monotonic() - began
            console.print(f"The dashboard is at [bold]{platform.url}[/] after {seconds:.1f} s. Ctrl-C stops it.")
            platform.lost.wait()
            raise typer.Exit(1)
    except KeyboardInterrupt:
        console.print("Stopped.")


def _say(line: str) -> None:
    console.print(f"[dim]{time.strftime('%H:%M:%S')}[/] {line}")


def down(state: State = Path(".primia")) -> None:
    """Stop the platform that runs on a state folder, and wait until it has stopped."""
    folder = StateFolder(state.resolve())
    pid = folder.holder()
    if pid is None:
        raise NotRunning(f"nothing runs on {folder.path}")
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        console.print(f"Process {pid} was killed; what it left behind is stopping.")
    deadline = time.monotonic() + STOPPED_WITHIN_S
    while folder.holder() is not None or is_alive(pid):
        if time.monotonic() > deadline:
            console.print(f"[red]Process {pid} does not stop within {STOPPED_WITHIN_S:.0f} s.[/]")
            raise typer.Exit(1)
        time.sleep(0.1)
    console.print("Stopped.")


def status(
    state: State = Path(".primia"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show every process of the platform: its state, its process id and for how long it has run."""
    from workers.supervisor.control import Control

    folder = StateFolder(state.resolve())
    processes = Control(folder.control_socket).processes()
    if as_json:
        sys.stdout.write(json.dumps([vars(process) for process in processes]) + "\n")
        return
    table = Table("process", "state", "pid", "since", box=None, pad_edge=False)
    for process in processes:
        colour = COLOURS.get(process.state, "dim")
        pid, since = (str(process.pid), f"{process.seconds} s") if process.pid else ("", "")
        table.add_row(process.name, f"[{colour}]{process.state.lower()}[/]", pid, since)
    console.print(table)
    if folder.ready.exists():
        console.print(f"The dashboard is at [bold]{json.loads(folder.ready.read_text())['url']}[/].")


def manage(
    command: Annotated[list[str], typer.Argument(metavar="COMMAND...", help="Its name, then what it takes.")],
    state: State = Path(".primia"),
) -> None:
    """Run one of the hub's management commands on the platform that runs on this machine.

    Examples

    primia manage federation_create "Alpine consortium" --coordinator ada

    primia manage user_create nils

    primia manage membership_grant alpine-consortium nils clinician

    primia manage audit_verify
    """
    from workers.supervisor.management import run_management

    raise typer.Exit(run_management(StateFolder(state.resolve()), command))


def logs(
    name: Annotated[str | None, typer.Argument(help="One process, such as web or site-basel. [default: all]")] = None,
    state: State = Path(".primia"),
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many of the last lines of each.")] = 20,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes.")] = False,
) -> None:
    """Print the ends of the processes' logs."""
    from workers.supervisor.log_files import LogFiles

    files = LogFiles(StateFolder(state.resolve()).logs, name)
    write: Callable[[str], object] = sys.stdout.write
    for line in files.last(lines):
        write(line)
    while follow:
        for line in files.fresh():
            write(line)
        sys.stdout.flush()
        time.sleep(0.3)
