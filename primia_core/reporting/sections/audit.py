"""What updates give away: the attack's figures view by view, always beside its controls."""

from base64 import b64decode
from collections.abc import Iterator

from primia_core.attacks.document import AuditDocument, AuditTest, Picture, ViewFigures
from primia_core.evaluation.report import Figure as Share
from primia_core.reporting.dossier import Dossier
from primia_core.reporting.figures.exposure import LOOKS, exposure
from primia_core.reporting.figures.forest import Row, forest
from primia_core.reporting.sections.summary import VERDICTS
from primia_core.reporting.tree import Block, Cell, Column, Facts, Figure, Group, Mark, Paragraph, Section, Side, Table
from primia_core.reporting.tree import Picture as Shown
from primia_core.reporting.wording import count, decimal, interval, listed, p_value, percent, plural, significant

VIEWS = {"gradient": "one site's gradient", "update": "one site's update", "secure_sum": "the secure sum"}
FINDINGS: dict[str, Mark] = {
    "identifies": Mark("identifies images", "bad"),
    "resembles": Mark("resembles images", "warn"),
    "nothing shown": Mark("nothing shown", "ok"),
}
METHODS = {
    "anova": "analysis of variance", "student": "Student's t", "welch": "Welch's t", "paired": "paired t",
}  # fmt: skip
PREFIX = "data:image/png;base64,"


def audits(dossier: Dossier) -> Iterator[Section]:
    """Yield a chapter for each audit."""
    for place, audit in enumerate(dossier.audits, 1):
        title = "Attack audit" if len(dossier.audits) == 1 else f"Attack audit {place}"
        yield _audit(audit, f"audit-{place}", title)


def named(view: ViewFigures) -> str:
    """Return what was attacked, in words."""
    of = f" of {view.sites_in_sum} sites" if view.sites_in_sum > 1 else ""
    after = f", {plural(view.local_steps, 'local step')}" if view.local_steps else ""
    return f"{VIEWS[view.view]}{of}, batch {view.batch_size}{after}"


def _audit(audit: AuditDocument, anchor: str, title: str) -> Section:
    parts = [
        Section(f"{anchor}-findings", "Findings", tuple(_findings(audit))),
        Section(f"{anchor}-errors", "Errors of reconstructions", tuple(_errors(audit))),
        Section(f"{anchor}-identification", "Can an image be picked out?", tuple(_identification(audit))),
    ]
    if audit.tests:
        parts.append(Section(f"{anchor}-tests", "Tests", (_tests(audit.tests),)))
    if audit.membership is not None:
        parts.append(Section(f"{anchor}-membership", "Was an image in training?", tuple(_membership(audit))))
    if audit.pictures:
        parts.append(Section(f"{anchor}-pictures", "Pictures", tuple(_pictures(audit))))
    parts.append(Section(f"{anchor}-methods", "How it was attacked", (Facts(tuple(_methods(audit))),)))
    return Section(anchor, title, tuple(_lead(audit)), tuple(parts))


def _lead(audit: AuditDocument) -> Iterator[Block]:
    if not audit.valid:
        yield Paragraph(audit.statement, "warning")
        return
    control = audit.positive.rows[0]
    found = control.identification
    yield Paragraph(
        f"{plural(len(audit.views), 'release')} of training {'was' if len(audit.views) == 1 else 'were'} attacked "
        "with one and the same attack. Its positive control, single images in eval mode, succeeded: mean error "
        f"{decimal(control.mse.mean)}, {found.hits} of {found.trials} images picked out. So failures elsewhere mean "
        "something; they bound this attack only, not a better one.",
        "lead",
    )


def _all(audit: AuditDocument) -> Iterator[tuple[str, ViewFigures]]:
    yield "positive control: one image, eval mode", audit.positive
    for view in audit.views:
        yield named(view), view


