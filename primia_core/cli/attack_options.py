"""What `primia attack audit` and `inversion` both take, once: whose images, which network, what leaves, how hard."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from primia_core.attacks.plan import AuditPlan, Mode, View
from primia_core.cli.attack_run import Part, Subject
from primia_core.cli.cohort import CacheFolder, FirstFrame
from primia_core.cli.output import Seed, SettingsError, Threads, settings
from primia_core.models.spec import ModelName, ModelSpec

ATTACKER, NETWORK, VICTIMS = "Attacker", "Network", "Victims"

Command = Callable[..., None]
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
        "--image-size", min=16, max=512, help="Pixels a side. \\[default: the file's, or 24]", show_default=False
    ),
]
Victims = Annotated[int, typer.Option(min=1, max=1000, help="Releases attacked for each view and batch size.")]
Positives = Annotated[int, typer.Option(min=1, max=1000, help="Single images of the positive control.")]
Split = Annotated[Part, typer.Option(help="Which images are attacked.")]
Gallery = Annotated[int, typer.Option(min=100, max=10_000, help="Images of its class among which one is to be found.")]
Sites = Annotated[int, typer.Option(min=2, max=255, rich_help_panel=VICTIMS, help="Of the secure sum.")]
Steps = Annotated[
    int, typer.Option(min=1, max=64, rich_help_panel=VICTIMS, help="Of the update: local steps before it is sent.")
]
Optimizer = Annotated[Literal["sgd", "adam"], typer.Option(rich_help_panel=VICTIMS, help="Of local steps.")]
Rate = Annotated[float, typer.Option(rich_help_panel=VICTIMS, help="Of local steps.")]
Batch = Annotated[
    Mode,
    typer.Option(
        "--batch-norm", rich_help_panel=VICTIMS, help="Mode of the victims' and the attacker's normalisation."
    ),
]
Noise = Annotated[
    float,
    typer.Option(
        rich_help_panel=VICTIMS,
        help="Differential privacy: spread of a site's noise / clip. Needs GroupNorm; 0 clips nothing either.",
    ),
]
Clip = Annotated[
    float, typer.Option(rich_help_panel=VICTIMS, help="With --noise: largest norm of an image's gradient.")
]
Iterations = Annotated[int, typer.Option(min=10, max=100_000, rich_help_panel=ATTACKER, help="Of one attempt.")]
Restarts = Annotated[
    int,
    typer.Option(min=1, max=64, rich_help_panel=ATTACKER, help="Attempts; those of about the least cost are averaged."),
]
TvWeight = Annotated[float, typer.Option("--tv-weight", rich_help_panel=ATTACKER, help="Of the total variation.")]
Labels = Annotated[Literal["known", "inferred"], typer.Option(rich_help_panel=ATTACKER, help="Of batches.")]
Json = Annotated[Path | None, typer.Option("--json", help="Write the document to this file; - is standard output.")]
Pictures = Annotated[
    Path | None, typer.Option(help="Write originals beside reconstructions here, with a page to open.")
]
Public = Annotated[
    bool, typer.Option("--public", help="The images are public: keep pictures in the document. Phantoms always are.")
]


@dataclass(frozen=True)
class Options:
    """What a person said, but for what is attacked."""

    paths: Paths = None
    model: Network = None
    normalisation: Norm = "batch"
    stem_pool: Pool = "max"
    image_size: Side = None
    victims: Victims = 2
    positive_victims: Positives = 4
    split: Split = "train"
    gallery: Gallery = 100
    sites: Sites = 3
    local_steps: Steps = 2
    local_optimizer: Optimizer = "sgd"
    local_learning_rate: Rate = 0.01
    batch_norm: Batch = "train"
    noise: Noise = 0.0
    clip: Clip = 1.0
    iterations: Iterations = 600
    restarts: Restarts = 2
    tv_weight: TvWeight = 0.001
    labels: Labels = "known"
    as_json: Json = None
    pictures: Pictures = None
    public: Public = False
    seed: Seed = 0
    threads: Threads = 0
    cache: CacheFolder = None
    first_frame: FirstFrame = False

    def plan(self, *, views: Sequence[View], batch_sizes: Sequence[int]) -> AuditPlan:
        """Return how to attack these views.

        Raises:
            SettingsError: values out of range.
        """
        same = (
            "victims", "positive_victims", "gallery", "local_steps", "local_optimizer", "local_learning_rate",
            "batch_norm", "iterations", "restarts", "tv_weight", "labels", "seed",
        )  # fmt: skip
        of_plan = {} if self.split == "all" else {"split": self.split}  # a site's plan names one part of its images
        return settings(
            AuditPlan,
            **of_plan,
            views=tuple(views),
            batch_sizes=tuple(batch_sizes),
            sites_in_sum=self.sites,
            privacy={"noise_multiplier": self.noise, "clip": self.clip} if self.noise else None,
            **{name: getattr(self, name) for name in same},
        )

    def subject(self) -> Subject:
        """Return whose images are attacked, at which weights.

        Raises:
            SettingsError: no weights, two cohorts, or a network that there is not.
        """
        given = list(self.paths or [])
        file = None if self.model is not None or not given else given.pop(0)
        if self.model is None and file is None:
            raise SettingsError("give a file of weights, or --model small_cnn for random ones")
        if len(given) > 1:
            raise SettingsError(f"{len(given)} cohorts were given, {[str(path) for path in given]}; give one")
        spec = None
        if self.model is not None:
            spec = settings(ModelSpec, name=self.model, normalisation=self.normalisation, stem_pool=self.stem_pool)
        return Subject(file, spec, given[0] if given else None, self.image_size, self.split, public=self.public)


def with_options(command: Command) -> Command:
    """Let a command that asks for ``options`` take each of them by its own name, after what it takes itself."""
    shared = [
        Parameter(one.name, Parameter.KEYWORD_ONLY, default=one.default, annotation=one.type) for one in fields(Options)
    ]

    @wraps(command)
    def told(**given: Any) -> None:
        options = Options(**{one.name: given.pop(one.name) for one in shared})
        command(options=options, **given)

    whole = signature(command)
    own = [one for one in whole.parameters.values() if one.name != "options"]
    told.__signature__ = whole.replace(parameters=[*own, *shared])  # type: ignore[attr-defined]
    return told
