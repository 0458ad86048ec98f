"""`primia report`: recorded results as a report to read, print and file. Computes no figure."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from primia_core.cli.output import AsJson, SettingsError, print_json

if TYPE_CHECKING:
    from primia_core.reporting.dossier import Dossier, ModelCard
    from primia_core.reporting.rendering import Form

SUFFIX = ".safetensors"


def register(app: typer.Typer) -> None:
    """Add `report` to the command line."""
    app.command("report")(report)


def report(
    subject: Annotated[Path, typer.Argument(help="A file of weights (.safetensors), or a dossier or report as JSON.")],
    out: Annotated[
        Path, typer.Option(help="A file that ends with .html, .pdf, .csv or .json, or a folder for all four.")
    ],
    evaluation: Annotated[
        list[Path] | None, typer.Option(help="What `primia evaluate --json` printed; may be given again.")
    ] = None,
    comparison: Annotated[Path | None, typer.Option(help="What `primia compare --json` printed.")] = None,
    audit: Annotated[
        list[Path] | None, typer.Option(help="What `primia attack audit --json` wrote; may be given again.")
    ] = None,
    privacy: Annotated[
        Path | None, typer.Option(help="Account of differential privacy as JSON: {spent, accounts, canaries}.")
    ] = None,
    answers: Annotated[
        Path | None, typer.Option(help='The authors\' answers to checklists as JSON: {"tripod.17": "...", ...}.')
    ] = None,
    title: Annotated[str, typer.Option(help="Of the report; without it the name of the file.")] = "",
    intended_use: Annotated[str, typer.Option(help="For the model card.")] = "",
    date: Annotated[
        datetime | None,
        typer.Option(help="Of the evaluation, in UTC. A report has no clock: without it, it is undated.", formats=[
            "%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S",
        ]),
    ] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Write a report with figures, a model card, and the TRIPOD+AI and CLAIM checklists as far as records fill them.

    The same inputs give the same bytes, and their SHA-256 is printed in the report. Weights are verified against their
    hash, and evaluations and audits have to be of these weights.

    [bold]Examples[/]

    primia evaluate model.safetensors chests --json > evaluation.json

    primia report model.safetensors --evaluation evaluation.json --date 2026-03-02 --out report.pdf

    primia report report.json --out folder
    """
    from primia_core.reporting.errors import DossierError
    from primia_core.reporting.reading import read_dossier
    from primia_core.reporting.rendering import render

    if subject.suffix == SUFFIX:
        dossier = _gathered(
            subject,
            evaluation or (),
            comparison,
            audit or (),
            privacy,
            answers,
            title or subject.stem,
            intended_use,
            date,
        )
    elif evaluation or comparison or audit or privacy or answers or title or intended_use or date:
        raise SettingsError(f"{subject} is a dossier and holds its documents; other options go with a {SUFFIX} file")
    else:
        dossier = read_dossier(subject)
    written = []
    for path, form in _targets(out):
        content = render(dossier, form)
        try:
            path.write_bytes(content)
        except OSError as error:
            raise DossierError(f"{path} cannot be written: {error}; give a folder that exists and has room") from error
        written.append({"path": str(path), "sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content)})
    if as_json:
        print_json({"content_hash": dossier.content_hash, "files": written})
        return
    console = Console(highlight=False)
    for one in written:
        console.print(f"{one['path']}  {one['size_bytes']} bytes", markup=False, soft_wrap=True)
    console.print(f"content hash {dossier.content_hash}", markup=False, soft_wrap=True)


def _targets(out: Path) -> "list[tuple[Path, Form]]":
    """Return the files to write, in a folder that is made where there is none."""
    from primia_core.reporting.rendering import FORMS

    ending = out.suffix.removeprefix(".")
    wanted = [(out, form) for form in FORMS if form == ending]
    if wanted:
        return wanted
    if ending and not out.is_dir():
        raise SettingsError(f"--out {out} ends with {out.suffix}; reports end with one of {[f'.{f}' for f in FORMS]}")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"--out {out} cannot be a folder: {error}; give another") from error
    return [(out / f"report.{form}", form) for form in FORMS]


def _gathered(
    weights: Path,
    evaluations: Sequence[Path],
    comparison: Path | None,
    audits: Sequence[Path],
    privacy: Path | None,
    answers: Path | None,
    title: str,
    intended_use: str,
    date: datetime | None,
) -> "Dossier":
    from primia_core.attacks.document import AuditDocument
    from primia_core.evaluation.comparison import Comparison
    from primia_core.evaluation.document import EvaluationDocument
    from primia_core.reporting.dossier import Answers, Dates, Privacy
    from primia_core.reporting.reading import dossier_of, read_part

    return dossier_of(
        title=title,
        model=_card(weights, title, intended_use),
        evaluations=tuple(read_part(EvaluationDocument, path) for path in evaluations),
        comparison=None if comparison is None else read_part(Comparison, comparison),
        audits=tuple(read_part(AuditDocument, path) for path in audits),
        privacy=None if privacy is None else read_part(Privacy, privacy),
        answers={} if answers is None else read_part(Answers, answers).root,
        dates=Dates(evaluated=None if date is None else date.replace(tzinfo=UTC)),
    )


def _card(weights: Path, name: str, intended_use: str) -> "ModelCard":
    """Verify the weights, and take the card from their manifest."""
    from primia_core.models.weights import load
    from primia_core.reporting.dossier import ModelCard, Scale

    loaded = load(weights)
    manifest = loaded.manifest
    content = weights.read_bytes()
    return ModelCard(
        name=name,
        state_hash=manifest.state_hash,
        file_sha256=hashlib.sha256(content).hexdigest(),
        file_size_bytes=len(content),
        architecture=manifest.spec.model_dump(mode="json"),
        parameters=sum(tensor.numel() for tensor in loaded.network().parameters()),
        classes=manifest.classes,
        image_size=manifest.image_size,
        normalisation=Scale(mean=manifest.normalisation.mean, std=manifest.normalisation.std),
        intended_use=intended_use or None,
        split_seed=manifest.split_seed,
    )