def _findings(audit: AuditDocument) -> Iterator[Block]:
    verdict = VERDICTS[audit.verdict]
    rows: list[tuple[Cell, ...]] = [
        (
            "all together",
            verdict,
            "The positive control succeeded."
            if audit.valid
            else "The positive control failed: what was not found may be there all the same.",
        )
    ]
    rows += [
        (named(view), _finding(view, valid=audit.valid), f"{view.reading} {_labels(view)}") for view in audit.views
    ]
    yield Table(
        "What each view showed",
        (Column("view", weight=1.1), Column("finding", weight=0.7), Column("reading", weight=2.6)),
        tuple(rows),
    )


def _finding(view: ViewFigures, *, valid: bool) -> Mark:
    """Where the positive control failed, finding nothing is no finding; a leak that was seen is one all the same."""
    if view.finding == "nothing shown" and not valid:
        return Mark("no conclusion", "quiet")
    return FINDINGS[view.finding]


def _labels(view: ViewFigures) -> str:
    return f"Of its labels, {view.labels.right} of {view.labels.images} could be inferred."


def _errors(audit: AuditDocument) -> Iterator[Block]:
    known = audit.references
    yield Paragraph(
        "Errors are in variances of the pixels. Guesses that use nothing of the release reach, on the same images: "
        f"one grey everywhere {decimal(known.grey, 2)}, the mean image {decimal(known.mean_image, 2)}, a stranger's "
        f"image {decimal(known.other_patient, 2)}. An error above these is no sign of safety. The null is the most "
        "alike image of other patients of the class; an error clearly below it shows that a patient's own image came "
        "back."
    )
    views = list(_all(audit))
    told = "; ".join(f"{title}: {decimal(view.rows[0].mse.mean, 3)}" for title, view in views)
    yield Figure(
        "Reconstruction errors of the attack and its controls, from the most exposed image to the mean",
        f"Mean squared errors. {told}.",
        exposure(views, audit.references),
    )
    columns = (
        Column("view and control", weight=1.9), Column("images", "right", 0.6), Column("MSE", "right", 0.7),
        Column("worst", "right", 0.7), Column("PSNR, dB", "right", 0.7), Column("worst", "right", 0.6),
        Column("SSIM", "right", 0.6), Column("worst", "right", 0.6),
    )  # fmt: skip
    yield Table(
        "Mean and most exposed image",
        columns,
        tuple(_measures(views)),
        "Most exposed: least error, largest PSNR and SSIM.",
    )


def _measures(views: list[tuple[str, ViewFigures]]) -> Iterator[tuple[Cell, ...] | Group]:
    for title, view in views:
        yield Group(title)
        for row in view.rows:
            yield (
                LOOKS[row.control][0], count(row.n), significant(row.mse.mean), significant(row.mse.worst),
                decimal(row.psnr.mean, 1), decimal(row.psnr.worst, 1), decimal(row.ssim.mean, 2),
                decimal(row.ssim.worst, 2),
            )  # fmt: skip


def _identification(audit: AuditDocument) -> Iterator[Block]:
    gallery = audit.positive.rows[0].identification.gallery
    yield Paragraph(
        f"Each reconstruction was compared with {gallery} images of the same class, the true one among them. A hit is "
        "when the true one was the most alike. Intervals are Clopper and Pearson's."
    )
    rows = []
    for title, view in _all(audit):
        rows.append(Row(title, heading=True))
        for one in view.rows:
            words, tone, marker, hollow = LOOKS[one.control]
            found = one.identification
            share = Share(value=found.hits / found.trials, low=found.low, high=found.high)
            rows.append(Row(words, f"{found.hits} of {found.trials}", share, tone=tone, marker=marker, hollow=hollow))
    chance = audit.positive.rows[0].identification.chance
    told = "; ".join(
        f"{title}: {view.rows[0].identification.hits} of {view.rows[0].identification.trials}"
        for title, view in _all(audit)
    )
    yield Figure(
        "Share of images that were picked out",
        f"Forest plot of identification. {told}.",
        forest(
            rows, title="share picked out", number_title="hits", span=(-0.02, 1.02), reference=chance,
            reference_name=f"chance, {percent(chance)}", places=2,
        ),
    )  # fmt: skip


