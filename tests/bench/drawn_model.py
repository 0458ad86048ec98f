"""A ResNet-18 with drawn weights in a platform's registry: for measuring a service of a size that nobody trained here.

``register`` runs inside the hub (``Platform.manage``), because no door of the platform takes weights from outside.
"""

import json
from pathlib import Path

from primia_core.cli.encrypted_runs import Setting, drawn
from primia_core.imaging.phantoms import CLASSES
from primia_core.models import ModelSpec
from primia_core.models.weights import Manifest, PixelScale, save, state_hash

NAME = "Drawn ResNet-18"


def write_weights(path: Path, size: int) -> Path:
    """Write a network with drawn weights whose normalisations know drawn chests."""
    setting = Setting(
        model="resnet18", size=size, pool="avg", protocol="tables", profile="fast", channels=1, batch=1,
        policy="logits", latency_ms=0.0, bandwidth_mbps=float("inf"), threads=2, runs=1,
    )  # fmt: skip
    network, _ = drawn(setting)
    state = network.state_dict()
    manifest = Manifest(
        spec=ModelSpec(name="resnet18", stem_pool="average", channels=1, classes=len(CLASSES)),
        classes=CLASSES,
        image_size=size,
        normalisation=PixelScale(mean=0.5, std=0.25),
        state_hash=state_hash(state),
    )
    return save(path, state, manifest)


def register(path: str, federation_slug: str) -> None:
    """Put a file of weights into the registry as a published version of ``NAME`` and print its id."""
    from django.utils import timezone

    from backend.apps.artifacts import store
    from backend.apps.artifacts.services import artifact_publish
    from backend.apps.federations.models import Federation
    from backend.apps.jobs.models import Job
    from backend.apps.registry.models import ModelVersion
    from backend.apps.registry.services import model_register
    from primia_core.models.weights import read_manifest

    now, federation = timezone.now(), Federation.objects.get(slug=federation_slug)
    manifest = read_manifest(path)
    blob = store.put_chunks([Path(path).read_bytes()])
    artifact = artifact_publish(blob=blob, kind="weights", now=now, federation=federation)
    job = Job.objects.create(
        federation=federation, title=NAME, state=Job.State.CANCELLED, created_at=now, finished_at=now
    )
    card = {
        "title": NAME,
        "task": "chest-xray-pneumonia",
        "classes": list(manifest.classes),
        "model": manifest.spec.model_dump(mode="json"),
        "image_size": manifest.image_size,
        "normalisation": manifest.normalisation.model_dump(mode="json"),
        "intended_use": "measurement; its weights are drawn",
    }
    version = model_register(
        federation_id=federation.pk, job_id=job.pk, name=NAME, artifact=artifact, card=card, lineage={},
        evaluation={}, now=now,
    )  # fmt: skip
    ModelVersion.objects.filter(pk=version.pk).update(state=ModelVersion.State.PUBLISHED)
    print(json.dumps({"version": str(version.pk)}))
