"""The demonstration's progress in a terminal: one line a site while a round runs, one line for each closed step."""

from dataclasses import dataclass, field
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

Event = dict[str, Any]


@dataclass
class Progress:
    """What the events so far say, and how to show it."""

    console: Console
    rounds: int
    phases: dict[str, str] = field(default_factory=dict)
    title: str = "waiting for the sites' approval"

    def show(self, events: Any) -> None:
        """Draw while ``events`` arrive, until they end."""
        with Live(self._lanes(), console=self.console, refresh_per_second=4, transient=True) as live:
            for event in events:
                if line := self.take(event):
                    self.console.print(line)
                live.update(self._lanes())

    def take(self, event: Event) -> str | None:
        """Take one event in; return the line that it is worth, if any."""
        kind, site, payload = event["kind"], event["site"], event["payload"]
        if kind == "site.phase" and site:
            done, total = payload.get("done"), payload.get("total")
            self.phases[site] = payload["phase"] + (f" {done}/{total}" if total else "")
        if kind in ("round.opened", "round.changed"):
            self.title = _title(payload, self.rounds)
            self.phases = dict.fromkeys(self.phases, "waiting")
        return self._line(kind, site, payload)

    def _line(self, kind: str, site: str | None, payload: Event) -> str | None:
        match kind:
            case "job.planned":
                return f"  plan [bold]{payload['plan_hash'][:12]}[/] sent to the sites"
            case "plan.approved":
                return f"  [bold]{site}[/] signed the plan"
            case "round.closed":
                sites = len(payload["survivors"])
                return f"  {_title(payload, self.rounds)}: sum of {sites} sites in {payload['seconds']:.1f} s"
            case "model.validated":
                interval = f"\\[{payload['low']:.2f}, {payload['high']:.2f}]"
                return f"    model of round {payload['round']}: validation MCC {payload['mcc']:.3f} {interval}"
            case "attempt.failed" | "site.silent":
                return f"  [yellow]{kind}[/] {site or ''} {payload.get('reason', '')}"
            case "job.failed" | "plan.refused":
                return f"  [red]{kind}[/] {site or ''}: {payload.get('reason', '')}"
        return None

    def _lanes(self) -> RenderableType:
        table = Table.grid(padding=(0, 2))
        for site, phase in sorted(self.phases.items()):
            table.add_row(f"    {site}", Text(phase, style="cyan"))
        return Group(Text(f"  {self.title}", style="bold"), table)


def _title(payload: Event, rounds: int) -> str:
    if payload.get("kind") == "train":
        return f"round {payload['round']} of {rounds}"
    return {"statistics": "data statistics", "evaluate": "evaluation"}.get(payload.get("kind", ""), "step")