def _tests(tests: tuple[AuditTest, ...]) -> Table:
    columns = (
        Column("test", weight=0.9), Column("compared", weight=2.6), Column("statistic", "right", 0.7),
        Column("p", "right", 0.6), Column("p, Holm", "right", 0.6),
    )  # fmt: skip
    rows = tuple(
        (
            METHODS[one.method],
            " – ".join(_plain(name) for name in one.compared),
            significant(one.statistic),
            p_value(one.p),
            p_value(one.p_holm),
        )
        for one in tests
    )
    return Table(
        "Tests of mean errors", columns, rows, "Images of one release are not independent, so p is on the small side."
    )


def _plain(compared: str) -> str:
    for name, words in (("secure_sum", "secure sum"), ("tv_only", "smoothness alone"), (": positive", ": attack")):
        compared = compared.replace(name, words)
    return compared


def _membership(audit: AuditDocument) -> Iterator[Block]:
    found = audit.membership
    if found is None:
        return
    yield Facts(
        (
            ("Method", f"{found.method}, {plural(found.references, 'reference model')}"),
            ("Found at 1 % false alarms", interval(found.tpr_at_1pct)),
            ("Found at 0.1 % false alarms", interval(found.tpr_at_0_1pct)),
            ("Area under the ROC curve", interval(found.auc)),
        )
    )
    yield Paragraph("An area of 0.5, and as many found as false alarms, is chance.", "note")


def _pictures(audit: AuditDocument) -> Iterator[Block]:
    kind = {"public": "a public cohort", "phantom": "drawn phantoms, of nobody"}.get(
        audit.images.kind, audit.images.kind
    )
    yield Paragraph(f"Images are of {kind}. Pictures of a real cohort never leave its site.")
    for one in audit.pictures:
        what = "positive control" if one.positive else f"{VIEWS[one.view]}, batch {one.batch_size}"
        trio = tuple(
            Shown(words, f"{words}, {what}", _png(uri))
            for words, uri in (
                ("original", one.original),
                ("reconstruction", one.reconstruction),
                ("best other patient", one.null),
            )
        )
        yield Side(trio, _caption(one, what))


def _caption(one: Picture, what: str) -> str:
    picked = "picked out" if one.identified else "not picked out"
    return (
        f"{what[0].upper()}{what[1:]}, victim {one.victim}: MSE {significant(one.mse)}, SSIM {decimal(one.ssim, 2)}, "
        f"{picked}."
    )


def _png(uri: str) -> bytes:
    return b64decode(uri.removeprefix(PREFIX), validate=True)


def _methods(audit: AuditDocument) -> Iterator[tuple[str, Cell]]:
    plan, model = audit.plan, audit.model
    yield (
        "Model",
        f"{model.name}, {model.weights} weights, {count(model.parameters)} parameters, {model.normalisation} "
        "normalisation",
    )
    yield "Images", f"{audit.images.kind}, {audit.images.image_size} pixels a side, {audit.images.split} split"
    yield "Computed as", audit.made
    yield (
        "Mode of normalisation layers",
        f"{audit.batch_norm_mode} for victims and attacker; eval in the positive control",
    )
    yield "Attack", "gradient inversion after Geiping et al. 2020: cosine distance and total variation, signed Adam"
    counts = "those of about the least cost averaged" if plan.consensus else "of which the best counts"
    yield "Effort", f"{count(plan.iterations)} iterations, {plural(plan.restarts, 'attempt')}, {counts}"
    yield (
        "Weights of the cost",
        f"total variation {plan.tv_weight:g}, {plan.tv_start:g} times that at the start; statistics of batches "
        f"{plan.statistics_weight:g}; rate {plan.learning_rate:g}",
    )
    if plan.privacy is not None:
        yield (
            "Differential privacy",
            f"each image's gradient clipped at {plan.privacy.clip:g}, noise of {plan.privacy.noise_multiplier:g} times "
            "that in every sum; none in the positive control",
        )
    yield "Labels", plan.labels
    yield (
        "Releases attacked",
        f"{plan.victims} for each view and batch size; {plan.positive_victims} in the positive control",
    )
    yield "Batch sizes", listed([str(size) for size in plan.batch_sizes])
    yield "Gallery, seed", f"{plan.gallery} images of the class; {plan.seed}"
