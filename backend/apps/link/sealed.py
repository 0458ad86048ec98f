"""Sealed content over the link, piece by piece: left by one node, read and deleted by another, never opened here."""

from uuid import UUID, uuid4

from django.utils import timezone

from backend.apps.artifacts import store as artifacts
from backend.apps.diagnosis import store
from backend.apps.diagnosis.models import Node
from backend.apps.diagnosis.selectors.weights import weights_for
from backend.apps.diagnosis.services.sealed_blobs import (
    blob_delete,
    blob_readable_by,
    blob_register,
    too_large,
    upload_allowed,
)
from backend.apps.link.http import Request, Send, send_json
from backend.apps.link.threads import in_thread
from backend.apps.link.transfer import PIECE_BYTES, send_file


async def receive(node: Node, request: Request, send: Send, task: UUID) -> None:
    """Keep the body for the node that the query names. What breaks off leaves nothing behind."""
    sender, reader, limit = await in_thread(
        upload_allowed, node_id=node.id, task_id=task, reader=request.query.get("reader", "")
    )
    blob_id = uuid4()
    with store.writing(blob_id) as writer:
        waiting: list[bytes] = []
        async for chunk in request.chunks():
            waiting.append(chunk)
            arrived = sum(map(len, waiting))
            if writer.size_bytes + arrived > limit:
                raise too_large(limit)
            if arrived >= PIECE_BYTES:
                await in_thread(writer.write, b"".join(waiting))
                waiting.clear()
        await in_thread(writer.write, b"".join(waiting))
        written = await in_thread(writer.done)
        blob = await in_thread(
            blob_register, blob_id=blob_id, written=written, node=reader, service=sender.service, diagnosis=None,
            task=sender, now=timezone.now(),
        )  # fmt: skip
    await send_json(send, 200, {"blob": str(blob.id), "sha256": blob.sha256, "size_bytes": blob.size_bytes})


async def deliver(node: Node, request: Request, send: Send, blob: UUID) -> None:
    """Send sealed content to the node that it is for."""
    found = await in_thread(blob_readable_by, node_id=node.id, blob_id=blob)
    await send_file(request, send, store.path_of(found.id), size_bytes=found.size_bytes, etag=found.sha256)


async def delete(node: Node, request: Request, send: Send, blob: UUID) -> None:
    """Hear that sealed content has been read."""
    await in_thread(blob_delete, node_id=node.id, blob_id=blob, now=timezone.now())
    await send_json(send, 200, {})


async def weights(node: Node, request: Request, send: Send, version: UUID) -> None:
    """Send the owner the weights of a model version that it is asked to prepare or to share."""
    artifact = await in_thread(weights_for, node, version_id=version)
    await send_file(
        request, send, artifacts.path_of(artifact.sha256), size_bytes=artifact.size_bytes, etag=artifact.sha256
    )
