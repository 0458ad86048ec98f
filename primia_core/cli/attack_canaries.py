"""`primia attack canaries`: does private training keep its promise? Options and a table only."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from primia_core.cli.cohort import CacheFolder, CohortOrNone, FirstFrame, cohort_or_phantoms, decoded
from primia_core.cli.output import AsJson, Seed, Threads, print_json, progress_bar, set_threads, settings
from primia_core.models.spec import ModelName, ModelSpec
from primia_core.privacy import PrivacyPlan
from primia_core.training.config import Augmentation, LocalTraining

if TYPE_CHECKING:
    from primia_core.attacks.canaries import CanaryFindings
    from primia_core.attacks.canary_sum import CanarySum
    from primia_core.attacks.canary_training import CanaryTraining

NOT_GOOD_ENOUGH = 1
SUM, WEIGHTS, CONTROL = "sum", "weights", "control"
NAMED = {SUM: "one noisy sum", WEIGHTS: "the trained weights", CONTROL: "control: an eighth of the noise"}
PHANTOM_PATIENTS = 120
STILL = Augmentation(rotation_degrees=0, translation_fraction=0, scale_fraction=0, brightness=0, contrast=0)


def register(attack: typer.Typer) -> None:
    """Add `canaries` to `primia attack`."""
    attack.command("canaries")(canaries)


def canaries(
    data: CohortOrNone = None,
    noise_multiplier: Annotated[float, typer.Option(help="Standard deviation of the noise / clip.")] = 2.0,
    sample_rate: Annotated[float, typer.Option(help="Chance of each patient to be in a step.")] = 0.1,
    steps: Annotated[int, typer.Option(min=1, max=100_000, help="Of the whole training.")] = 40,
    delta: Annotated[float, typer.Option(help="Chance that the promise fails.")] = 1e-5,
    clip: Annotated[float, typer.Option(help="Largest norm of a patient's gradient.")] = 1.0,
    count: Annotated[int, typer.Option("--canaries", min=8, max=5000, help="Each in by a coin toss.")] = 400,
    model: Annotated[ModelName, typer.Option(help="Network, with GroupNorm.")] = "small_cnn",
    image_size: Annotated[int, typer.Option(min=16, max=512, help="Pixels a side.")] = 32,
    learning_rate: Annotated[float, typer.Option(help="Of Adam.")] = 1e-3,
    seed: Seed = 0,
    threads: Threads = 0,
    cache: CacheFolder = None,
    first_frame: FirstFrame = False,
    as_json: AsJson = False,
) -> None:
    """Try to refute the promise of differential privacy, by guessing which canaries were in a training.

    Each canary is in or out by a coin toss. One adversary sees a noisy sum of gradients, of the worst pictures that
    there can be, and knows all but the tosses; another sees the weights of a whole training on the cohort, or on
    phantoms, with pictures of noise among them.
    Beside them stands a sum with an eighth of its noise, whose promise must be refuted, or the audit is worth nothing:
    then, and when an honest promise is refuted, the exit status is 1.

    [bold]Examples[/]

    primia attack canaries

    primia attack canaries chests --noise-multiplier 1 --canaries 700 --sample-rate 0.05 --steps 100
    """
    from primia_core.attacks.canaries import check_power
    from primia_core.attacks.canary_sum import CanarySum
    from primia_core.attacks.canary_training import CanaryTraining
    from primia_core.imaging import PixelSums

    set_threads(threads)
    privacy = settings(PrivacyPlan, noise_multiplier=noise_multiplier, sample_rate=sample_rate, delta=delta, clip=clip)
    check_power(count, claimed=CanarySum(privacy, count).promised, delta=delta)
    with cohort_or_phantoms(data, size=image_size, patients=PHANTOM_PATIENTS, quiet=as_json) as cohort:
        training = settings(
            LocalTraining, steps=steps, augmentation=STILL, learning_rate=learning_rate,
            final_learning_rate=learning_rate,
        )  # fmt: skip
        spec = settings(ModelSpec, name=model, normalisation="group", classes=len(cohort.classes))
        patient = {record.path: record.patient_id for record in cohort.records}
        with decoded(cohort, image_size, cache, first_frame=first_frame, quiet=as_json) as decoded_cohort:
            pixels = decoded_cohort.split("train")
            audit = CanaryTraining(
                spec=spec, training=training, privacy=privacy, pixels=pixels, count=count, seed=seed,
                normalisation=PixelSums.of(pixels.images).normalisation(),
                patients=tuple(patient[path] for path in decoded_cohort.paths_of("train")),
            )  # fmt: skip
            found = _audits(CanarySum(privacy, count), audit, quiet=as_json)
    caught = found[CONTROL].refuted
    kept = not (found[SUM].refuted or found[WEIGHTS].refuted)
    if as_json:
        print_json({"valid": caught, "kept": kept, **{name: one.model_dump() for name, one in found.items()}})
    else:
        _show(found, valid=caught, kept=kept)
    if not (caught and kept):
        raise typer.Exit(NOT_GOOD_ENOUGH)


def _audits(of_sum: "CanarySum", of_training: "CanaryTraining", *, quiet: bool) -> dict[str, "CanaryFindings"]:
    work = {SUM: of_sum.audit, WEIGHTS: of_training.audit, CONTROL: of_sum.control}
    with progress_bar("auditing", quiet=quiet) as told:
        found = {}
        for done, (name, one) in enumerate(work.items(), 1):
            found[name] = one()
            told(done, len(work))
    return found


def _show(found: dict[str, "CanaryFindings"], *, valid: bool, kept: bool) -> None:
    table = Table(title="What was guessed, and the least epsilon that it proves")
    for column in ("", "guesses", "right", "epsilon at least", "promised", "refuted"):
        table.add_column(column, justify="left" if not column else "right")
    for name, one in found.items():
        table.add_row(
            NAMED[name], str(one.guesses), str(one.correct), f"{one.epsilon_at_least:.2f}", f"{one.claimed:.2f}",
            "yes" if one.refuted else "no",
        )  # fmt: skip
    console = Console(highlight=False)
    console.print(table)
    if not valid:
        console.print(
            "The audit is worth nothing: it did not refute a sum with an eighth of its noise. Take more canaries."
        )
    elif kept:
        console.print("The promise stands: nothing here proves a larger epsilon. That is no proof that it holds.")
    else:
        console.print("The promise is broken: training gives away more than was promised.", style="bold red")
