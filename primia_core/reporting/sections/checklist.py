"""Both checklists as chapters: each item with what can be said to it and where that stands."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from primia_core.reporting.checklists import claim, tripod
from primia_core.reporting.checklists.item import Answer, Item
from primia_core.reporting.checklists.known import Known
from primia_core.reporting.dossier import Dossier
from primia_core.reporting.errors import DossierError
from primia_core.reporting.tree import Cell, Column, Group, Mark, Paragraph, Section, See, Table
from primia_core.reporting.wording import plural

STATUSES: dict[str, Mark] = {
    "reported": Mark("reported", "ok"),
    "in part": Mark("in part", "warn"),
    "authors": Mark("to be completed by the authors", "bad"),
    "by the authors": Mark("stated by the authors", "ok"),
    "not applicable": Mark("not applicable", "quiet"),
}
COLUMNS = (
    Column("item", weight=0.3), Column("asks for", weight=1.15), Column("status", weight=0.8),
    Column("answer", weight=2.9),
)  # fmt: skip


def checklists(dossier: Dossier, anchors: Sequence[str]) -> Iterator[Section]:
    """Yield a chapter for each; ``anchors`` are the sections that answers may refer to.

    Raises:
        DossierError: an answer to an item that there is not.
    """
    unknown = sorted(set(dossier.answers) - {item.key for item in (*tripod.TRIPOD, *claim.CLAIM)})
    if unknown:
        raise DossierError(f"answers name {unknown}, which no checklist has; keys are such as tripod.17 and claim.44")
    known = Known(dossier, frozenset(anchors))
    yield _checklist("tripod", "TRIPOD+AI checklist", tripod.TRIPOD, tripod.SOURCE, known)
    yield _checklist("claim", "CLAIM checklist", claim.CLAIM, claim.SOURCE, known)


def _checklist(anchor: str, title: str, items: Sequence[Item], source: str, known: Known) -> Section:
    answers = {item.key: _answer(item, known) for item in items}
    tally = Counter(status for status, _ in answers.values())
    counts = ", ".join(f"{tally[status]} {mark.text}" for status, mark in STATUSES.items() if tally[status])
    lead = Paragraph(
        f"{plural(len(items), 'item')}: {counts}. Filled in by a program from the records of this report; it does not "
        f"make a study compliant. Items are named in our own words, see {source}."
    )
    rows: list[tuple[Cell, ...] | Group] = []
    for group, members in groupby(items, key=lambda item: item.group):
        rows += [Group(group), *(_row(item, *answers[item.key]) for item in members)]
    return Section(anchor, title, (lead, Table("Items and answers", COLUMNS, tuple(rows))))


def _answer(item: Item, known: Known) -> tuple[str, Answer]:
    said = known.dossier.answers.get(item.key)
    if said:
        return "by the authors", Answer("reported", said)
    found = item.answer(known)
    return found.status, found


def _row(item: Item, status: str, answer: Answer) -> tuple[Cell, ...]:
    return item.number, item.title, STATUSES[status], See(answer.text, answer.see)
