"""From sums of figures to a document: rows, tests, findings and what they mean in words. Sees no single image's figure.

Whoever reads a single attack figure by itself is misled: a high error may be a safe model or a bad optimiser. So no
verdict is given unless the positive control, the same attack where it is known to work, has succeeded.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from primia_core.attacks.document import (
    AuditDocument,
    AuditedImages,
    AuditedModel,
    AuditTest,
    ControlRow,
    Identification,
    LabelInference,
    MembershipFigures,
    Picture,
    References,
    Spread,
    ViewFigures,
)
from primia_core.attacks.errors import SumsError
from primia_core.attacks.means import Result, anova, difference, paired, t_test
from primia_core.attacks.plan import AuditPlan, Part
from primia_core.attacks.sums import MSE, PAIRS, PSNR, REFERENCES, SSIM, UNIT, AuditSums, Row, beside_name, row_name
from primia_core.evaluation.groups import holm
from primia_core.evaluation.intervals import clopper_pearson

MOST_EXPOSED = 0.05
POSITIVE_MSE = 0.05
"""The largest mean error, in z units, at which the positive control counts as a success."""
LEVEL = 0.05

VIEW_NAMES = {
    "gradient": "one site's gradient",
    "update": "one site's update",
    "secure_sum": "the secure sum",
}


@dataclass(frozen=True)
class _Read:
    """One part read back from its integers."""

    part: Part
    rows: tuple[Row, ...]
    products: tuple[float, ...]
    labels: LabelInference

    @property
    def label(self) -> str:
        what = "positive control" if self.part.positive else self.part.view
        return f"{what}, batch {self.part.batch_size}"

    def against(self, position: int) -> Result:
        """Test whether the attack's errors differ from a control's."""
        return paired(difference(self.rows[0], self.rows[1 + position], self.products[position]))


def document_of(
    plan: AuditPlan,
    sums: AuditSums,
    *,
    model: AuditedModel,
    images: AuditedImages,
    made: str = "local",
    pictures: Sequence[Picture] = (),
    membership: MembershipFigures | None = None,
) -> AuditDocument:
    """Read an audit from its sums.

    Args:
        plan: of the audit.
        sums: of one site, or of several.
        model, images: what was attacked.
        made: "local", or "secure sum of k sites".
        pictures: only of public or drawn images.
    Raises:
        SumsError: sums over no image, or pictures of real patients.
    """
    if pictures and images.kind == "real":
        raise SumsError(
            f"{len(pictures)} pictures of real patients were given; they stay where they are: leave them out"
        )
    positive, *parts = [_read(part, sums) for part in plan.parts]
    tests = tuple(_tests(positive, parts))
    control = _figures(plan, positive, tests)
    views = tuple(_figures(plan, part, tests) for part in parts)
    valid = _succeeded(control)
    leaks = any(view.finding != "nothing shown" for view in views)
    count, *errors = sums.integers[REFERENCES]
    grey, mean_image, other = (error / UNIT / count for error in errors)
    references = References(grey=grey, mean_image=mean_image, other_patient=other)
    return AuditDocument(
        made=made,
        plan=plan,
        batch_norm_mode=plan.batch_norm,
        model=model,
        images=images,
        valid=valid,
        verdict="audit invalid" if not valid else "leak shown" if leaks else "no leak shown",
        positive=control,
        views=views,
        references=references,
        tests=tests,
        membership=membership,
        pictures=tuple(pictures),
        statement=" ".join(_statement(plan, control, views, model, references, valid=valid)),
    )


def _read(part: Part, sums: AuditSums) -> _Read:
    rows = tuple(Row.of(sums.integers[row_name(part, control)]) for control in part.controls)
    if not all(row.n for row in rows):
        raise SumsError(f"{part.name} has a row over 0 images; sum audits that have run to their end")
    *products, right, images = sums.integers[beside_name(part)]
    labels = LabelInference(right=right, images=images)
    return _Read(part, rows, tuple(value / UNIT for value in products), labels)


def _figures(plan: AuditPlan, read: _Read, tests: Sequence[AuditTest]) -> ViewFigures:
    part = read.part
    rows = tuple(
        ControlRow(
            control=control,
            n=row.n,
            mse=_spread(row, 0),
            psnr=_spread(row, 1),
            ssim=_spread(row, 2),
            identification=_identification(row, plan.gallery),
        )
        for control, row in zip(part.controls, read.rows, strict=True)
    )
    attack, null, _ = rows
    against_null = next((t for t in tests if t.method == "paired" and t.compared == _pair(read, PAIRS[0])), None)
    closer = attack.mse.mean < null.mse.mean and against_null is not None
    if attack.identification.low > attack.identification.chance:
        finding = "identifies"
    elif closer and against_null is not None and against_null.p_holm is not None and against_null.p_holm < LEVEL:
        finding = "resembles"
    else:
        finding = "nothing shown"
    return ViewFigures.model_validate(
        {
            "view": part.view,
            "batch_size": part.batch_size,
            "sites_in_sum": part.sites,
            "local_steps": part.local_steps,
            "batch_norm_mode": part.mode,
            "images_in_release": part.images,
            "rows": rows,
            "labels": read.labels,
            "finding": finding,
            "reading": _sentence(attack, null, finding),
        }
    )


def _spread(row: Row, measure: int) -> Spread:
    scale, name = ((MSE, "mse"), (PSNR, "psnr"), (SSIM, "ssim_above_minus_one"))[measure]
    mean = row.sums[name] / row.n - (1 if scale is SSIM else 0)
    counts = row.histograms[measure]
    return Spread(mean=mean, p5=scale.exposed(counts, MOST_EXPOSED), worst=scale.exposed(counts, 0.0))


def _identification(row: Row, gallery: int) -> Identification:
    low, high = clopper_pearson(row.hits, row.trials)
    return Identification(hits=row.hits, trials=row.trials, gallery=gallery, low=low, high=high, chance=1 / gallery)


def _succeeded(control: ViewFigures) -> bool:
    found = control.rows[0]
    return found.mse.mean <= POSITIVE_MSE and found.identification.hits == found.identification.trials


def _pair(read: _Read, control: str) -> tuple[str, str]:
    return f"{read.label}: {read.part.controls[0]}", f"{read.label}: {control}"


def _tests(positive: _Read, parts: Sequence[_Read]) -> Iterator[AuditTest]:
    """Yield the paper's tests between the views, better ones, and the attack against its controls."""
    attacks = [part.rows[0] for part in parts]
    labels = tuple(part.label for part in parts)
    yield from _adjusted("anova", [(labels, anova(list(attacks)))] if len(parts) > 1 else [])
    pairs = list(combinations(zip(labels, attacks, strict=True), 2))
    methods: list[tuple[str, Callable[[Row, Row], Result]]] = [
        ("student", lambda a, b: t_test(a, b, equal_variances=True)),
        ("welch", lambda a, b: t_test(a, b, equal_variances=False)),
    ]
    for method, test in methods:
        yield from _adjusted(method, [((a, b), test(first, second)) for (a, first), (b, second) in pairs])
    yield from _adjusted(
        "paired",
        [
            (_pair(part, control), part.against(position))
            for part in (positive, *parts)
            for position, control in enumerate(PAIRS)
        ],
    )


