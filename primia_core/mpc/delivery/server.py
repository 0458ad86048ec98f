"""The dealer's door: who may call, one call of each party at a time. Whom it does not know gets nothing.

It listens for deliveries and for nothing else; no message of a computation could be understood here.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Collection

from primia_core.mpc.delivery.giving import Desk, give
from primia_core.mpc.delivery.talk import READ_BYTES, Patience, closing, converse
from primia_core.mpc.errors import MpcError
from primia_core.mpc.transport.tls import Certificate, Identity, Pinned, fingerprint

log = logging.getLogger(__name__)
MOST_CALLERS = 32
BACKLOG = 64
AGAIN_S = 0.2
"""Before a door that could not take a call tries again."""
Certificates = Callable[[], Collection[Certificate]]
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class DeliveryServer:
    """Gives sets to the parties that they are for.

    Args:
        desk: who is served where.
        identity: of the dealer.
        callers: the certificates of all parties that are served at present; asked again for every call.
        patience: with each call.
    Security: TLS 1.3 with a certificate at both ends, each known to the other beforehand; the certificate decides whose
        half is given. Strangers can hold MOST_CALLERS places for ``connect_s``; open the port to the parties only.
    """

    def __init__(
        self, desk: Desk, identity: Identity, callers: Certificates, *, patience: Patience | None = None
    ) -> None:
        self._desk, self._identity, self._callers = desk, identity, callers
        self._patience = patience or Patience()
        self._places = asyncio.Semaphore(MOST_CALLERS)
        self._at_the_desk: dict[str, asyncio.Task[None]] = {}

    async def serve(self, listener: socket.socket) -> None:
        """Answer calls until cancelled; whatever is being delivered then is void.

        Args:
            listener: bound; it is closed at the end.
        """
        listener.setblocking(False)
        listener.listen(BACKLOG)
        with listener:
            async with asyncio.TaskGroup() as calls:
                while True:
                    await self._places.acquire()
                    calls.create_task(self._attend(await _next_call(listener)))

    async def _attend(self, sock: socket.socket) -> None:
        """Answer one call; whatever goes wrong in it ends no other."""
        try:
            await self._answer(sock)
        except MpcError as error:
            log.warning("a delivery ended: %s: %s", error.code, error.message)
        except (OSError, TimeoutError) as error:  # strangers, and callers that left
            log.info("a call ended before it said anything (%s)", type(error).__name__)
        except Exception:
            log.exception("a delivery failed")
        finally:
            self._places.release()

    async def _answer(self, sock: socket.socket) -> None:
        known = {certificate.fingerprint: certificate for certificate in self._callers()}
        certificates = dict(enumerate(known.values()))
        if not certificates:
            sock.close()
            return
        pinned = Pinned(self._identity, certificates)
        reader, writer = await self._secured(sock, pinned.listening(certificates))
        async with closing(writer):
            shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
            pinned.peer_of(shown, certificates)
            await self._one_at_a_time(fingerprint(shown), reader, writer)

    async def _one_at_a_time(self, caller: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a caller; a call before, whose connection must be dead, ends first, and what it carried is void."""
        before = self._at_the_desk.get(caller)
        mine = asyncio.current_task()
        assert mine is not None
        self._at_the_desk[caller] = mine
        try:
            if before is not None:
                before.cancel()
                await asyncio.wait([before])
            name = f"the party {caller[:16]}"
            taken = await converse(give(self._desk, caller), reader, writer, self._patience, name)
            log.info("%s took %d sets", name, len(taken))
        finally:
            if self._at_the_desk.get(caller) is mine:
                del self._at_the_desk[caller]

    async def _secured(self, sock: socket.socket, context: ssl.SSLContext) -> Connection:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(READ_BYTES, loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        transport, _ = await loop.connect_accepted_socket(
            lambda: protocol, sock, ssl=context, ssl_handshake_timeout=self._patience.connect_s
        )
        return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


async def _next_call(listener: socket.socket) -> socket.socket:
    """Wait for a caller; one that is gone before it is met, or a want of file descriptors, does not shut the door."""
    while True:
        try:
            return (await asyncio.get_running_loop().sock_accept(listener))[0]
        except OSError as error:
            log.warning("a call could not be taken (%s); the door stays open", error)
            await asyncio.sleep(AGAIN_S)
