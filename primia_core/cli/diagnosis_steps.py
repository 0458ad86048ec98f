"""The steps of a diagnosis for whoever waits at a terminal: one line each on standard error. It decides nothing."""

from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console

from primia_core.client.conversation import Progress
from primia_core.client.trust import Service

PHASES = {
    "opening": "opens its share of the picture",
    "meeting": "meets the other party",
    "preparing": "takes correlations that were never used",
    "computing": "computes on what it cannot read",
    "sealing": "seals its half of the answer",
}
EACH = frozenset({"reading", "queued", "computing", "phase", "answered"})
"""News of each picture, which for a folder are too many to read."""
WAITS = {
    "stock": "waiting: the parties have no correlations left; the dealer makes new ones, and then it goes on by itself",
    "party": "waiting: a party is away; it goes on by itself when both are back",
}
BY = {"origin": "confirmed at {origin}", "pinned": "vouched for by a fingerprint of yours"}


class Steps:
    """Prints news as they come: of a folder those that concern the whole; ``quiet`` prints none."""

    def __init__(self, *, folder: bool, quiet: bool) -> None:
        self._left_out = EACH if folder else frozenset()
        self._console = Console(stderr=True, highlight=False, quiet=quiet, soft_wrap=True)
        self._lines: Mapping[str, Callable[[Progress], str | None]] = {
            "verifying": lambda _: (
                "checking the descriptor's signatures, its log, and the parties at their own origins"
            ),
            "reading": lambda news: f"{news.about['path']}: reading, splitting and sealing it here",
            "resuming": lambda news: f"{news.about['path']}: taking up the request that was sent before",
            "anew": lambda news: f"the earlier request ended ({news.about['code']}); sending a new one",
            "queued": lambda _: "queued",
            "waiting": lambda news: WAITS.get(str(news.about.get("reason"))),
            "outlook": _outlook,
            "retried": lambda _: "a party was lost on the way; the platform tries again with new correlations",
            "computing": lambda _: "computing",
            "phase": _phase,
            "answered": lambda _: "answered by both parties",
            "rows": lambda news: f"{news.about['done']} of {news.about['of']} done",
        }

    def __call__(self, news: Progress) -> None:
        """Print what there is to say."""
        line = None if news.step in self._left_out else self._lines.get(news.step)
        if line is not None and (text := line(news)):
            self._console.print(f"  {text}", markup=False, style="dim")

    def verified(self, service: Service) -> None:
        """Say who will compute."""
        name = service.descriptor.name
        self._console.print(f"{name}, {service.descriptor.model.name} v{service.descriptor.model.number}", markup=False)
        for party in service.parties:
            how = BY[party.by].format(origin=party.origin)
            self._console.print(f"  {party.name}, {party.fingerprint[:16]}…: key {how}", markup=False, style="dim")


def _phase(news: Progress) -> str | None:
    phase = PHASES.get(str(news.about.get("phase")))
    party = news.about.get("party")
    return f"{str(party).upper()} {phase}" if phase else None


def _outlook(news: Progress) -> str:
    stock = news.about.get("stock") or {}
    levels = [_number(stock.get(party)) for party in ("p0", "p1")]
    if 0 in levels:
        return WAITS["stock"]
    position = _number(news.about.get("position"))
    before = "waiting in the queue" if position is None else f"waiting: {position} before it in the queue"
    return before + ("" if None in levels else f"; stock {levels[0]} and {levels[1]}")


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) else None
