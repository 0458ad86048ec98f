"""Where the model does better and worse: by age, sex and view, and site by site."""

import re
from collections.abc import Iterator
from itertools import groupby

from primia_core.evaluation.document import EvaluationDocument, Subgroup
from primia_core.reporting.figures.forest import Row, forest
from primia_core.reporting.palette import series
from primia_core.reporting.tree import Block, Cell, Column, Figure, Paragraph, Section, Table
from primia_core.reporting.wording import NONE, count, interval, plural


def groups(found: EvaluationDocument, anchor: str) -> Iterator[Section]:
    """Yield the sections that there are figures for."""
    if found.subgroups:
        yield Section(f"{anchor}-subgroups", "Subgroups", tuple(_subgroups(found)))
    if found.sites:
        yield Section(f"{anchor}-sites", "Site by site", tuple(_sites(found)))


def _subgroups(found: EvaluationDocument) -> Iterator[Block]:
    hidden = sum(one.suppressed for one in found.subgroups)
    if hidden:
        least = f"fewer than {found.smallest_cell} images" if found.smallest_cell else "too few images"
        shown = "is" if hidden == 1 else "are"
        yield Paragraph(
            f"{plural(hidden, 'group')} {shown} not shown: of {least}, or such that another group of so few could be "
            "had from it by subtraction."
        )
    rows = []
    ordered = sorted(found.subgroups, key=_order)
    for attribute, members in groupby(ordered, key=lambda one: one.attribute):
        rows.append(Row(attribute, heading=True))
        rows += [_row(one) for one in members]
    yield Figure(
        "Accuracy by subgroup. Intervals of small groups are wide, and many groups make some differ by chance.",
        f"Forest plot of accuracy. {_told(ordered)}",
        forest(
            rows, title="accuracy", number_title="images", reference=found.accuracy.value,
            reference_name="all images together",
        ),
    )  # fmt: skip
    columns = (
        Column("attribute"), Column("group"), Column("images", "right", 0.6), Column("accuracy", "right", 1.5),
        Column("MCC", "right", 1.6),
    )  # fmt: skip
    yield Table("Subgroups", columns, tuple(_cells(one) for one in ordered))


def _order(one: Subgroup) -> tuple[str, int, str]:
    """Ages by their number, other groups by the alphabet."""
    number = re.match(r"\d+", one.group)
    return one.attribute, int(number[0]) if number else 10**9, one.group


def _row(one: Subgroup) -> Row:
    return Row(one.group, count(one.n), one.accuracy, remark="not shown" if one.suppressed else "")


def _cells(one: Subgroup) -> tuple[Cell, ...]:
    if one.suppressed:
        return one.attribute, one.group, NONE, "not shown", "not shown"
    return one.attribute, one.group, count(one.n), interval(one.accuracy), interval(one.mcc)


def _told(subgroups: list[Subgroup]) -> str:
    return "; ".join(
        f"{one.attribute} {one.group}: {interval(one.accuracy)}" for one in subgroups if not one.suppressed
    )


def _sites(found: EvaluationDocument) -> Iterator[Block]:
    yield Paragraph("Each site allowed its own figures to be shown, by the plan that it signed.")
    rows = [Row(one.site, count(one.n), one.accuracy, tone=series(place)[0]) for place, one in enumerate(found.sites)]
    told = "; ".join(f"{one.site}: {interval(one.accuracy)}" for one in found.sites)
    yield Figure(
        "Accuracy by site",
        f"Forest plot of accuracy by site. {told}",
        forest(
            rows, title="accuracy", number_title="images", reference=found.accuracy.value, reference_name="all sites"
        ),
    )
    heads = (Column("site"), Column("images", "right", 0.6), Column("MCC", "right", 1.5), *(
        Column(f"sensitivity, {name}", "right", 1.4) for name in found.classes
    ))  # fmt: skip
    cells = tuple(
        (one.site, count(one.n), interval(one.mcc, 2), *(interval(x, 2) for x in one.sensitivity))
        for one in found.sites
    )
    yield Table("Sites", heads, cells)
