"""One hospital's training from decoded images to a saved file, with its table of epochs. Knows no options."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Literal

import numpy as np

from primia_core.cli.output import SettingsError, print_json
from primia_core.cli.results import cell, report_tables
from primia_core.evaluation import Report, report
from primia_core.imaging import Normalisation, PixelCache, Pixels, PixelSums
from primia_core.models.spec import ModelSpec
from primia_core.training.batches import Batches
from primia_core.training.config import LocalTraining

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from primia_core.models import Manifest
    from primia_core.training import Check, FitResult

COLUMNS = ("epoch", "training loss", "validation loss", "accuracy", "mcc", "seconds")


@dataclass(frozen=True)
class Epoch:
    """A line of the table."""

    epoch: int
    training_loss: float
    validation_loss: float
    accuracy: float
    mcc: float
    seconds: float
    best: bool


@dataclass
class LocalRun:
    """A training run on one cohort.

    Raises:
        SettingsError: a split that training needs holds no readable image, or a class is in none of it.
        ArchitectureError: the images are too small for the network.
    """

    spec: ModelSpec
    config: LocalTraining
    pixels: PixelCache
    classes: tuple[str, ...]
    image_size: int
    split_seed: int | None
    epochs: list[Epoch] = field(default_factory=list)

    def __post_init__(self) -> None:
        from primia_core.models import build_model, check_image_size

        check_image_size(self.spec, self.image_size)
        self.training, self.validation = self._split("train"), self._split("validation")
        absent = set(range(len(self.classes))) - set(self.training.labels.tolist())
        if absent:
            names = [self.classes[index] for index in sorted(absent)]
            raise SettingsError(f"no readable training image is of {names}; add some, or leave the class out")
        an_epoch = Batches(len(self.training), self.config).a_pass
        self.config = self.config.model_copy(update={"check_every_steps": an_epoch})
        self.normalisation: Normalisation = PixelSums.of(self.training.images).normalisation()
        self.model = build_model(self.spec, seed=self.config.seed)

    def start_from(self, imagenet: Path, *, quiet: bool) -> None:
        """Take torchvision's weights as the start."""
        from primia_core.models import load_imagenet

        loaded = load_imagenet(self.model, imagenet)
        if not quiet:
            fresh = ", ".join(loaded.fresh) or "nothing"
            _err().print(f"started from {imagenet.name}: {len(loaded.loaded)} tensors as they are, fresh: {fresh}")

    def train(self, out: Path, data: Path, *, quiet: bool) -> None:
        """Train, save the best weights and say what came out."""
        from primia_core.training import fit, predict

        if not quiet:
            self._announce(_err())
        began = monotonic()
        with _display(quiet) as display:
            result = fit(
                self.model,
                self.training,
                self.validation,
                config=self.config,
                round_number=1,
                total_rounds=1,
                normalisation=self.normalisation,
                class_weights=self._class_weights(),
                seed=self.config.seed,
                progress=display.step,
                on_check=lambda check: display.epoch(self._epoch(check, began)),
            )
        seconds = monotonic() - began
        manifest = self._save(out, result)
        self.model.load_state_dict(result.state_dict)
        found = predict(self.model, self.validation, self.normalisation, 2 * self.config.batch_size)
        validation = report(found.confusion, self.classes, mean_loss=found.loss_sum / found.count)
        if quiet:
            print_json(self._summary(out, result, manifest, validation, seconds))
        else:
            self._conclude(out, data, result, validation, seconds)

    def _split(self, name: Literal["train", "validation"]) -> Pixels:
        pixels = self.pixels.split(name)
        if len(pixels) == 0:
            raise SettingsError(
                f"the cohort has 0 readable {name} images, and at least 1 is needed; see `primia data inspect` and "
                "`primia data split`"
            )
        return pixels

    def _class_weights(self) -> list[float] | None:
        if self.config.class_weights == "none":
            return None
        counts = np.bincount(self.training.labels, minlength=len(self.classes))
        return [len(self.training) / (len(counts) * int(count)) for count in counts]

    def _epoch(self, check: "Check", began: float) -> Epoch:
        found = check.validation
        figures = report(found.confusion, self.classes)
        epoch = Epoch(
            epoch=len(self.epochs) + 1,
            training_loss=check.training_loss,
            validation_loss=found.loss_sum / found.count,
            accuracy=figures.accuracy.value or 0.0,
            mcc=figures.mcc.value or 0.0,
            seconds=monotonic() - began,
            best=check.best,
        )
        self.epochs.append(epoch)
        return epoch

    def _save(self, out: Path, result: "FitResult") -> "Manifest":
        from primia_core.models import Manifest
        from primia_core.models.weights import PixelScale, save, state_hash

        manifest = Manifest(
            spec=self.spec,
            classes=self.classes,
            image_size=self.image_size,
            normalisation=PixelScale(mean=self.normalisation.mean, std=self.normalisation.std),
            split_seed=self.split_seed,
            state_hash=state_hash(result.state_dict),
        )
        save(out, result.state_dict, manifest)
        return manifest

    def _summary(
        self, out: Path, result: "FitResult", manifest: "Manifest", validation: Report, seconds: float
    ) -> dict[str, object]:
        return {
            "out": str(out),
            "manifest": manifest.model_dump(mode="json"),
            "training": self.config.model_dump(mode="json"),
            "images": {name: len(self.pixels.split(name)) for name in self.pixels.splits},
            "quarantined": [{"path": path, "reason": reason} for path, reason in self.pixels.quarantined],
            "epochs": [vars(epoch) for epoch in self.epochs],
            "best_epoch": self._best(result),
            "stopped_early": result.stopped_early,
            "validation": validation.model_dump(mode="json"),
            "seconds": seconds,
            "images_per_second": result.loss_count / seconds,
        }

    def _best(self, result: "FitResult") -> int:
        return result.best_step // self.config.check_every_steps

    def _announce(self, console: "Console") -> None:
        from primia_core.models import parameter_count

        counts = ", ".join(f"{len(self.pixels.split(name))} {name}" for name in self.pixels.splits)
        console.print(f"{counts} images of {self.image_size} pixels, classes {', '.join(self.classes)}")
        for path, reason in self.pixels.quarantined:
            console.print(f"left out: {path}: {reason}", style="yellow", markup=False)
        console.print(
            f"{self.spec.name}, {parameter_count(self.spec):,} parameters, {self.config.optimizer}, "
            f"{self.config.precision}"
        )

    def _conclude(self, out: Path, data: Path, result: "FitResult", validation: Report, seconds: float) -> None:
        from rich.console import Console

        why = "stopped early" if result.stopped_early else "finished"
        speed = result.loss_count / seconds
        _err().print(f"{why} after {len(self.epochs)} epochs, {seconds:.0f} s, {speed:.0f} images/s", highlight=False)
        console = Console(highlight=False)
        console.print(f"validation of epoch {self._best(result)}, whose weights are in {out}", markup=False)
        report_tables(validation, console)
        console.print(f"next: primia evaluate {out} {data} --split test", style="dim", markup=False)


class _Display:
    """The bar and the lines above it."""

    def __init__(self, progress: "Progress") -> None:
        self._progress = progress
        self._task = progress.add_task("training", total=None)
        if not progress.disable:
            progress.console.print("  ".join(f"{name:>{len(name)}}" for name in COLUMNS), style="bold")

    def step(self, done: int, total: int) -> None:
        self._progress.update(self._task, completed=done, total=total)

    def epoch(self, epoch: Epoch) -> None:
        if self._progress.disable:
            return
        values = (
            str(epoch.epoch),
            cell(epoch.training_loss),
            cell(epoch.validation_loss),
            cell(epoch.accuracy),
            cell(epoch.mcc),
            f"{epoch.seconds:.0f}",
        )
        line = "  ".join(f"{value:>{len(name)}}" for name, value in zip(COLUMNS, values, strict=True))
        self._progress.console.print(line + ("  best" if epoch.best else ""), highlight=False)


@contextmanager
def _display(quiet: bool) -> Iterator[_Display]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("step"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_err(), transient=True, disable=quiet) as progress:
        yield _Display(progress)


def _err() -> "Console":
    from rich.console import Console

    return Console(stderr=True)
