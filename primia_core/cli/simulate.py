"""`primia simulate`: several hospitals in one process, through the real protocol. It decides nothing but defaults."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from primia_core.cli.cohort import CacheFolder, CohortPath, FirstFrame, open_cohort, with_splits
from primia_core.cli.output import AsJson, SettingsError, print_json, progress_bar, settings

if TYPE_CHECKING:
    import torch

    from primia_core.federation.plan import Plan
    from primia_core.federation.simulation import SimulatedSite, SimulationResult
    from primia_core.federation.state import StepResult
    from primia_core.federation.steps import Step
    from primia_core.imaging import Cohort
    from primia_core.privacy import PrivacyPlan


def register(app: typer.Typer) -> None:
    """Add ``simulate`` to the command line."""
    app.command("simulate", help=HELP)(simulate)


HELP = """Train among simulated hospitals in this one process.

The images are divided among the hospitals by patient. Keys, masks, shares, survivor lists and signatures are the real
ones; only the network is missing. Examples:

  primia data phantoms chests --patients 300
  primia simulate chests --sites 4 --rounds 3 --model small_cnn
  primia simulate chests --strategy fedprox --mu 0.01 --plain --json
  primia simulate chests --dp distributed --noise 1 --rate 0.1 --model small_cnn --rounds 20    differential privacy"""


def simulate(
    data: CohortPath,
    sites: Annotated[int, typer.Option(min=2, max=255, help="How many hospitals.")] = 3,
    rounds: Annotated[int, typer.Option(min=1, help="Training rounds.")] = 8,
    steps: Annotated[int, typer.Option(min=1, help="Batches of local work a round.")] = 24,
    batch_size: Annotated[int, typer.Option(help="Images a batch.")] = 32,
    image_size: Annotated[int, typer.Option(help="Pixels of a side.")] = 64,
    model: Annotated[str, typer.Option(help="resnet18, vgg16 or small_cnn.")] = "resnet18",
    normalisation: Annotated[str, typer.Option(help="batch or group.")] = "batch",
    strategy: Annotated[str, typer.Option(help="fedavg, fedsgd or fedprox.")] = "fedavg",
    mu: Annotated[float, typer.Option(help="Weight of FedProx's proximal term.")] = 0.0,
    learning_rate: Annotated[float, typer.Option(help="At the first step.")] = 1e-3,
    final_learning_rate: Annotated[float, typer.Option(help="At the last step.")] = 2e-4,
    precision: Annotated[
        Literal["auto", "float32", "bfloat16"], typer.Option(help="auto takes what this processor is fast at.")
    ] = "auto",
    plain: Annotated[bool, typer.Option("--plain", help="Without secure aggregation, for comparison.")] = False,
    min_survivors: Annotated[int | None, typer.Option(help="Fewest sites in a sum. [default: 3, or all of 2]")] = None,
    dp: Annotated[
        Literal["none", "local", "distributed"], typer.Option(help="Differential privacy of training images.")
    ] = "none",
    noise: Annotated[float, typer.Option(help="With --dp: spread of the noise / clip.")] = 1.0,
    clip: Annotated[float, typer.Option(help="With --dp: largest norm of one unit's gradient.")] = 1.0,
    rate: Annotated[float, typer.Option(help="With --dp: chance of each unit to be in a batch.")] = 0.1,
    delta: Annotated[float, typer.Option(help="With --dp: chance that the promise fails.")] = 1e-5,
    unit: Annotated[Literal["patient", "image"], typer.Option(help="With --dp: what is hidden as one.")] = "patient",
    seed: Annotated[int, typer.Option(help="Of weights, batches and augmentation.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Write the chosen model here.")] = None,
    cache: CacheFolder = None,
    first_frame: FirstFrame = False,
    as_json: AsJson = False,
) -> None:
    """Run a whole job over simulated hospitals and print what became public."""
    from primia_core.federation.plan import Aggregation, DataPlan, Selection, Strategy
    from primia_core.models import ModelSpec
    from primia_core.privacy import PrivacyPlan
    from primia_core.training import LocalTraining, native_precision

    cohort, split_here = with_splits(open_cohort(data), seed=seed)
    parts = {
        "data": settings(DataPlan, classes=cohort.classes, image_size=image_size),
        "model": settings(ModelSpec, name=model, normalisation=normalisation, classes=len(cohort.classes)),
        "training": settings(
            LocalTraining,
            steps=steps,
            batch_size=batch_size,
            learning_rate=learning_rate,
            final_learning_rate=min(final_learning_rate, learning_rate),
            precision=native_precision() if precision == "auto" else precision,
            seed=seed,
        ),
        "strategy": settings(Strategy, name=strategy, rounds=rounds, mu=mu),
        "selection": settings(Selection, first_round=min(3, rounds)),
        "aggregation": settings(Aggregation, secure=not plain, min_survivors=min_survivors or min(3, sites)),
    }
    if dp != "none":
        promise = settings(
            PrivacyPlan, mode=dp, noise_multiplier=noise, clip=clip, sample_rate=rate, delta=delta, unit=unit
        )
        parts |= _private(parts, promise)
    with tempfile.TemporaryDirectory(prefix="primia-simulation-") as folder:
        room = _Room(keys=Path(folder), pixels=cache or Path(folder), first_frame=first_frame, quiet=as_json)
        plan, result = _run(cohort, sites, parts, room)
    if out is not None:
        _save(out, plan, result, split_seed=seed if split_here else None)
    _tell(plan, result, as_json=as_json)


def _private(parts: Mapping[str, Any], privacy: "PrivacyPlan") -> dict[str, Any]:
    """Return what a private job needs: GroupNorm, constants that no site was asked for, and for private sums FedSGD."""
    from primia_core.imaging import Normalisation

    changed = {
        "privacy": privacy,
        "model": parts["model"].model_copy(update={"normalisation": "group"}),
        "data": parts["data"].model_copy(update={"normalisation": Normalisation(mean=0.5, std=0.25)}),
        "training": parts["training"].model_copy(update={"precision": "float32"}),
    }
    if privacy.mode == "distributed":
        changed["training"] = changed["training"].model_copy(update={"steps": 1})
        changed["strategy"] = parts["strategy"].model_copy(update={"name": "fedsgd"})
    return changed


@dataclass(frozen=True)
class _Room:
    """Where a simulation keeps things: the keys always go with the run, the decoded pixels may stay."""

    keys: Path
    pixels: Path
    first_frame: bool
    quiet: bool


def _run(cohort: "Cohort", sites: int, parts: Mapping[str, Any], room: "_Room") -> tuple["Plan", "SimulationResult"]:
    from primia_core.federation.plan import Plan
    from primia_core.federation.simulation import Simulation
    from primia_core.models import build_model
    from primia_core.models.weights import state_hash
    from primia_core.secagg import Identity

    hub = Identity.create(Path(tempfile.mkdtemp(dir=room.keys)), "coordinator")
    hospitals, roster = _hospitals(cohort, sites, parts, room)
    start: Mapping[str, torch.Tensor] = build_model(parts["model"], seed=parts["training"].seed).state_dict()
    plan = Plan(
        title="Simulation",
        federation="simulation",
        coordinator=hub.public.to_json(),
        roster=roster,
        initial_model=state_hash(start),
        **parts,
    )
    with progress_bar("training", quiet=room.quiet) as told:
        total = plan.strategy.rounds * sites * (plan.training.steps or 1)

        def watch(step: "Step", site: str, done: int, planned: int) -> None:
            before = ((step.round or 1) - 1) * sites + sorted(hospitals).index(site)
            told(before * planned + done, total)

        simulation = Simulation(plan, hospitals, hub, start, watch=watch)
        return plan, simulation.run(lambda step: None if room.quiet else _line(step))


def _hospitals(
    cohort: "Cohort", sites: int, parts: Mapping[str, Any], room: "_Room"
) -> tuple[dict[str, "SimulatedSite"], tuple[Any, ...]]:
    from primia_core.federation.plan import PlanSite
    from primia_core.federation.simulation import SimulatedSite
    from primia_core.imaging import CohortPixels, PixelCache, partition_by_patient
    from primia_core.secagg import Identity

    if len(cohort.patients) < sites:
        raise SettingsError(f"{len(cohort.patients)} patients cannot be divided among {sites} hospitals")
    hospitals, roster = {}, []
    with progress_bar("decoding", quiet=room.quiet) as told:
        for index, part in enumerate(partition_by_patient(cohort, sites, seed=parts["training"].seed)):
            name = f"site-{index + 1:03d}"
            identity = Identity.create(Path(tempfile.mkdtemp(dir=room.keys)), name)
            frames: Literal["first", "refuse"] = "first" if room.first_frame else "refuse"
            pixels = PixelCache.build(part, parts["data"].image_size, room.pixels, frames=frames, progress=told)
            hospitals[name] = SimulatedSite(name, identity, CohortPixels(part, pixels))
            roster.append(
                PlanSite(
                    site=name,
                    name=name,
                    fingerprint=identity.public.fingerprint,
                    identity=identity.public.to_json(),
                    dataset_version=part.version,
                )
            )
    return hospitals, tuple(roster)


def _line(step: "StepResult") -> None:
    for found in step.evaluations:
        typer.echo(
            f"model of round {found.round:3d}   {found.split:10s} MCC {found.mcc:6.3f} "
            f"[{found.low:.2f}, {found.high:.2f}]   accuracy {found.accuracy:.3f}   n = {found.n}"
        )


def _save(out: Path, plan: "Plan", result: "SimulationResult", *, split_seed: int | None) -> None:
    from primia_core.federation.site_work import normalisation_of
    from primia_core.models.weights import Manifest, PixelScale, save, state_hash

    scale = normalisation_of(plan, result.state)
    manifest = Manifest(
        spec=plan.model,
        classes=plan.data.classes,
        image_size=plan.data.image_size,
        normalisation=PixelScale(mean=scale.mean, std=scale.std),
        state_hash=state_hash(result.model),
        plan_hash=plan.hash,
        split_seed=split_seed,
    )
    save(out, result.model, manifest)


def _spent(plan: "Plan", result: "SimulationResult") -> dict[str, Any] | None:
    from primia_core.federation.privacy_terms import a_round_of
    from primia_core.privacy.accounting import spent

    if plan.privacy is None:
        return None
    found = spent([a_round_of(plan).times(result.state.rounds_done)], plan.privacy.delta)
    return {"epsilon_pld": found.epsilon_pld, "epsilon_rdp": found.epsilon_rdp, **plan.privacy.model_dump(mode="json")}


def _tell(plan: "Plan", result: "SimulationResult", *, as_json: bool) -> None:
    best, test = result.finished.best_round, result.finished.test
    assert test is not None  # a training job ends with its test
    if as_json:
        print_json(
            {
                "plan_hash": plan.hash,
                "sites": len(plan.roster),
                "secure": plan.aggregation.secure,
                "best_round": best,
                "reason": result.finished.reason,
                "test": test.model_dump(mode="json"),
                "validation": [v.model_dump(mode="json") for v in result.state.evaluations("validation")],
                "cpus": os.cpu_count(),
                "privacy": _spent(plan, result),
            }
        )
        return
    how = "secure sums" if plan.aggregation.secure else "plain sums"
    typer.echo(f"round {best} was chosen of {result.state.rounds_done}, among {len(plan.roster)} hospitals, {how}")
    if found := _spent(plan, result):
        typer.echo(
            f"epsilon {found['epsilon_pld']:.3f} (PLD; {found['epsilon_rdp']:.3f} RDP) at delta {found['delta']:g} "
            f"for each {found['unit']}, {found['mode']}"
        )