def _adjusted(method: str, found: Sequence[tuple[tuple[str, ...], Result]]) -> Iterator[AuditTest]:
    defined = [result[1] for _, result in found if result is not None]
    adjusted = iter(holm(defined)) if defined else iter(())
    for compared, result in found:
        base = AuditTest.model_validate(
            {"method": method, "compared": compared, "statistic": None, "p": None, "p_holm": None}
        )
        if result is None:
            yield base
        else:
            yield base.model_copy(update={"statistic": result[0], "p": result[1], "p_holm": next(adjusted)})


def _sentence(attack: ControlRow, null: ControlRow, finding: str) -> str:
    found = attack.identification
    named = (
        f"{found.hits} of {found.trials} images were picked out among {found.gallery} of their class "
        f"(95 % interval {found.low:.1%} to {found.high:.1%}, chance {found.chance:.1%})"
    )
    error = (
        f"the mean error is {attack.mse.mean:.2f} and the most exposed image's {attack.mse.worst:.2f}, "
        f"where the most alike other patient has {null.mse.mean:.2f}"
    )
    means = {
        "identifies": "The attack recovers who is in the batch.",
        "resembles": "Reconstructions are closer than any other patient's image, though they name nobody surely.",
        "nothing shown": "This attack, at this strength, shows nothing that another patient's image would not.",
    }[finding]
    return f"{named[0].upper()}{named[1:]}; {error}. {means}"


def _statement(
    plan: AuditPlan,
    control: ViewFigures,
    views: Sequence[ViewFigures],
    model: AuditedModel,
    references: References,
    *,
    valid: bool,
) -> Iterator[str]:
    found = control.rows[0]
    reached = (
        f"error {found.mse.mean:.3f} (at most {POSITIVE_MSE} wanted), "
        f"{found.identification.hits} of {found.identification.trials} identified (all wanted)"
    )
    if not valid:
        yield (
            f"Audit invalid: the positive control, single images in eval mode, failed: {reached}. "
            "The attack is too weak here for its failures to mean anything; take more iterations or restarts, "
            "a smaller image or another tv_weight, and run it again."
        )
        return
    yield f"The positive control, single images in eval mode, succeeded: {reached}."
    yield (
        f"Weights: {model.weights}; normalisation: {model.normalisation}, victims and attacker in {plan.batch_norm} "
        f"mode; labels {plan.labels}."
    )
    for view in views:
        yield f"{_named(view)}: {view.reading}"
    yield (
        f"Errors are in units of the pixels' variance. Guesses that use nothing of a release have "
        f"{references.grey:.2f} (one grey), {references.mean_image:.2f} (the mean image of the class) and "
        f"{references.other_patient:.2f} (a stranger's image): more than that is no sign of safety. "
        "An attack that fails bounds this attack, not a better one."
    )


def _named(view: ViewFigures) -> str:
    name = VIEW_NAMES[view.view]
    of = f" of {view.sites_in_sum} sites" if view.sites_in_sum > 1 else ""
    after = f" after {view.local_steps} local steps" if view.local_steps else ""
    text = f"{name}{of}{after}, {view.batch_size} images a site"
    return text[0].upper() + text[1:]


def without_pictures(document: AuditDocument) -> AuditDocument:
    """Return the figures alone: what may leave a site."""
    return document.model_copy(update={"pictures": ()})
