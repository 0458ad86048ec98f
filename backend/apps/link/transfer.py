"""Blobs over the link: received and sent piece by piece, resumable, never whole in memory."""

import re
from pathlib import Path
from typing import BinaryIO

from django.utils import timezone

from backend.apps.artifacts import store
from backend.apps.artifacts.errors import RangeNotHeld, TooLarge, WrongOffset
from backend.apps.artifacts.models import Artifact
from backend.apps.artifacts.selectors import artifact_readable_by, upload_of
from backend.apps.artifacts.services import artifact_complete
from backend.apps.federations.models import Site
from backend.apps.link.http import Disconnected, Request, Send, send_head, send_json
from backend.apps.link.threads import in_thread
from backend.common.errors import InvalidInput

PIECE_BYTES = 2**20
RANGE = re.compile(r"^bytes=(\d+)-(\d*)$")


async def receive(site: Site, request: Request, send: Send, sha256: str) -> None:
    """Append the body to a declared upload at ``offset``; name the blob once it is whole.

    A connection that breaks leaves what has arrived, so that the next one goes on from there.
    """
    artifact = await in_thread(upload_of, site, sha256)
    offset = _offset(request)
    if artifact.state == Artifact.State.UPLOADING:
        with store.open_part(artifact.id) as part:
            held = await _append(part, offset, artifact, request)
            if held == artifact.size_bytes:
                await in_thread(_complete, artifact)
    else:
        held = artifact.size_bytes
        async for _ in request.chunks():  # a repeated last piece, whose answer was lost
            continue
    await send_json(send, 200, {"offset": held})


async def deliver(site: Site, request: Request, send: Send, sha256: str) -> None:
    """Send a blob, or the rest of it from the asked byte on."""
    artifact = await in_thread(artifact_readable_by, site, sha256)
    await send_file(request, send, store.path_of(sha256), size_bytes=artifact.size_bytes, etag=sha256)


async def send_file(request: Request, send: Send, path: Path, *, size_bytes: int, etag: str) -> None:
    """Send a file, or the one range of it that the request asks for."""
    start, stop = _range(request, size_bytes)
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Length": str(stop - start),
        "Accept-Ranges": "bytes",
        "ETag": f'"{etag}"',
    }
    partial = "range" in request.headers
    if partial:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size_bytes}"
    with path.open("rb") as file:
        file.seek(start)
        await send_head(send, 206 if partial else 200, headers)
        while start < stop:
            piece = await in_thread(file.read, min(PIECE_BYTES, stop - start))
            start += len(piece)
            if not piece:
                return  # the file was cut short behind our back; the length tells the client
            await send({"type": "http.response.body", "body": piece, "more_body": start < stop})


async def _append(part: BinaryIO, offset: int, artifact: Artifact, request: Request) -> int:
    held = store.held_bytes(artifact.id)
    if offset != held:
        raise WrongOffset(held)
    pieces, waiting = [], 0
    try:
        async for chunk in request.chunks():
            pieces.append(chunk)
            waiting += len(chunk)
            if held + waiting > artifact.size_bytes:
                raise TooLarge(f"more than the declared {artifact.size_bytes} bytes arrived")
            if waiting >= PIECE_BYTES:
                await in_thread(part.write, b"".join(pieces))
                held, waiting, pieces = held + waiting, 0, []
    except Disconnected:
        await in_thread(part.write, b"".join(pieces))
        raise
    await in_thread(part.write, b"".join(pieces))
    return held + waiting


def _complete(artifact: Artifact) -> None:
    store.settle_part(artifact.id, sha256=artifact.sha256)
    artifact_complete(artifact_id=artifact.id, now=timezone.now())


def _offset(request: Request) -> int:
    given = request.query.get("offset", "0")
    if not given.isascii() or not given.isdigit() or len(given) > 15:
        raise InvalidInput("offset is not a number of bytes", fields={"offset": ["Give a whole number of bytes."]})
    return int(given)


def _range(request: Request, size_bytes: int) -> tuple[int, int]:
    given = request.headers.get("range")
    if given is None:
        return 0, size_bytes
    match = RANGE.match(given)
    start = int(match[1]) if match else size_bytes
    stop = min(int(match[2]) + 1, size_bytes) if match and match[2] else size_bytes
    if start >= stop:
        raise RangeNotHeld(f"the blob has {size_bytes} bytes; ask for bytes=<first>-")
    return start, stop
