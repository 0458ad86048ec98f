"""Parties on real sockets for tests: identities, free ports, and connected links."""

import asyncio
import socket
from contextlib import asynccontextmanager

from primia_core.mpc.transport.mesh import connect_mesh
from primia_core.mpc.transport.tls import Pinned, Plain, make_identity


def door():
    """Return a socket bound to a free port of this machine."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    return bound


def pinned(folder, parties):
    """Return the security of each party, with fresh identities."""
    identities = [make_identity(f"party-{number}", folder) for number in range(parties)]
    return [
        Pinned(mine, {peer: other.certificate for peer, other in enumerate(identities) if peer != me})
        for me, mine in enumerate(identities)
    ]


async def mesh(securities, *, within_s=10.0):
    """Return one link a party, or what kept it from one."""
    doors = [door() for _ in securities]
    addresses = {number: each.getsockname() for number, each in enumerate(doors)}
    try:
        return await asyncio.gather(
            *(
                connect_mesh(me, addresses, security, within_s=within_s, listener=doors[me])
                for me, security in enumerate(securities)
            ),
            return_exceptions=True,
        )
    finally:
        for each in doors:
            each.close()


@asynccontextmanager
async def links(folder, parties=2, *, tls=True, session=b"session"):
    """Connect parties over TCP and begin a session; close all in the end."""
    made = await mesh(pinned(folder, parties) if tls else [Plain()] * parties)
    for link in made:
        if isinstance(link, BaseException):
            raise link
        link.begin(session)
    try:
        yield made
    finally:
        for link in made:
            await link.close()
