"""The dealer's door in a thread of its own, so that parties fetch sets while others are being dealt."""

import asyncio
import socket
from contextlib import suppress
from threading import Thread

from primia_core.mpc.delivery import DeliveryServer
from workers.dealer.errors import DoorTaken
from workers.node.place import Place

STOP_S = 10.0


class Door:
    """Open from the beginning; ``close`` voids whatever is being delivered.

    Raises:
        DoorTaken: something else listens there, or the address is not this machine's.
    """

    def __init__(self, server: DeliveryServer, place: Place) -> None:
        try:
            self._listener = socket.create_server(place, family=_family(place.host))
        except OSError as error:
            raise DoorTaken(
                f"cannot listen at {place.host}:{place.port} ({error.strerror}); change listen or address in node.toml"
            ) from error
        host, port = self._listener.getsockname()[:2]
        self.place = Place(host, port)
        self._server, self._loop = server, asyncio.new_event_loop()
        self._serving = self._loop.create_task(server.serve(self._listener))
        self._thread = Thread(target=self._run, name="dealer-door", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End all calls and stop listening."""
        self._loop.call_soon_threadsafe(self._serving.cancel)
        self._thread.join(STOP_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._serving)
        self._loop.close()


def _family(host: str) -> socket.AddressFamily:
    return socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][0]
