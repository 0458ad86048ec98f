"""`primia evaluate`: what a file of weights knows about a cohort, or whether figures are right. Trains nothing."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console

from primia_core.cli.cohort import CacheFolder, CohortOrNone, FirstFrame, decoded, open_cohort, with_splits
from primia_core.cli.output import AsJson, SettingsError, Threads, print_json, set_threads
from primia_core.cli.results import report_tables, score_table
from primia_core.cli.vectors import paper_tables, recompute_file
from primia_core.evaluation import report
from primia_core.imaging import Cohort, Normalisation

if TYPE_CHECKING:
    from primia_core.evaluation.clustered import ClusteredIntervals
    from primia_core.models import Manifest

Labels = NDArray[Any]
LEAST_PATIENTS = 2
"""With fewer patients there is nothing to draw."""
Part = Literal["train", "validation", "test", "all"]


def register(app: typer.Typer) -> None:
    """Add `evaluate` to the command line."""
    app.command("evaluate")(evaluate)


def evaluate(
    model: Annotated[
        Path | None, typer.Argument(help="File of weights that training wrote.", show_default=False)
    ] = None,
    data: CohortOrNone = None,
    split: Annotated[Part, typer.Option(help="Which images: test are those that training never looked at.")] = "test",
    batch_size: Annotated[int, typer.Option(min=1, max=4096, help="Speed and memory only.")] = 64,
    threads: Threads = 0,
    cache: CacheFolder = None,
    first_frame: FirstFrame = False,
    vectors: Annotated[
        Path | None,
        typer.Option(help="Instead of a model: compute every expected value of this file, name what deviates."),
    ] = None,
    paper: Annotated[
        bool, typer.Option("--paper", help="With --vectors: print the paper's Table 1, in its own conventions.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Classify a cohort's images with trained weights and say how well that goes, with 95 % intervals.

    Size, classes and normalisation come from the file, whose weights are verified against their hash. A cohort without
    splits is split as training split it. Intervals: Wilson's for shares, bootstrap for the MCC.

    [bold]Examples[/]

    primia evaluate model.safetensors ~/xrays

    primia evaluate model.safetensors elsewhere.csv --split all --json > elsewhere.json    an evaluation document

    primia evaluate --vectors metric_vectors.json --paper
    """
    if vectors is not None:
        if model is not None:
            raise SettingsError("--vectors evaluates a file of expected values; leave the model and its data out")
        (paper_tables if paper else recompute_file)(vectors, as_json=as_json)
        return
    if model is None or data is None or paper:
        raise SettingsError("give a file of weights and a cohort, or --vectors FILE, with --paper if you like")
    _evaluate(model, data, split, batch_size, threads, cache, first_frame=first_frame, as_json=as_json)


def _evaluate(
    model: Path, data: Path, split: Part, batch_size: int, threads: int, cache: Path | None, *, first_frame: bool,
    as_json: bool,
) -> None:  # fmt: skip
    from primia_core.evaluation.document import CohortRef, ModelRef
    from primia_core.evaluation.documenting import document_of
    from primia_core.evaluation.score_report import score_report
    from primia_core.evaluation.scores import Scored
    from primia_core.evaluation.tally import Tally
    from primia_core.models.weights import load
    from primia_core.training import predict

    set_threads(threads)
    loaded = load(model)
    manifest = loaded.manifest
    cohort, how = _chosen(open_cohort(data, manifest.classes), manifest, split)
    with decoded(cohort, manifest.image_size, cache, first_frame=first_frame, quiet=as_json) as pixels:
        chosen = pixels.all() if split == "all" else pixels.split(split)
        if len(chosen) == 0:
            raise SettingsError(f"{data} has 0 readable {split} images; choose another --split, or split it again")
        scale = Normalisation(mean=manifest.normalisation.mean, std=manifest.normalisation.std)
        found = predict(loaded.network(), chosen, scale, batch_size)
        truth, paths = np.array(chosen.labels), pixels.paths if split == "all" else pixels.paths_of(split)
    patients, groups = _people(cohort, paths)
    quarantined = [
        (path, reason) for path, reason in pixels.quarantined if path in {record.path for record in cohort.records}
    ]
    if as_json:
        tally = Tally.of(Scored.of(truth, found.probabilities), patients=patients, groups=groups)
        document = document_of(
            tally,
            classes=manifest.classes,
            split=split,
            model=ModelRef(hash=manifest.state_hash, name=model.name),
            cohort=CohortRef(versions=(cohort.version,)),
            made="local",
            mean_loss=found.loss_sum / found.count,
            notes=[f"split by {how}", *(f"left out: {path}: {reason}" for path, reason in quarantined)],
        )
        print_json(document.model_dump(mode="json"))
        return
    figures = report(found.confusion, manifest.classes, mean_loss=found.loss_sum / found.count)
    worth = score_report(Scored.of(truth, found.probabilities), manifest.classes)
    by_patient = _by_patient(patients, truth, found.probabilities.argmax(1), len(manifest.classes))
    for path, reason in quarantined:
        Console(stderr=True).print(f"left out: {path}: {reason}", style="yellow", markup=False)
    console = Console(highlight=False)
    console.print(f"{split} images of {data}, split by {how}", markup=False)
    report_tables(figures, console)
    score_table(worth, by_patient, console)


def _people(cohort: Cohort, paths: Sequence[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Return whose each image is, and its groups by those attributes that anybody is known by."""
    from primia_core.imaging.people import ATTRIBUTES, UNKNOWN, from_headers, group_of

    records = {record.path: record for record in from_headers(cohort).records}
    groups = {name: [group_of(records[path], name) for path in paths] for name in ATTRIBUTES}
    known = {name: of for name, of in groups.items() if set(of) != {UNKNOWN}}
    return [records[path].patient_id for path in paths], known


def _by_patient(
    patients: Sequence[str], truth: "Labels", predicted: "Labels", classes: int
) -> "ClusteredIntervals | None":
    """Return the intervals that draw whole patients; none where a single one was tested."""
    from primia_core.evaluation.clustered import clustered_intervals

    if len(set(patients)) < LEAST_PATIENTS:
        return None
    return clustered_intervals(truth, predicted, patients, classes=classes, seed=0)


def _chosen(cohort: Cohort, manifest: "Manifest", split: Part) -> tuple[Cohort, str]:
    """Return the records to decode, and where their split is from."""
    if split == "all":
        return cohort, "nobody"
    seed = manifest.split_seed
    whole, split_here = with_splits(cohort, seed=seed or 0)
    if split_here and seed is None:
        raise SettingsError(
            "neither the cohort nor the weights say which images are for testing; split the cohort with "
            "`primia data split`, or take --split all if training has seen none of it"
        )
    how = f"the seed {seed} of the training" if split_here else "the cohort's own table"
    return whole.with_records(whole.of_split(split)), how
