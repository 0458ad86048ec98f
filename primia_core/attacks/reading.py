"""From sums of figures to a document: rows, tests and findings. Sees no single image's figure.

Whoever reads a single attack figure by itself is misled: a high error may be a safe model or a bad optimiser. So nobody
is acquitted unless the positive control, the same attack where it is known to work, has succeeded. What an attack did
find stands whether or not it has.
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
from primia_core.attacks.statement import POSITIVE_MSE, found_something, sentence, statement
from primia_core.attacks.sums import MSE, PAIRS, PSNR, REFERENCES, SSIM, UNIT, AuditSums, Row, beside_name, row_name
from primia_core.evaluation.groups import holm
from primia_core.evaluation.intervals import clopper_pearson

MOST_EXPOSED = 0.05
LEVEL = 0.05


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
    leaks = any(found_something(view) for view in views)
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
        statement=statement(plan, control, views, model, references, valid=valid),
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
            "reading": sentence(attack, null, finding),
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


def without_pictures(document: AuditDocument) -> AuditDocument:
    """Return the figures alone: what may leave a site."""
    return document.model_copy(update={"pictures": ()})
