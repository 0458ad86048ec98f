"""One party as a process of its own, for tests that kill it: ``python -m tests.core.mpc.transport.party '<JSON>'``.

It prints how it ended as one line of JSON.
"""

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path

from primia_core.mpc.errors import MpcError
from primia_core.mpc.steps import Step
from primia_core.mpc.transport.counters import Counters
from primia_core.mpc.transport.drive import drive
from primia_core.mpc.transport.mesh import connect_mesh
from primia_core.mpc.transport.tls import Certificate, Pinned, load_identity


def party(me, parties, rounds, size, kill_at, stall_at):
    """Swap messages; die before the step ``kill_at``, say nothing more from ``stall_at`` on."""
    peers = [peer for peer in range(parties) if peer != me]
    total = 0
    for index in range(rounds):
        if index == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if index == stall_at:
            sys.stdin.read()  # until the test has seen what it waits for
        theirs = yield Step(f"{index}:swap", dict.fromkeys(peers, bytes([me + 1]) * size), dict.fromkeys(peers, size))
        total += sum(message[-1] for message in theirs.values())
    return total


async def run(task):
    """Meet the others and run."""
    folder, me = Path(task["folder"]), task["me"]
    certificates = {
        peer: Certificate.read(folder / f"party-{peer}.certificate.pem")
        for peer in range(task["parties"])
        if peer != me
    }
    addresses = {number: ("127.0.0.1", port) for number, port in enumerate(task["ports"])}
    listener = socket.socket(fileno=task["door"])
    security = Pinned(load_identity(f"party-{me}", folder), certificates)
    link = await connect_mesh(me, addresses, security, within_s=60, listener=listener)
    listener.close()
    link.begin(task["session"].encode())
    exchange = party(me, task["parties"], task["rounds"], task["size"], task.get("kill_at"), task.get("stall_at"))
    counters = Counters()
    try:
        result = await drive(exchange, link, counters, timeout_s=task["timeout_s"])
    finally:
        await link.close()
    return {"result": result, "rounds": counters.total.rounds, "bytes_sent": counters.total.bytes_sent}


def main():
    """Print how the run ended."""
    try:
        end = asyncio.run(run(json.loads(sys.argv[1])))
    except MpcError as error:
        end = {"error": error.code, "text": str(error)}
    print(json.dumps(end))


if __name__ == "__main__":
    main()
