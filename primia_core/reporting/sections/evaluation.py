"""How well the model does: all figures of an evaluation document, with what they are and how sure they are."""

from collections.abc import Iterator

from primia_core.evaluation.document import ClassEvaluation, EvaluationDocument
from primia_core.evaluation.report import Report
from primia_core.reporting.dossier import Counted, Dossier
from primia_core.reporting.figures.confusion import confusion
from primia_core.reporting.figures.decision import decision
from primia_core.reporting.figures.reliability import reliability
from primia_core.reporting.figures.roc import roc
from primia_core.reporting.sections.groups import groups
from primia_core.reporting.tree import (
    Block,
    Bullets,
    Cell,
    Code,
    Column,
    Facts,
    Figure,
    Paragraph,
    Section,
    Side,
    Table,
)
from primia_core.reporting.wording import count, decimal, interval, listed, percent, plural


def evaluations(dossier: Dossier) -> Iterator[Section]:
    """Yield a chapter for each evaluation, then one for each set of figures from counts."""
    for place, found in enumerate(dossier.evaluations, 1):
        yield _evaluation(found, f"evaluation-{place}", several=len(dossier.evaluations) > 1)
    for place, counted in enumerate(dossier.counted, 1):
        yield _counted(counted, counted.figures(dossier.model.classes), f"counted-{place}")


def _evaluation(found: EvaluationDocument, anchor: str, *, several: bool) -> Section:
    parts = [
        Section(f"{anchor}-overall", "All classes together", tuple(_overall(found))),
        Section(f"{anchor}-classes", "Class by class", tuple(_classes(found))),
        Section(f"{anchor}-calibration", "Calibration", (_calibration(found), _bins(found))),
        Section(f"{anchor}-decision", "Decision curves", tuple(_decisions(found))),
        *groups(found, anchor),
        Section(f"{anchor}-methods", "How this was computed", tuple(_methods(found))),
    ]
    title = f"Evaluation, {found.split} split" if several else "Evaluation"
    of = plural(found.n, "image") + ("" if found.patients is None else f" of {plural(found.patients, 'patient')}")
    lead = f"{of}, {found.split} split; computed as {_made(found.made)}. Intervals cover 95 %."
    return Section(anchor, title, (Paragraph(lead),), tuple(parts))


def _made(made: str) -> str:
    return "one local evaluation" if made == "local" else f"a {made}"


def _overall(found: EvaluationDocument) -> Iterator[Block]:
    by_patient = "drawing whole patients"
    rows: list[tuple[Cell, ...]] = [
        ("accuracy", interval(found.accuracy), "Wilson"),
        ("accuracy", interval(found.accuracy_clopper_pearson), "Clopper and Pearson, exact"),
    ]
    if found.accuracy_by_patient is not None:
        rows.append(("accuracy", interval(found.accuracy_by_patient), f"bootstrap, {by_patient}"))
    rows.append(("Matthews' correlation coefficient (MCC)", interval(found.mcc), "bootstrap"))
    if found.mcc_by_patient is not None:
        rows.append(
            ("Matthews' correlation coefficient (MCC)", interval(found.mcc_by_patient), f"bootstrap, {by_patient}")
        )
    plain = (
        ("balanced accuracy", found.balanced_accuracy),
        ("Cohen's kappa with the truth", found.kappa),
        ("the same, linear weights", found.kappa_linear),
        ("the same, quadratic weights", found.kappa_quadratic),
        ("ROC-AUC, one against the rest, mean of classes", found.auc_ovr_macro),
        ("ROC-AUC, one against the rest, by class size", found.auc_ovr_weighted),
        ("ROC-AUC, one against one, mean of pairs", found.auc_ovo_macro),
        ("ROC-AUC, one against one, by class size", found.auc_ovo_weighted),
        ("ROC-AUC on hard labels, one against the rest", found.auc_hardlabel_ovr_macro),
        ("Brier score, 0 to 2", found.brier),
        ("log loss, nats", found.log_loss),
        ("expected calibration error", found.expected_calibration_error),
        ("mean loss, as trained", found.mean_loss),
    )
    rows += [(name, decimal(value), "") for name, value in plain if value is not None]
    columns = (
        Column("figure", weight=2.0),
        Column("value (95 % interval)", "right", 1.4),
        Column("interval", weight=1.4),
    )
    yield Table(f"Figures over {plural(found.n, 'image')}", columns, tuple(rows), _weights(found))


def _weights(found: EvaluationDocument) -> str:
    return f"Weighted kappas take the classes in the order {listed(found.classes)}."


def _classes(found: EvaluationDocument) -> Iterator[Block]:
    columns = (Column("class", weight=0.9), Column("images", "right", 0.55), *(
        Column(title, "right", 1.5) for title in ("sensitivity", "specificity", "PPV", "NPV")
    ))  # fmt: skip
    rows = tuple(
        (one.name, count(one.n), *(interval(x, 2) for x in (one.sensitivity, one.specificity, one.ppv, one.npv)))
        for one in found.per_class
    )
    yield Table(
        "Each class against the others", columns, rows, "PPV and NPV hold for the shares of classes found here."
    )
    ranked = tuple((one.name, interval(one.f1), interval(one.auc)) for one in found.per_class)
    heads = (Column("class", weight=0.9), Column("F1", "right", 1.5), Column("ROC-AUC (DeLong)", "right", 1.5))
    yield Table("F1 and area under the ROC curve", heads, ranked)
    yield Side(
        (
            Figure(
                "Confusion matrix; percentages are of the row",
                _told_counts(found),
                confusion(found.classes, found.confusion),
            ),
            Figure("ROC curves, one class against the rest", _told_areas(found.per_class), roc(found.per_class)),
        )
    )


