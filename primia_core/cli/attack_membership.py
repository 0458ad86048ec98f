"""`primia attack membership`: can one tell whose images a file of weights was trained on? Options and tables only."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from primia_core.attacks.document import AuditDocument
from primia_core.cli.cohort import CacheFolder, CohortPath, FirstFrame, decoded, open_cohort, with_splits
from primia_core.cli.output import AsJson, Seed, SettingsError, Threads, print_json, progress_bar, set_threads, settings
from primia_core.evaluation.report import Figure
from primia_core.training.config import LocalTraining
from primia_core.training.processor import native_precision

if TYPE_CHECKING:
    from primia_core.attacks.membership import MembershipFindings
    from primia_core.attacks.membership.references import Group
    from primia_core.imaging import Cohort, PixelCache

NOT_GOOD_ENOUGH = 1
RECIPE = "What is known of the training"


def register(attack: typer.Typer) -> None:
    """Add `membership` to `primia attack`."""
    attack.command("membership")(membership)


def membership(
    model: Annotated[Path, typer.Argument(help="File of weights that training wrote.", show_default=False)],
    data: CohortPath,
    references: Annotated[
        int, typer.Option(min=2, max=256, help="Models that the attacker trains, an even number.")
    ] = 4,
    gamma: Annotated[float, typer.Option(min=1, max=100, help="By what factor an image must stand out.")] = 1.0,
    control_patients: Annotated[
        int, typer.Option(min=4, help="Patients that the positive control learns by heart.")
    ] = 48,
    epochs: Annotated[int, typer.Option(min=1, max=1000, rich_help_panel=RECIPE)] = 12,
    batch_size: Annotated[int, typer.Option(min=2, max=1024, rich_help_panel=RECIPE)] = 32,
    learning_rate: Annotated[float, typer.Option(rich_help_panel=RECIPE)] = 1e-3,
    final_learning_rate: Annotated[float, typer.Option(rich_help_panel=RECIPE)] = 1e-4,
    add_to: Annotated[
        Path | None,
        typer.Option(help="Put the figures into this audit of the same model, made by `primia attack audit`."),
    ] = None,
    seed: Seed = 0,
    threads: Threads = 0,
    cache: CacheFolder = None,
    first_frame: FirstFrame = False,
    as_json: AsJson = False,
) -> None:
    """Tell the patients of a model's training from others, as an adversary would who knows how it was trained.

    The training images of the cohort must be those that the model was trained on; its test images stand beside them
    and its validation images are what both are compared with. Beside the attack stand a null, where nothing can be
    found, and a model that learnt some patients by heart, which must be found: exit status 1 where it is not.

    [bold]Example[/]

    primia attack membership model.safetensors chests --references 8 --epochs 12
    """
    from primia_core.attacks.membership import MembershipAudit, MembershipPlan, membership_audit
    from primia_core.attacks.membership.references import Recipe
    from primia_core.imaging import Normalisation
    from primia_core.models.weights import load

    set_threads(threads)
    plan = settings(MembershipPlan, references=references, gamma=gamma, control_patients=control_patients, seed=seed)
    training = settings(
        LocalTraining, steps=None, epochs=epochs, batch_size=batch_size, learning_rate=learning_rate,
        final_learning_rate=final_learning_rate, precision=native_precision(),
    )  # fmt: skip
    loaded = load(model)
    manifest = loaded.manifest
    audited = None if add_to is None else _audit_of(add_to, manifest.state_hash)
    cohort, split_here = with_splits(open_cohort(data, manifest.classes), seed=manifest.split_seed or 0)
    if split_here and manifest.split_seed is None:
        raise SettingsError(
            "neither the cohort nor the weights say which images were trained on; give the cohort's own split, "
            "or a model of `primia train`"
        )
    scale = Normalisation(mean=manifest.normalisation.mean, std=manifest.normalisation.std)
    with decoded(cohort, manifest.image_size, cache, first_frame=first_frame, quiet=as_json) as pixels:
        groups = {part: _group(cohort, pixels, part) for part in ("train", "test", "validation")}
        audit = MembershipAudit(
            Recipe(manifest.spec, training, scale), groups["train"], groups["test"], groups["validation"]
        )
        with progress_bar("training references", quiet=as_json) as told:
            found = membership_audit(loaded.network(), audit, plan, progress=told)
    if add_to is not None and audited is not None:
        whole = audited.model_copy(update={"membership": found.figures})
        add_to.write_text(whole.model_dump_json(indent=2), encoding="utf-8")
    if as_json:
        print_json({"model": str(model), **found.model_dump(mode="json"), "statement": found.statement})
    else:
        _show(found)
    if not found.valid:
        raise typer.Exit(NOT_GOOD_ENOUGH)


def _audit_of(file: Path, model: str) -> AuditDocument:
    """Read an audit of this model, before any work is done for it."""
    try:
        audited = AuditDocument.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise SettingsError(f"{file} is no document of `primia attack audit --json`; give one") from error
    if audited.model.hash != model:
        raise SettingsError(
            f"{file} is about the weights {(audited.model.hash or 'without a hash')[:12]}, not {model[:12]}"
        )
    return audited


def _group(cohort: "Cohort", pixels: "PixelCache", part: str) -> "Group":
    from primia_core.attacks.membership.references import Group

    patient = {record.path: record.patient_id for record in cohort.records}
    return Group(pixels.split(part), tuple(patient[path] for path in pixels.paths_of(part)))


def _show(found: "MembershipFindings") -> None:
    table = Table(title=f"{found.method}, {found.references} references; one image of each patient")
    for column in ("", "members", "others", "area", "found at 1 % false alarms", "at 0.1 %"):
        table.add_column(column, justify="left" if not column else "right")
    for name, rates in (("this model", found.attack), ("null", found.null), ("learnt by heart", found.positive)):
        shown = (_cell(figure) for figure in (rates.auc, rates.tpr_at_1pct, rates.tpr_at_0_1pct))
        table.add_row(name, str(rates.members), str(rates.others), *shown)
    console = Console(highlight=False)
    console.print(table)
    console.print(found.statement)


def _cell(figure: Figure) -> str:
    if figure.value is None:
        return "too few others"
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"
