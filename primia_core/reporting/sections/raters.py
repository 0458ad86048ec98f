"""Readers and models beside each other, on the same cases."""

from collections.abc import Iterator

from primia_core.evaluation.comparison import Comparison, Pair
from primia_core.reporting.dossier import Dossier
from primia_core.reporting.figures.forest import Row, forest
from primia_core.reporting.palette import series
from primia_core.reporting.tree import Block, Cell, Column, Figure, Mark, Paragraph, Section, Table
from primia_core.reporting.wording import decimal, interval, p_value, plural


def raters(dossier: Dossier) -> Section | None:
    """Return the chapter, where raters were compared."""
    found = dossier.comparison
    if found is None:
        return None
    parts = [Section("raters-each", "Each against the truth", tuple(_each(found)))]
    if found.pairs:
        parts.append(Section("raters-pairs", "Each against each other", tuple(_pairs(found))))
    lead = Paragraph(
        f"{plural(len(found.raters), 'rater')}, people or models, gave a label to each of the same "
        f"{plural(found.n, 'case')}. Intervals cover 95 %."
    )
    return Section("raters", "Readers and models compared", (lead,), tuple(parts))


def _each(found: Comparison) -> Iterator[Block]:
    rows = [
        Row(name, figure=one.accuracy, tone=series(place)[0]) for place, (name, one) in enumerate(found.raters.items())
    ]
    told = "; ".join(f"{name}: {interval(one.accuracy)}" for name, one in found.raters.items())
    yield Figure(
        "Accuracy of each rater",
        f"Forest plot of accuracy by rater. {told}.",
        forest(rows, title="accuracy", number_title=""),
    )
    columns = (Column("rater"), Column("accuracy (Wilson)", "right", 1.3), Column("MCC (bootstrap)", "right", 1.3),
               Column("balanced accuracy", "right", 0.9), Column("kappa with the truth", "right", 0.9))  # fmt: skip
    cells = tuple(
        (name, interval(one.accuracy), interval(one.mcc), decimal(one.balanced_accuracy), decimal(one.kappa))
        for name, one in found.raters.items()
    )
    yield Table("Raters against the truth", columns, cells)


def _pairs(found: Comparison) -> Iterator[Block]:
    rows = [Row(_named(pair), figure=pair.difference) for pair in found.pairs]
    told = "; ".join(f"{_named(pair)}: {interval(pair.difference)}" for pair in found.pairs)
    drawn = forest(
        rows,
        title="difference in accuracy, first less second",
        number_title="",
        reference=0.0,
        reference_name="no difference",
    )
    yield Figure(
        "Differences in accuracy, with Newcombe's interval for pairs", f"Forest plot of differences. {told}.", drawn
    )
    columns = (
        Column("pair", weight=1.7), Column("alone right", "right", 0.8), Column("p, exact", "right", 0.8),
        Column("p, mid", "right", 0.8), Column("p, χ² corrected", "right", 0.9), Column("p, Holm", "right", 0.8),
    )  # fmt: skip
    tests = tuple(
        (
            _named(pair),
            f"{pair.alone[0]}, {pair.alone[1]}",
            *map(p_value, (pair.exact_p, pair.mid_p, pair.corrected_p, pair.holm_p)),
        )
        for pair in found.pairs
    )
    note = f"Holm's p adjusts the exact one for {plural(len(found.pairs), 'pair')}. A large p is no proof of equality."
    yield Table("McNemar's tests", columns, tests, note)
    yield _agreement(found)


def _agreement(found: Comparison) -> Table:
    columns = [
        Column("pair", weight=1.7), Column("kappa", "right", 0.7), Column("linear", "right", 0.7),
        Column("quadratic", "right", 0.8),
    ]  # fmt: skip
    if found.margin is not None:
        columns.append(Column("first not inferior", weight=1.0))
    rows = tuple(
        (_named(pair), decimal(pair.kappa), decimal(pair.kappa_linear), decimal(pair.kappa_quadratic), *_verdict(pair))
        for pair in found.pairs
    )
    note = (
        ""
        if found.margin is None
        else f"Not inferior: at most {decimal(found.margin)} less accurate, the margin stated beforehand."
    )
    return Table("Agreement with each other", tuple(columns), rows, note)


def _verdict(pair: Pair) -> tuple[Cell, ...]:
    if pair.non_inferior is None:
        return ()
    return (Mark("shown", "ok") if pair.non_inferior else Mark("not shown", "warn"),)


def _named(pair: Pair) -> str:
    return f"{pair.first} – {pair.second}"
