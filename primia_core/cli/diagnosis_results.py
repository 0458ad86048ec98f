"""Results of diagnoses as people read them in a terminal, and as programs read them. Writes no file."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from primia_core.client.flight import Diagnosed
from primia_core.client.trust import Service
from primia_core.diagnosis.results import Result

SAYS = {
    "clear": "the model is clear about it",
    "unsure": "the model is unsure",
    "cannot tell": "the model cannot tell",
    "not told": "the service gives a label alone",
}


def to_json(rows: Sequence[Diagnosed], service: Service | None) -> dict[str, Any]:
    """Return the one object that a program reads."""
    return {"service": service and _service_json(service), "results": [row_json(row) for row in rows]}


def row_json(row: Diagnosed) -> dict[str, Any]:
    """Return one picture's result, or its error, with its times."""
    told = row.result.to_json() if row.result else {"diagnosis": row.diagnosis}
    error = None if row.code is None else {"code": row.code, "message": row.message}
    seconds = {step: round(value, 4) for step, value in row.seconds.items()}
    return {"path": row.path, **told, "error": error, "seconds": seconds, "platform": dict(row.platform)}


def _service_json(service: Service) -> dict[str, Any]:
    parties = [{"name": one.name, "fingerprint": one.fingerprint, "confirmed_by": one.by} for one in service.parties]
    return {
        "id": service.id,
        "name": service.descriptor.name,
        "descriptor": service.descriptor.digest,
        "parties": parties,
    }


def print_one(row: Diagnosed) -> None:
    """Print one result, with what it is not."""
    result, console = row.result, Console(highlight=False)
    assert result is not None
    console.print(f"\n[bold]{_plain(result.label)}[/]: {_in_words(result)}")
    if result.probabilities is not None:
        table = _table("class", "probability")
        for name, probability in result.probabilities.items():
            table.add_row(_plain(name), f"{probability:.3f}")
        console.print(table)
    console.print(f"\n{result.notice}", markup=False)


def print_rows(rows: Sequence[Diagnosed]) -> None:
    """Print a table of results, the reasons where there are none, and what the results are not."""
    console = Console(highlight=False)
    results = [row for row in rows if row.result is not None]
    if results:
        table = _table("picture", "class", "probability", "certainty", right="probability")
        for row in results:
            assert row.result is not None
            best = max((row.result.probabilities or {}).values(), default=None)
            shown = "not told" if best is None else f"{best:.3f}"
            table.add_row(_plain(row.path), _plain(row.result.label), shown, _certainty(row.result))
        console.print(table)
        console.print(f"\n{results[0].result.notice}" if results[0].result else "", markup=False)
    for row in rows:
        if row.result is None:
            Console(stderr=True, highlight=False, soft_wrap=True).print(
                f"no result: {row.path}: {row.message} [{row.code}]", style="yellow", markup=False
            )
    if not rows:
        console.print("Nothing is left to collect.")


def print_timings(rows: Sequence[Diagnosed]) -> None:
    """Print what each step took, here and at the parties."""
    console = Console(highlight=False)
    steps = list(dict.fromkeys(step for row in rows for step in row.seconds))
    if not steps:
        return
    table = _table("seconds", *steps, "in all", right=None)
    for row in rows:
        if row.seconds:
            cells = [f"{row.seconds[step]:.3f}" if step in row.seconds else "" for step in steps]
            table.add_row(_plain(row.path), *cells, f"{sum(row.seconds.values()):.3f}")
    console.print()
    console.print(table)
    for row in rows:
        if row.platform:
            console.print(f"  at the parties: {_steps(row.platform)}", markup=False, style="dim", soft_wrap=True)


def _steps(steps: object) -> str:
    """Flatten the platform's times, whatever their depth, into one line."""
    if not isinstance(steps, dict):
        return f"{steps:.3f}" if isinstance(steps, float) else str(steps)
    told = (f"{name} {_steps(value)}" for name, value in steps.items())
    return ", ".join(told)


def _in_words(result: Result) -> str:
    doubt = "; [red]a value was out of range, so the answer counts as none[/]" if result.implausible else ""
    figures = "" if result.margin is None else f" (margin {result.margin:.2f}, entropy {result.entropy:.2f})"
    return f"{SAYS[result.certainty]}{figures}{doubt}"


def _certainty(result: Result) -> str:
    return "implausible" if result.implausible else result.certainty


def _table(*headings: str, right: str | None = "probability") -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for number, heading in enumerate(headings):
        numeric = heading == right or (right is None and number > 0)
        table.add_column(heading, justify="right" if numeric else "left")
    return table


def _plain(text: str) -> str:
    return text.replace("[", r"\[")