def _told_counts(found: EvaluationDocument) -> str:
    rows = (
        f"of {count(sum(row))} {name}: "
        f"{', '.join(f'{count(cell)} called {other}' for cell, other in zip(row, found.classes, strict=True))}"
        for name, row in zip(found.classes, found.confusion, strict=True)
    )
    return f"Confusion matrix. {'; '.join(rows)}."


def _told_areas(classes: tuple[ClassEvaluation, ...]) -> str:
    return f"ROC curves. Areas: {'; '.join(f'{one.name} {interval(one.auc)}' for one in classes)}."


def _calibration(found: EvaluationDocument) -> Side:
    told = "; ".join(
        f"{percent(one.accuracy, 0)} right of {count(one.count)} at {percent(one.confidence, 0)}"
        for one in found.reliability
        if one.count
    )
    figure = Figure(
        f"Reliability of the likeliest label; expected calibration error {decimal(found.expected_calibration_error)}. "
        "Below: how many images are in each bin.",
        f"Reliability curve. {told}.",
        reliability(found.reliability),
    )
    return Side((figure,))


def _bins(found: EvaluationDocument) -> Table:
    columns = (Column("probability of the likeliest label", weight=1.5), *(
        Column(title, "right") for title in ("images", "mean probability", "share that was right", "difference")
    ))  # fmt: skip
    rows = tuple(
        (
            f"above {decimal(one.low)} to {decimal(one.high)}", count(one.count), decimal(one.confidence),
            decimal(one.accuracy), decimal(one.confidence - one.accuracy),
        )
        for one in found.reliability
        if one.confidence is not None and one.accuracy is not None
    )  # fmt: skip
    return Table(
        "Bins of the reliability curve",
        columns,
        rows,
        "A positive difference is overconfidence. Empty bins are left out.",
    )


def _decisions(found: EvaluationDocument) -> Iterator[Block]:
    yield Paragraph(
        "Net benefit is the share of true positives less that of false positives, these weighted by the odds of the "
        "threshold at which one would act (Vickers and Elkin 2006). A model is of use at a threshold where it lies "
        "above both acting on everybody and acting on nobody."
    )
    yield Side(
        tuple(
            Figure(
                f"Decision curve, {one.name}",
                _told_benefit(one, found.thresholds),
                decision(one, found.thresholds, place=k),
            )
            for k, one in enumerate(found.per_class)
        )
    )


def _told_benefit(one: ClassEvaluation, thresholds: tuple[float, ...]) -> str:
    useful = [
        cut
        for cut, benefit, everybody in zip(thresholds, one.net_benefit, one.net_benefit_of_all, strict=True)
        if benefit > max(everybody, 0.0)
    ]
    where = (
        f"at thresholds from {decimal(min(useful), 2)} to {decimal(max(useful), 2)}" if useful else "at no threshold"
    )
    return f"Decision curve of {one.name}. The model is above both acting on everybody and on nobody {where}."


def _methods(found: EvaluationDocument) -> Iterator[Block]:
    yield Facts(tuple(_method_facts(found)))
    if found.notes:
        yield Bullets(found.notes)


def _method_facts(found: EvaluationDocument) -> Iterator[tuple[str, Cell]]:
    yield "Computed as", found.made
    yield "Weights", Code(found.model.hash)
    for place, one in enumerate(found.cohort.versions):
        yield "Cohort" if place == 0 else "", Code(one)
    exact = "exact" if found.quantised_bins is None else f"sorted into {found.quantised_bins} bins of equal width first"
    yield "Scores", exact
    for name, words in sorted(found.intervals.items()):
        yield f"Method “{name.replace('_', ' ')}”", words


def _counted(counted: Counted, found: Report, anchor: str) -> Section:
    rows: list[tuple[Cell, ...]] = [
        ("accuracy", interval(found.accuracy)),
        ("Matthews' correlation coefficient (MCC)", interval(found.mcc)),
        ("balanced accuracy", decimal(found.balanced_accuracy)),
        ("Cohen's kappa with the truth", decimal(found.kappa)),
    ]
    if found.mean_loss is not None:
        rows.append(("mean loss", decimal(found.mean_loss)))
    names = tuple(one.name for one in found.classes)
    classes = tuple(
        (one.name, count(one.n), interval(one.sensitivity, 2), interval(one.specificity, 2), interval(one.precision, 2))
        for one in found.classes
    )
    heads = (Column("class"), Column("images", "right", 0.6), *(
        Column(title, "right", 1.5) for title in ("sensitivity", "specificity", "PPV")
    ))  # fmt: skip
    told = f"Confusion matrix of {plural(found.n, 'image')}."
    after = "" if counted.round is None else f" with the model of round {counted.round}"
    lead = (
        f"{plural(found.n, 'image')}, {counted.split} split; computed as a {counted.made}{after}. From counts alone: "
        "no probabilities were kept."
    )
    return Section(
        anchor,
        f"Counts of the {counted.split} split",
        (
            Paragraph(lead),
            Table(
                "All classes together",
                (Column("figure", weight=2.0), Column("value (95 % interval)", "right")),
                tuple(rows),
            ),
            Table("Each class against the others", heads, classes),
            Side((Figure("Confusion matrix; percentages are of the row", told, confusion(names, found.confusion)),)),
        ),
    )
