"""Where the model comes from: the job, its plan, the sites that signed it, and who was in each sum."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from primia_core.reporting.dossier import Dossier, Lineage
from primia_core.reporting.tree import Block, Cell, Code, Column, Facts, Mark, Section, Table
from primia_core.reporting.wording import listed, plural

ENDINGS = {
    "all_rounds": "after all planned rounds",
    "early_stopping": "early, when validation did not improve any more",
    "budget": "when a site's privacy budget was used up; the last model was kept",
}
HIDDEN = frozenset({"roster", "coordinator", "title", "federation", "version", "purpose", "evaluation", "audit"})
"""Parts of a plan that are told elsewhere or are keys."""


def lineage(dossier: Dossier) -> Section | None:
    """Return the chapter, where something is known."""
    known = dossier.lineage
    if known is None:
        return None
    parts = [Section("lineage-job", "The job", (Facts(tuple(_job(known))),))]
    if known.sites:
        parts.append(Section("lineage-sites", "The sites", _sites(known)))
    if known.rounds:
        parts.append(Section("lineage-steps", "Steps and who was in their sums", (_steps(known),)))
    if known.plan:
        parts.append(Section("lineage-plan", "The plan in full", (_plan(known.plan),)))
    return Section("lineage", "Where it comes from", (), tuple(parts))


def _job(known: Lineage) -> Iterator[tuple[str, Cell]]:
    if known.federation:
        yield "Federation", known.federation
    if known.title:
        yield "Title", known.title
    if known.job:
        yield "Job", Code(known.job)
    if known.plan_hash:
        yield "SHA-256 of the plan, which the sites signed", Code(known.plan_hash)
    if known.initial_model:
        yield "Hash of the weights at the start", Code(known.initial_model)
    if known.strategy:
        yield "Strategy", known.strategy
    if known.secure is not None:
        how = (
            "secure: the coordinator could open sums over sites only" if known.secure else "none: updates in the clear"
        )
        yield "Aggregation", how
    if known.best_round is not None:
        yield "Chosen", f"the model of round {known.best_round}, by the sites' validation images together"
    if known.ended:
        yield "Training ended", ENDINGS.get(known.ended, known.ended)


def _sites(known: Lineage) -> tuple[Block, ...]:
    columns = (
        Column("site", weight=0.9),
        Column("plan signed", weight=0.55),
        Column("version of its cohort", weight=2.5),
    )
    rows = tuple(
        (
            one.name or one.site,
            Mark("signed", "ok") if one.signed else Mark("not on record", "warn"),
            Code(one.dataset_version) if one.dataset_version else "not recorded",
        )
        for one in known.sites
    )
    note = "A version is a hash over a site's list of images and labels; it says which they were and nothing of them."
    return (Table("Sites of the roster", columns, rows, note),)


def _steps(known: Lineage) -> Table:
    columns = (
        Column("step", "right", 0.35), Column("kind", weight=0.8), Column("round", "right", 0.45),
        Column("sites in the sum", weight=2.6),
    )  # fmt: skip
    rows = tuple(
        (str(one.number), one.kind, "" if one.round is None else str(one.round), _who(one.survivors))
        for one in known.rounds
    )
    return Table("Closed steps", columns, rows)


def _who(survivors: tuple[str, ...]) -> str:
    return f"{len(survivors)}: {listed(survivors)}" if survivors else "none"


def _plan(plan: Mapping[str, JsonValue]) -> Table:
    shown = {name: value for name, value in plan.items() if name not in HIDDEN}
    rows: tuple[tuple[Cell, ...], ...] = tuple((Code(name), value) for name, value in flat(shown))
    return Table("Settings that the sites signed", (Column("setting"), Column("value", weight=1.2)), rows)


def flat(value: Mapping[str, JsonValue], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Return (dotted name, value in words) of everything inside, in the order of names."""
    for name in sorted(value):
        inner = value[name]
        if isinstance(inner, Mapping):
            yield from flat(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _said(inner)


def _said(value: JsonValue) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_said(item) for item in value) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def sentence(known: Lineage) -> str:
    """Return in a sentence how training was spread."""
    where = plural(len(known.sites), "site") if known.sites else "the recorded sites"
    how = ", whose updates were added under secure aggregation" if known.secure else ""
    return f"Trained by {where}{how}."
