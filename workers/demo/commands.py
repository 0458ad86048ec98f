"""The command `primia demo`: hospitals train together on one machine, institutions diagnose, the dashboard shows it."""

import signal
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

STATE = Path(".primia")

console = Console(highlight=False)


def register(app: typer.Typer) -> None:
    """Add ``demo`` to ``primia``."""
    app.command("demo", rich_help_panel="Platform")(demo)


def demo(
    state: Annotated[
        Path, typer.Option("--state", envvar="PRIMIA_STATE", help="The folder that holds everything.")
    ] = STATE,
    once: Annotated[bool, typer.Option("--once", help="Stop after the table of results.")] = False,
    report: Annotated[
        Path | None, typer.Option("--report", help="Also write the results as JSON to this file.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, max=1000, help="Training rounds.")] = 6,
    size: Annotated[
        int, typer.Option(min=32, max=512, help="Pixels of a side of the images; 224 trains for minutes a round.")
    ] = 64,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port of the dashboard. [default: 8000]")] = None,
    began: Annotated[float | None, typer.Option(hidden=True, help="When set-up began, in seconds since 1970.")] = None,
) -> None:
    """Start the platform with three hospitals, train a ResNet-18 with secure aggregation, and go on serving.

    Before it goes on, four institutions offer the model as a diagnosis service and diagnose one held-out picture.

    The images are real chest X-rays where PRIMIA_DATA (else ../shared/data) holds some, phantoms drawn here otherwise.
    The dashboard's address and log-in are printed as soon as it serves. Ctrl-C stops every process.
    """
    from workers.demo.run import run_demo
    from workers.supervisor.running import running_platform

    started = began or time.time()
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, signal.default_int_handler)
    try:
        with running_platform(state, port=port, say=lambda line: console.print(f"[dim]{line}[/]")) as platform:
            good = run_demo(platform, console, rounds=rounds, image_size=size, report=report, started=started)
            if once:
                raise typer.Exit(0 if good else 1)
            console.print(f"\nStill serving at [bold]{platform.url}[/]. Ctrl-C stops every process.")
            platform.lost.wait()
            raise typer.Exit(1)
    except KeyboardInterrupt:
        console.print("Stopped.")
