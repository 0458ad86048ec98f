"""The formal promise: epsilon by the accountants, an empirical bound from below, and the sites' accounts."""

from collections.abc import Iterator

from primia_core.attacks.canaries import CanaryFindings
from primia_core.reporting.dossier import Dossier, Privacy, Spent
from primia_core.reporting.figures.spending import Account, spending
from primia_core.reporting.tree import Block, Cell, Column, Facts, Figure, Paragraph, Section, Table
from primia_core.reporting.wording import count, decimal, percent, power

WHERE = {
    "local": "at each site, in every step of its local work; whoever sees one site's update is held off too",
    "distributed": "at each site, before masking; only the sum over sites is private",
}


def privacy(dossier: Dossier) -> Section | None:
    """Return the chapter, where something is known."""
    known = dossier.privacy
    if known is None:
        return None
    return Section("privacy", "Differential privacy", tuple(_promise(known.spent)), tuple(_parts(known)))


def _promise(spent: Spent | None) -> Iterator[Block]:
    if spent is None:
        yield Paragraph(
            "The model was trained without differential privacy. Secure aggregation hid each site's updates from "
            "everybody; what the trained model itself reveals of single patients is not bounded.",
            "warning",
        )
        return
    yield Paragraph(
        f"Whoever knows the model and everything about all others can tell whether one {spent.unit} was in training "
        f"only as far as ε = {decimal(spent.epsilon_pld, 3)} allows, except with probability δ = {power(spent.delta)}."
    )
    yield Facts(tuple(_figures(spent)))


def _figures(spent: Spent) -> Iterator[tuple[str, Cell]]:
    yield "Epsilon of record (PLD accountant)", decimal(spent.epsilon_pld, 3)
    if spent.epsilon_rdp is not None:
        yield "Epsilon by Rényi accountant", decimal(spent.epsilon_rdp, 3)
    yield "Delta", power(spent.delta)
    yield "Protects", f"one {spent.unit}, added or taken away"
    yield "Noise is made", WHERE[spent.mode]
    yield "Noise multiplier", f"{spent.noise_multiplier:g}"
    yield "Clip (L2 norm)", f"{spent.clip:g}"
    yield "Sampling", f"each {spent.unit} in a step with probability {spent.sample_rate:g} (Poisson)"
    yield "Steps", f"{count(spent.steps)} in {count(spent.rounds)} rounds"


def _parts(known: Privacy) -> Iterator[Section]:
    if known.canaries is not None:
        yield Section("privacy-bound", "Checked from below", tuple(_checked(known.canaries)))
    if known.accounts:
        yield Section("privacy-accounts", "The sites' accounts", tuple(_accounts(known)))


def _checked(found: CanaryFindings) -> Iterator[Block]:
    yield Paragraph(
        f"{count(found.canaries)} canaries were put into training or left out by the toss of a coin each, and an "
        f"attacker guessed at {count(found.guesses)} of the tosses: {count(found.correct)} guesses were right. So "
        f"epsilon is at least {decimal(found.epsilon_at_least, 3)} at δ = {power(found.delta)}, with "
        f"{percent(found.level, 0)} confidence."
    )
    if found.claimed is None:
        return
    if found.refuted:
        yield Paragraph(
            f"That is above the {decimal(found.claimed, 3)} that was promised: the promise is broken.", "warning"
        )
    else:
        yield Paragraph(
            f"It does not contradict the {decimal(found.claimed, 3)} that was promised, which is no proof that the "
            "promise holds."
        )


def _accounts(known: Privacy) -> Iterator[Block]:
    drawn = [
        Account(f"{one.site}, {one.study}", max(0.0, one.cumulative - one.epsilon), one.cumulative, one.budget)
        for one in known.accounts
    ]
    told = "; ".join(f"{one.label}: {decimal(one.after, 2)}" for one in drawn)
    yield Figure("What each site has spent for the study", f"Cumulative epsilon. {told}.", spending(drawn))
    columns = (
        Column("site"), Column("study"), Column("this model", "right", 0.7), Column("cumulative", "right", 0.7),
        Column("budget", "right", 0.6), Column("delta", "right", 0.6),
    )  # fmt: skip
    rows = tuple(
        (
            one.site, one.study, decimal(one.epsilon, 3), decimal(one.cumulative, 3),
            "none" if one.budget is None else decimal(one.budget, 2), power(one.delta),
        )
        for one in known.accounts
    )  # fmt: skip
    note = (
        "Cumulative by composing all of the study's jobs, so it can be less than the sum of their epsilons. Reported "
        "by the sites."
    )
    yield Table("Accounts", columns, rows, note)
