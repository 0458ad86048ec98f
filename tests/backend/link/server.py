"""A web server in a thread of this process, with the link in front of nothing."""

import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import contextmanager

import httpx
import uvicorn
from django.db import connections

from backend.apps.link.asgi import Link
from backend.apps.link.threads import THREADS, _threads

STOP_WITHIN_S = 10
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients over plain HTTP: to read the usual ones takes each client longer than some tests."""


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
        thread.join(STOP_WITHIN_S)
        _close_connections()


def _close_connections() -> None:
    """Let each of the link's threads close its connection: the test's database is about to be emptied, or to go."""
    all_here = threading.Barrier(THREADS)  # or one thread would close for two

    def close() -> None:
        all_here.wait(STOP_WITHIN_S)
        connections.close_all()

    for each in wait([_threads.submit(close) for _ in range(THREADS)]).done:
        each.result()


def client(address: str, credential: str) -> httpx.Client:
    """Return a client that speaks as a site."""
    headers = {"Authorization": f"Site {credential}"}
    return httpx.Client(base_url=address, headers=headers, timeout=30, verify=NO_CERTIFICATES)
