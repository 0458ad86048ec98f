"""Declare, complete, publish and discard blobs. It does not know what they mean to a job."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.apps.artifacts import store
from backend.apps.artifacts.errors import NotTheOwner
from backend.apps.artifacts.models import Artifact
from backend.apps.federations.models import Federation, Site
from backend.common.errors import Unavailable

State = Artifact.State


@transaction.atomic
def artifact_declare(*, site: Site, sha256: str, size_bytes: int, kind: str, now: datetime) -> tuple[Artifact, int]:
    """Begin or resume an upload.

    Returns:
        The row, and from which byte to go on; its size when the whole content is held.
    Raises:
        NotTheOwner: another site has sent this content. Vectors that are equal to another site's are not an accident.
    """
    artifact, made = Artifact.objects.select_for_update().get_or_create(
        sha256=sha256, defaults={"size_bytes": size_bytes, "kind": kind, "owner": site, "created_at": now}
    )
    if artifact.owner_id != site.id or artifact.size_bytes != size_bytes or artifact.kind != kind:
        raise NotTheOwner(f"{sha256[:12]}… is known as something else; send content of your own")
    if artifact.state == State.DISCARDED:
        artifact.state, artifact.created_at, artifact.completed_at = State.UPLOADING, now, None
        artifact.save(update_fields=["state", "created_at", "completed_at"])
    if artifact.state == State.COMPLETE:
        return artifact, artifact.size_bytes
    return artifact, 0 if made else store.held_bytes(artifact.id)


@transaction.atomic
def artifact_complete(*, artifact_id: UUID, now: datetime) -> Artifact:
    """Say that an upload's file stands under its name. Completing twice changes nothing."""
    artifact = Artifact.objects.select_for_update().get(pk=artifact_id)
    if artifact.state == State.UPLOADING:
        artifact.state, artifact.completed_at = State.COMPLETE, now
        artifact.save(update_fields=["state", "completed_at"])
    return artifact


@transaction.atomic
def artifact_publish(
    *,
    blob: store.Blob,
    kind: str,
    now: datetime,
    federation: Federation | None = None,
    readers: Iterable[Site] = (),
) -> Artifact:
    """Give sites a blob that the coordinator has put into the store. Publishing it again adds readers.

    Raises:
        Unavailable: its file was discarded in between, as a leftover of something else; make it again.
    """
    artifact, made = Artifact.objects.select_for_update().get_or_create(
        sha256=blob.sha256,
        defaults={
            "size_bytes": blob.size_bytes,
            "kind": kind,
            "state": State.COMPLETE,
            "created_at": now,
            "completed_at": now,
        },
    )
    if not store.path_of(blob.sha256).exists():
        raise Unavailable(f"{blob.sha256[:12]}… was just discarded; it will be made again")
    if not made and artifact.state != State.COMPLETE:
        artifact.state, artifact.completed_at = State.COMPLETE, now
        artifact.save(update_fields=["state", "completed_at"])
    artifact.readers.add(*readers)
    if federation is not None:
        artifact.federations.add(federation)
    return artifact


@transaction.atomic
def artifacts_discard(*, ids: Iterable[UUID]) -> int:
    """Delete the files of blobs that nobody needs any more, once this is committed; their rows stay.

    Returns:
        How many were discarded now.
    """
    doomed = Artifact.objects.select_for_update().filter(pk__in=list(ids)).exclude(state=State.DISCARDED)
    doomed_ids = sorted(doomed.values_list("pk", flat=True))
    Artifact.objects.filter(pk__in=doomed_ids).update(state=State.DISCARDED)
    transaction.on_commit(lambda: _remove(doomed_ids))
    return len(doomed_ids)


def _remove(ids: list[UUID]) -> None:
    """Delete the files of rows that are still discarded; each row is held, since its content may be coming again."""
    for artifact_id in ids:
        with transaction.atomic():
            artifact = Artifact.objects.select_for_update().get(pk=artifact_id)
            if artifact.state == State.DISCARDED:
                store.remove(artifact.sha256)
                store.part_of(artifact.id).unlink(missing_ok=True)
