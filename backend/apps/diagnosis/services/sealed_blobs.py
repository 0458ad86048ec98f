"""Keep ciphertext for one node until that node has read it. Nothing here can be opened at the hub."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from backend.apps.diagnosis import store
from backend.apps.diagnosis.errors import BlobGone, BlobNotAllowed, BlobTooLarge
from backend.apps.diagnosis.models import Diagnosis, DiagnosisService, Node, NodeTask, SealedBlob

STRAY_AFTER = timedelta(minutes=10)
"""A file without a row is one that is being received; after this it is one whose sender or hub died."""

SHARE_LIMIT_BASE = 2**20


def blob_keep(
    *, node: Node, service: DiagnosisService, content: bytes, now: datetime, diagnosis: Diagnosis | None = None
) -> SealedBlob:
    """Keep what came whole. If the caller's transaction does not stand, the file is swept away later."""
    blob_id = uuid4()
    written = store.put(blob_id, content)
    return blob_register(
        blob_id=blob_id, written=written, node=node, service=service, diagnosis=diagnosis, task=None, now=now
    )


def blob_register(
    *,
    blob_id: UUID,
    written: store.Written,
    node: Node,
    service: DiagnosisService,
    diagnosis: Diagnosis | None,
    task: NodeTask | None,
    now: datetime,
) -> SealedBlob:
    """Say for whom a written file is."""
    return SealedBlob.objects.create(
        id=blob_id,
        node=node,
        service=service,
        diagnosis=diagnosis,
        task=task,
        size_bytes=written.size_bytes,
        sha256=written.sha256,
        created_at=now,
    )


def upload_allowed(*, node_id: UUID, task_id: UUID, reader: str) -> tuple[NodeTask, Node, int]:
    """Return the task that may send sealed content, who will read it, and how many bytes it may have.

    Raises:
        BlobNotAllowed: the node has no such task at work, or its kind sends nothing.
    """
    task = (
        NodeTask.objects.select_related("service__model_version__artifact", "service__p0", "service__p1")
        .filter(pk=task_id, node_id=node_id, kind=NodeTask.Kind.SHARE, state=NodeTask.State.LEASED)
        .first()
    )
    if task is None or reader not in ("p0", "p1"):
        raise BlobNotAllowed("only a service.share that you hold may send sealed content, for reader p0 or p1")
    limit = 2 * task.service.model_version.artifact.size_bytes + SHARE_LIMIT_BASE
    return task, getattr(task.service, reader), limit


def too_large(limit: int) -> BlobTooLarge:
    """Return the refusal of a body that passes ``limit``."""
    return BlobTooLarge(f"the share of this model has at most {limit} bytes, and more arrived")


def blob_readable_by(*, node_id: UUID, blob_id: UUID) -> SealedBlob:
    """Return sealed content that is meant for the node.

    Raises:
        BlobGone: there is none any more, or it was never for this node.
    """
    blob = SealedBlob.objects.filter(pk=blob_id, node_id=node_id, deleted_at=None).first()
    if blob is None:
        raise BlobGone("this sealed content was read and deleted, or is not for this node")
    return blob


@transaction.atomic
def blob_delete(*, node_id: UUID, blob_id: UUID, now: datetime) -> None:
    """Delete what the node has read. Deleting it again changes nothing."""
    blobs_delete(SealedBlob.objects.filter(pk=blob_id, node_id=node_id), now=now)


def blobs_delete(blobs: Any, *, now: datetime) -> int:
    """Delete all content of a queryset; the files go once this is committed, and a stray one with the next sweep."""
    doomed = list(blobs.filter(deleted_at=None).values_list("pk", flat=True))
    SealedBlob.objects.filter(pk__in=doomed).update(deleted_at=now)
    transaction.on_commit(lambda: _remove(doomed))
    return len(doomed)


def blobs_sweep(*, now: datetime) -> int:
    """Remove files that no row stands for; return how many there were."""
    kept = dict(store.kept())
    live = set(SealedBlob.objects.filter(pk__in=kept, deleted_at=None).values_list("pk", flat=True))
    stray = [
        blob_id
        for blob_id, changed in kept.items()
        if blob_id not in live and datetime.fromtimestamp(changed, UTC) + STRAY_AFTER <= now
    ]
    _remove(stray)
    return len(stray)


def _remove(ids: Iterable[UUID]) -> None:
    for blob_id in ids:
        store.remove(blob_id)
