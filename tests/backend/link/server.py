"""A web server in a thread of this process, with the link in front of nothing."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn

from backend.apps.link.asgi import Link


async def _nothing(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"not the link"})


@contextmanager
def link_server() -> Iterator[str]:
    """Serve the link; give the address of its root."""
    config = uvicorn.Config(Link(_nothing), port=0, lifespan="off", log_level="warning", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    started = threading.Event()
    while not server.started and thread.is_alive():
        started.wait(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/api/v1/link/"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def client(address: str, credential: str) -> httpx.Client:
    """Return a client that speaks as a site."""
    return httpx.Client(base_url=address, headers={"Authorization": f"Site {credential}"}, timeout=30)
