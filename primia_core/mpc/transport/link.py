"""How one party talks to its peers: the interface that parties are driven over, whatever carries the bytes.

It does not know what is computed. ``channel.py`` implements it over any pipe (TCP, TLS, memory); ``shaped.py`` wraps
it with latency and a bandwidth limit.
"""

from abc import ABC, abstractmethod
from asyncio import Future
from collections.abc import Collection

from primia_core.mpc.steps import Buffer


class Link(ABC):
    """One party's connections to its peers. ``send`` and ``receive`` start at once; what they return can be awaited.

    Attributes:
        me: number of this party.
        peers: numbers of the others.
    """

    me: int
    peers: Collection[int]

    @abstractmethod
    def begin(self, session: bytes) -> None:
        """Bind what follows to a session; parties that disagree about it fail at the first message."""

    @abstractmethod
    def send(self, peer: int, buffer: Buffer) -> "Future[None]":
        """Start to send one message.

        Returns:
            Done when the buffer may be changed again. The message is on its way then, not necessarily there.
        Raises:
            SessionError: no session has begun, or there is no such peer.
        """

    @abstractmethod
    def receive(self, peer: int, nbytes: int) -> "Future[memoryview]":
        """Start to await the next message of ``peer``, exactly ``nbytes`` long.

        Returns:
            The message, in a buffer of its own that nobody else writes to. The future fails with
            PeerGarbage (another message, or none of this protocol), SessionError (the peer is in another session),
            PeerFailed (the peer has given up, with its reason) or PeerLost (the connection has ended).
        Raises:
            SessionError: no session has begun, there is no such peer, or one of its messages is awaited already.
        """

    @abstractmethod
    def arrived(self, peer: int) -> int:
        """Return how many bytes of the awaited message of ``peer`` are here; 0 where none is awaited."""

    @abstractmethod
    async def abort(self, reason: str) -> None:
        """Tell every peer that this party gives up, and why, as far as they still listen; then close. Never raises.

        Security: the reason leaves this party; it must not depend on a secret.
        """

    @abstractmethod
    async def close(self) -> None:
        """End all connections. Closing twice changes nothing."""
