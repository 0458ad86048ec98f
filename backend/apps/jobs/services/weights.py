"""Global models as blobs: write them, read them, find the one that a step starts from."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from backend.apps.artifacts import store
from backend.apps.artifacts.models import Artifact
from backend.apps.artifacts.services import artifact_publish
from backend.apps.jobs.models import Job, Round
from backend.apps.jobs.services.rosters import sites_of
from primia_core.federation.plan import Plan
from primia_core.federation.site_work import normalisation_of
from primia_core.federation.state import RunState
from primia_core.models.weights import Manifest, PixelScale, load, save, state_hash

if TYPE_CHECKING:
    from torch import Tensor

UNKNOWN_SCALE = PixelScale(mean=0, std=1)
"""What the initial model's manifest says: the pooled constants are the first thing that its sites are asked for."""


def weights_store(*, plan: Plan, run_state: RunState, state: "Mapping[str, Tensor]") -> store.Blob:
    """Write a global model into the store; the same weights under the same plan give the same blob."""
    scale = UNKNOWN_SCALE
    if plan.data.normalisation is not None or run_state.statistics is not None:
        known = normalisation_of(plan, run_state)
        scale = PixelScale(mean=known.mean, std=known.std)
    manifest = Manifest(
        spec=plan.model,
        classes=plan.data.classes,
        image_size=plan.data.image_size,
        normalisation=scale,
        plan_hash=None if run_state.rounds_done == 0 and not run_state.results else plan.hash,
        state_hash=state_hash(state),
    )
    return store.put_file(lambda path: save(path, state, manifest))


def weights_publish(*, job: Job, blob: store.Blob, now: datetime) -> Artifact:
    """Let the sites of a job's plan read a global model."""
    return artifact_publish(blob=blob, kind=Artifact.Kind.WEIGHTS, readers=sites_of(job).values(), now=now)


def weights_of(job: Job, model_hash: str) -> Artifact | None:
    """Return the blob of the global model with a hash, or ``None`` where a step needs none."""
    if job.plan["initial_model"] == model_hash:
        return job.initial_weights
    made = (
        Round.objects.filter(job=job, model_after=model_hash, weights__isnull=False).select_related("weights").first()
    )
    return made.weights if made else None


def weights_load(artifact: Artifact) -> "Mapping[str, Tensor]":
    """Read and verify a global model."""
    return load(store.path_of(artifact.sha256)).state


def model_reference(job: Job, model_hash: str) -> dict[str, Any] | None:
    """Return how a site finds the model of a step: by its blob, and by the hash of its tensors."""
    artifact = weights_of(job, model_hash)
    return {"sha256": artifact.sha256, "state_hash": model_hash} if artifact else None
