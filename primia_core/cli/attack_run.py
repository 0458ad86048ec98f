"""One audit from the command line: which weights, whose images, where the results go. Attacks nothing itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer
from rich.console import Console
from rich.table import Table

from primia_core.attacks.document import AuditDocument, AuditedImages, AuditedModel, ControlRow, ViewFigures
from primia_core.attacks.plan import AuditPlan
from primia_core.cli.cohort import cohort_or_phantoms, decoded
from primia_core.cli.output import SettingsError, print_json, progress_bar
from primia_core.models.spec import ModelSpec

if TYPE_CHECKING:
    from torch import nn

    from primia_core.imaging import Cohort, Normalisation, Pixels

Part = Literal["train", "validation", "test", "all"]
SIDE = 24
PHANTOMS = 700
"""Patients drawn where no cohort is given: enough for galleries of each class among the training images."""
NOT_GOOD_ENOUGH = 1


@dataclass(frozen=True)
class Subject:
    """What the command line points at."""

    file: Path | None
    spec: ModelSpec | None
    data: Path | None
    image_size: int | None
    split: Part
    public: bool

    @property
    def kind(self) -> Literal["real", "public", "phantom"]:
        """Return what kind of images they are."""
        return "phantom" if self.data is None else "public" if self.public else "real"


@dataclass(frozen=True)
class _Weights:
    """A network and how it is described."""

    network: "nn.Module"
    about: AuditedModel
    classes: tuple[str, ...] | None
    image_size: int
    normalisation: "Normalisation | None"


def run(
    plan: AuditPlan,
    subject: Subject,
    json_file: Path | None,
    pictures: Path | None,
    cache: Path | None,
    *,
    first_frame: bool,
) -> None:
    """Audit, then print or write what was found.

    Raises:
        SettingsError: the file's folder is not there.
        typer.Exit: with status 1 where the positive control failed.
    """
    as_json = json_file is not None and str(json_file) == "-"
    if json_file is not None and not json_file.absolute().parent.is_dir():
        raise SettingsError(f"{json_file.absolute().parent} is no folder; make it first, or give another --json")
    from primia_core.attacks.audit import run_audit
    from primia_core.attacks.page import write_pictures

    side = subject.image_size or SIDE
    with cohort_or_phantoms(subject.data, size=side, patients=PHANTOMS, quiet=as_json) as cohort:
        weights = _weights(subject, cohort)
        if weights.classes is not None:  # labels are numbers in the order that the model was trained with
            cohort = cohort.with_classes({}, weights.classes)
        size = subject.image_size or weights.image_size
        with decoded(cohort, size, cache, first_frame=first_frame, quiet=as_json) as decoded_cohort:
            whole = subject.split == "all"
            pixels = decoded_cohort.all() if whole else decoded_cohort.split(subject.split)
            paths = decoded_cohort.paths if whole else decoded_cohort.paths_of(subject.split)
            patient = {record.path: record.patient_id for record in cohort.records}
            with progress_bar("attacking", quiet=as_json) as told:
                findings = run_audit(
                    plan,
                    model=weights.network,
                    pixels=pixels,
                    patients=[patient[path] for path in paths],
                    normalisation=weights.normalisation or _normalisation(pixels),
                    progress=told,
                )
    images = AuditedImages(kind=subject.kind, image_size=size, split=subject.split)
    document = findings.document(model=weights.about, images=images)
    if pictures is not None:
        write_pictures(pictures, findings.pictures, statement=document.statement)
    if as_json:
        print_json(document.model_dump(mode="json"))
    else:
        if json_file is not None:
            json_file.write_text(document.model_dump_json(indent=1) + "\n", encoding="utf-8")
        tables(document, Console(highlight=False))
    if not document.valid:
        raise typer.Exit(NOT_GOOD_ENOUGH)


def _weights(subject: Subject, cohort: "Cohort") -> _Weights:
    from primia_core.models import build_model, parameter_count
    from primia_core.models.weights import load

    if subject.spec is not None:
        spec = subject.spec.model_copy(update={"classes": len(cohort.classes)})
        about = AuditedModel(
            name=spec.name, hash=None, weights="random", parameters=parameter_count(spec),
            normalisation=spec.normalisation,
        )  # fmt: skip
        return _Weights(build_model(spec, seed=0), about, None, SIDE, None)
    if subject.file is None:
        raise SettingsError("give a file of weights, or --model small_cnn for random ones")
    from primia_core.imaging import Normalisation

    loaded = load(subject.file)
    manifest = loaded.manifest
    if unknown := sorted(set(cohort.classes) - set(manifest.classes)):
        raise SettingsError(f"the cohort has the classes {unknown}, which the model does not know; rename them")
    about = AuditedModel(
        name=manifest.spec.name, hash=manifest.state_hash, weights="trained",
        parameters=parameter_count(manifest.spec), normalisation=manifest.spec.normalisation,
    )  # fmt: skip
    scale = Normalisation(mean=manifest.normalisation.mean, std=manifest.normalisation.std)
    return _Weights(loaded.network(), about, manifest.classes, manifest.image_size, scale)


def _normalisation(pixels: "Pixels") -> "Normalisation":
    from primia_core.imaging import PixelSums, pooled

    return pooled(PixelSums.of(pixels.images))


def tables(document: AuditDocument, console: Console) -> None:
    """Print the verdict, each view's rows, and what they mean."""
    console.print(f"verdict: {document.verdict}", style="bold")
    for view in (document.positive, *document.views):
        console.print(_table(view))
        console.print()
    console.print(document.statement, soft_wrap=True, markup=False)


def _table(view: ViewFigures) -> Table:
    sites = f", {view.sites_in_sum} sites" if view.sites_in_sum > 1 else ""
    steps = f", {view.local_steps} steps" if view.local_steps else ""
    title = f"{view.view.replace('_', ' ')}, batch {view.batch_size}{sites}{steps}, {view.batch_norm_mode} mode"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("guess", "n", "z-MSE", "worst", "PSNR", "SSIM", "best", "found", "95 % interval"):
        table.add_column(heading, justify="left" if heading == "guess" else "right", no_wrap=True)
    for row in view.rows:
        table.add_row(*_row(row))
    return table


def _row(row: ControlRow) -> tuple[str, ...]:
    found = row.identification
    return (
        row.control.replace("_", " "),
        str(row.n),
        f"{row.mse.mean:.3f}",
        f"{row.mse.worst:.3f}",
        f"{row.psnr.mean:.1f}",
        f"{row.ssim.mean:.2f}",
        f"{row.ssim.worst:.2f}",
        f"{found.hits}/{found.trials}",
        f"{found.low:.1%}–{found.high:.1%}",
    )
