"""`primia attack`: what a model's gradients, updates and their sums give away. Options only; runs are `attack_run`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from primia_core.attacks.plan import VIEWS, AuditPlan, Mode
from primia_core.cli import attack_canaries, attack_likeness, attack_membership
from primia_core.cli.attack_run import Part, Subject, run
from primia_core.cli.cohort import CacheFolder, FirstFrame
from primia_core.cli.output import Seed, SettingsError, Threads, set_threads, settings
from primia_core.models.spec import ModelName, ModelSpec

ATTACKER, NETWORK = "Attacker", "Network"

attack = typer.Typer(
    name="attack",
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Attack a model as an adversary would, beside controls that say whether the attack works at all.",
)

Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[MODEL] [DATA]",
        help="A file of weights, unless --model names a network with random ones; and a cohort: a folder of class "
        "folders, or a CSV. Without a cohort phantoms are drawn.",
        show_default=False,
    ),
]
Network = Annotated[
    ModelName | None,
    typer.Option("--model", rich_help_panel=NETWORK, help="A freshly initialised network instead of a file."),
]
Norm = Annotated[Literal["batch", "group"], typer.Option(rich_help_panel=NETWORK, help="With --model.")]
Pool = Annotated[Literal["max", "average"], typer.Option(rich_help_panel=NETWORK, help="With --model.")]
Side = Annotated[
    int | None,
    typer.Option(
        "--image-size", min=16, max=512, help="Pixels a side. [default: the file's, or 24]", show_default=False
    ),
]
Iterations = Annotated[int, typer.Option(min=10, max=100_000, rich_help_panel=ATTACKER, help="Of one attempt.")]
Restarts = Annotated[
    int,
    typer.Option(min=1, max=64, rich_help_panel=ATTACKER, help="Attempts; those of about the least cost are averaged."),
]
Victims = Annotated[int, typer.Option(min=1, max=1000, help="Releases attacked for each view and batch size.")]
Positives = Annotated[int, typer.Option(min=1, max=1000, help="Single images of the positive control.")]
Sites = Annotated[int, typer.Option(min=2, max=255, help="Of the secure sum.")]
Steps = Annotated[int, typer.Option(min=1, max=64, help="Of the update: local steps before it is sent.")]
Batch = Annotated[Mode, typer.Option("--batch-norm", help="Mode of the victims' and the attacker's normalisation.")]
Labels = Annotated[Literal["known", "inferred"], typer.Option(rich_help_panel=ATTACKER, help="Of batches.")]
TvWeight = Annotated[float, typer.Option("--tv-weight", rich_help_panel=ATTACKER, help="Of the total variation.")]
Split = Annotated[Part, typer.Option(help="Which images are attacked.")]
Gallery = Annotated[int, typer.Option(min=100, max=10_000, help="Images of its class among which one is to be found.")]
Json = Annotated[Path | None, typer.Option("--json", help="Write the document to this file; - is standard output.")]
Pictures = Annotated[
    Path | None, typer.Option(help="Write originals beside reconstructions here, with a page to open.")
]
Public = Annotated[
    bool, typer.Option("--public", help="The images are public: keep pictures in the document. Phantoms always are.")
]


def register(app: typer.Typer) -> None:
    """Add `attack` to the command line."""
    attack_canaries.register(attack)
    attack_likeness.register(attack)
    attack_membership.register(attack)
    app.add_typer(attack)


@attack.command()
def inversion(
    paths: Paths = None,
    model: Network = None,
    normalisation: Norm = "batch",
    stem_pool: Pool = "max",
    view: Annotated[
        Literal["gradient", "update", "secure-sum"], typer.Option(help="What the adversary sees.")
    ] = "gradient",
    batch_size: Annotated[int, typer.Option(min=1, max=256, help="Images a site and step.")] = 1,
    image_size: Side = None,
    victims: Victims = 2,
    positive_victims: Positives = 2,
    sites: Sites = 3,
    local_steps: Steps = 2,
    batch_norm: Batch = "train",
    split: Split = "train",
    gallery: Gallery = 100,
    iterations: Iterations = 600,
    restarts: Restarts = 2,
    tv_weight: TvWeight = 0.001,
    labels: Labels = "known",
    as_json: Json = None,
    pictures: Pictures = None,
    public: Public = False,
    seed: Seed = 0,
    threads: Threads = 0,
    cache: CacheFolder = None,
    first_frame: FirstFrame = False,
) -> None:
    """Rebuild images from what a site sends, after Geiping et al. 2020, in one view.

    Beside the attack stand the most alike other patient, the attack's prior alone, and a positive control: single
    images in eval mode, where the attack is known to work. If that fails, the audit is invalid and says nothing.

    [bold]Examples[/]

    primia attack inversion model.safetensors ~/xrays --view update --batch-size 4

    primia attack inversion --model small_cnn ~/xrays --view secure-sum --batch-size 16 --json audit.json
    """
    plan = settings(
        AuditPlan,
        views=(view.replace("-", "_"),),
        batch_sizes=(batch_size,),
        victims=victims,
        positive_victims=positive_victims,
        sites_in_sum=sites,
        local_steps=local_steps,
        batch_norm=batch_norm,
        gallery=gallery,
        iterations=iterations,
        restarts=restarts,
        tv_weight=tv_weight,
        labels=labels,
        seed=seed,
    )
    set_threads(threads)
    subject = _subject(paths, model, normalisation, stem_pool, image_size, split, public=public)
    run(plan, subject, as_json, pictures, cache, first_frame=first_frame)


@attack.command()
def audit(
    paths: Paths = None,
    model: Network = None,
    normalisation: Norm = "batch",
    stem_pool: Pool = "max",
    batch_size: Annotated[
        list[int] | None, typer.Option(help="Images a site and step; give it again for more. [default: 4]", min=1)
    ] = None,
    image_size: Side = None,
    victims: Victims = 2,
    positive_victims: Positives = 4,
    sites: Sites = 3,
    local_steps: Steps = 2,
    batch_norm: Batch = "train",
    split: Split = "train",
    gallery: Gallery = 100,
    iterations: Iterations = 600,
    restarts: Restarts = 2,
    tv_weight: TvWeight = 0.001,
    labels: Labels = "known",
    as_json: Json = None,
    pictures: Pictures = None,
    public: Public = False,
    seed: Seed = 0,
    threads: Threads = 0,
    cache: CacheFolder = None,
    first_frame: FirstFrame = False,
) -> None:
    """Attack all three views, one site's gradient, its update and the secure sum, beside every control.

    Exit status 1 where the positive control failed: then the attack was too weak for its failures to mean anything.

    [bold]Examples[/]

    primia attack audit --model small_cnn --pictures pictures

    primia attack audit model.safetensors ~/xrays --batch-size 1 --batch-size 8 --json audit.json
    """
    plan = settings(
        AuditPlan,
        views=VIEWS,
        batch_sizes=tuple(batch_size or (4,)),
        victims=victims,
        positive_victims=positive_victims,
        sites_in_sum=sites,
        local_steps=local_steps,
        batch_norm=batch_norm,
        gallery=gallery,
        iterations=iterations,
        restarts=restarts,
        tv_weight=tv_weight,
        labels=labels,
        seed=seed,
    )
    set_threads(threads)
    subject = _subject(paths, model, normalisation, stem_pool, image_size, split, public=public)
    run(plan, subject, as_json, pictures, cache, first_frame=first_frame)


def _subject(
    paths: list[Path] | None, model: ModelName | None, normalisation: str, stem_pool: str, size: int | None,
    split: Part, *, public: bool,
) -> Subject:  # fmt: skip
    given = list(paths or [])
    file = None if model is not None or not given else given.pop(0)
    if model is None and file is None:
        raise SettingsError("give a file of weights, or --model small_cnn for random ones")
    if len(given) > 1:
        raise SettingsError(f"{len(given)} cohorts were given, {[str(path) for path in given]}; give one")
    spec = None
    if model is not None:
        spec = settings(ModelSpec, name=model, normalisation=normalisation, stem_pool=stem_pool)
    return Subject(file, spec, given[0] if given else None, size, split, public=public)
