"""A model version without a training: a file of weights, registered and released as a job would have done it."""

from pathlib import Path

from tests.integration.consortium import Consortium

REGISTER = """
import os
from pathlib import Path
from django.utils import timezone
from backend.apps.accounts.models import User
from backend.apps.artifacts import store
from backend.apps.artifacts.services import artifact_publish
from backend.apps.federations.models import Federation
from backend.apps.jobs.models import Job
from backend.apps.registry.services import model_publish, model_register
now, federation = timezone.now(), Federation.objects.get(pk=os.environ["FEDERATION"])
job = Job.objects.create(federation=federation, title="Trained elsewhere", created_at=now)
blob = store.put_chunks([Path(os.environ["WEIGHTS"]).read_bytes()])
version = model_register(
    federation_id=federation.pk, job_id=job.pk, name="Chest X-ray",
    artifact=artifact_publish(blob=blob, kind="weights", federation=federation, now=now),
    card={"classes": os.environ["CLASSES"].split(","), "image_size": int(os.environ["SIZE"])},
    lineage={}, evaluation={}, now=now,
)
model_publish(version_id=version.pk, by=User.objects.get(username=os.environ["COORDINATOR"]), now=now)
print("version", version.pk)
"""


def release_model(consortium: Consortium, weights: Path, *, classes: tuple[str, ...], size: int) -> str:
    """Register and release ``weights``, and return the version's id."""
    access = consortium.access
    said = consortium.manage(
        "shell", "--no-imports", "-c", REGISTER, FEDERATION=access.federation, WEIGHTS=str(weights),
        CLASSES=",".join(classes), SIZE=str(size), COORDINATOR=access.username,
    )  # fmt: skip
    return next(line.split()[1] for line in said.splitlines() if line.startswith("version "))
