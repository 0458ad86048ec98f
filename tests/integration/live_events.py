"""A job's live events over real websockets that break, as those of a laptop on a train do."""

import json
from contextlib import suppress
from socket import SHUT_RDWR
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

LAST = ("job.succeeded", "job.failed", "job.cancelled")
FRAME_WITHIN_S = 60.0


def follow_with_losses(url: str, token: str, job: str, *, frames_a_socket: int) -> list[dict[str, Any]]:
    """Follow a job to its end over sockets that break after a few frames; return every frame that was looked at.

    A socket breaks without a farewell and with whatever was under way to it; the next one asks for what comes after
    the last frame that was looked at.
    """
    seen: list[dict[str, Any]] = []
    while not seen or seen[-1]["kind"] not in LAST:
        after = seen[-1]["seq"] if seen else 0
        address = f"{url.replace('http', 'ws', 1)}/ws/jobs/{job}?after={after}"
        headers = {"Authorization": f"Bearer {token}"}
        with connect(address, additional_headers=headers, proxy=None) as socket, suppress(ConnectionClosed):
            for _ in range(frames_a_socket):
                seen.append(json.loads(socket.recv(timeout=FRAME_WITHIN_S)))
                if seen[-1]["kind"] in LAST:
                    break
            socket.socket.shutdown(SHUT_RDWR)
    return seen
