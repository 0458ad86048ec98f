"""Stream a file, whole or a part of it, under either kind of server. It does not know who may read it."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

CHUNK_BYTES = 2**20
RANGE = re.compile(r"bytes=(\d+)-(\d*)")


def file_response(request: HttpRequest, path: Path, *, size_bytes: int, filename: str, etag: str) -> HttpResponseBase:
    """Return the file, or the one range that the request asks for; what it asks in another form is answered whole.

    Django gathers a synchronous iterator in memory before an ASGI server sends it, and weights are large, so the
    server decides which iterator it gets.
    """
    wanted = RANGE.fullmatch(request.headers.get("Range", ""))
    start = int(wanted[1]) if wanted else 0
    stop = min(int(wanted[2]) + 1, size_bytes) if wanted and wanted[2] else size_bytes
    if wanted and not start < stop:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size_bytes}"})
    chunks = _chunks_async if isinstance(request, ASGIRequest) else _chunks
    response = StreamingHttpResponse(
        chunks(path, start, stop), status=206 if wanted else 200, content_type="application/octet-stream"
    )
    response["Content-Length"] = str(stop - start)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = f'"{etag}"'
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    if wanted:
        response["Content-Range"] = f"bytes {start}-{stop - 1}/{size_bytes}"
    return response


def _chunks(path: Path, start: int, stop: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while start < stop and (chunk := file.read(min(CHUNK_BYTES, stop - start))):
            start += len(chunk)
            yield chunk


async def _chunks_async(path: Path, start: int, stop: int) -> AsyncIterator[bytes]:
    pieces = _chunks(path, start, stop)
    read = sync_to_async(lambda: next(pieces, None), thread_sensitive=False)
    try:
        while (chunk := await read()) is not None:
            yield chunk
    finally:
        pieces.close()
