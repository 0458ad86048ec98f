"""A channel: frames to and from one peer over a pipe, and the link that a party's channels make.

Both directions go on at once, so two parties that send three megabytes to each other wait for nobody. A message is
read into its own buffer and written from the sender's. What is there already is read without a turn of the event loop.
"""

import asyncio
from asyncio import Future
from collections import deque
from collections.abc import Collection, Mapping
from contextlib import suppress

from primia_core.mpc.errors import MpcError, PeerFailed, PeerLost, SessionError
from primia_core.mpc.steps import Buffer
from primia_core.mpc.transport.frames import Direction, Incoming, Kind, reason_bytes
from primia_core.mpc.transport.link import Link
from primia_core.mpc.transport.pipe import Pipe

JOINED_BYTES = 16384 - 32
"""Up to here, header and payload leave in one piece, one record of TLS: the copy costs less than another call."""

GRACE_S = 1.0
"""How long a party that gives up tries to get its reason through to one that does not read."""


class Channel:
    """Frames to and from one peer.

    Attributes:
        peer: its number.
    """

    def __init__(self, peer: int, pipe: Pipe) -> None:
        self.peer, self._pipe = peer, pipe
        self._loop = asyncio.get_running_loop()
        self._outward, self._inward = Direction(), Direction()
        self._queue: deque[tuple[memoryview, Future[None] | None]] = deque()
        self._incoming: Incoming | None = None
        self._receiving: Future[memoryview] | None = None
        self._closed = False

    def begin(self, session: bytes) -> None:
        """Bind the frames that follow to a session."""
        self._outward.begin(session)
        self._inward.begin(session)

    @property
    def arrived(self) -> int:
        """Return how many payload bytes of the awaited frame are here."""
        return self._incoming.arrived if self._incoming else 0

    def send(self, payload: Buffer, kind: Kind = Kind.DATA) -> "Future[None]":
        """Queue a frame and write what fits at once; done when all of it was written."""
        whole = memoryview(payload)
        body = whole.cast("B") if whole.nbytes else memoryview(b"")  # a view with a zero in its shape cannot be cast
        done: Future[None] = self._loop.create_future()
        if self._closed:
            done.set_exception(PeerLost(f"the connection to party {self.peer} is closed; start a new run"))
            return done
        header = self._outward.header(kind, body.nbytes)
        idle = not self._queue
        if body.nbytes <= JOINED_BYTES:
            self._queue.append((memoryview(header + body), done))
        else:
            self._queue.append((memoryview(header + body[:JOINED_BYTES]), None))
            self._queue.append((body[JOINED_BYTES:], done))
        if idle:
            self._write()
        return done

    def receive(self, nbytes: int, kind: Kind = Kind.DATA) -> "Future[memoryview]":
        """Await the next frame, reading what is there at once."""
        if self._receiving is not None:
            raise SessionError(f"a message of party {self.peer} is awaited already; await one after another")
        done: Future[memoryview] = self._loop.create_future()
        if self._closed:
            done.set_exception(PeerLost(f"the connection to party {self.peer} is closed; start a new run"))
            return done
        self._incoming, self._receiving = Incoming(self._inward, self.peer, nbytes, kind), done
        self._read()
        return done

    async def abort(self, reason: str) -> None:
        """Send the reason behind what is being sent, wait until the peer has hung up or the grace is over, close."""
        if self._closed:
            return
        try:
            async with asyncio.timeout(GRACE_S):
                self._forget_receiving()
                await self.send(reason_bytes(reason), Kind.ABORT)
                self._pipe.end_writing()
                await self._drain()
        except (MpcError, TimeoutError):
            return  # whoever does not listen any more will find the connection ended
        finally:
            self.close()

    def close(self) -> None:
        """End the connection; whoever still waits for it is cancelled."""
        if self._closed:
            return
        self._closed = True
        self._pipe.close()
        self._forget_receiving()
        while self._queue:
            _, done = self._queue.popleft()
            if done is not None:
                done.cancel()

    def _write(self) -> None:
        try:
            while self._queue:
                data, done = self._queue[0]
                while data.nbytes and (written := self._pipe.write(data)):
                    data = data[written:]
                if data.nbytes or not self._pipe.flush():
                    self._queue[0] = (data, done)
                    self._pipe.when_writable(self._write)
                    return
                self._queue.popleft()
                if done is not None and not done.done():
                    done.set_result(None)
        except MpcError as error:
            self._fail_sending(error)

    def _fail_sending(self, error: MpcError) -> None:
        """A peer that gave up has said why before it hung up: look for that where nobody awaits it."""
        cause = error if self._receiving is not None else (self._last_words() or error)
        while self._queue:
            _, done = self._queue.popleft()
            if done is not None and not done.done():
                done.set_exception(cause)

    def _last_words(self) -> PeerFailed | None:
        incoming = Incoming(self._inward, self.peer, 0)
        try:
            while not incoming.complete and (count := self._pipe.read_into(incoming.space())):
                incoming.fill(count)
        except PeerFailed as error:
            return error
        except MpcError:
            return None
        return None

    def _read(self) -> None:
        incoming, done = self._incoming, self._receiving
        if incoming is None or done is None:
            return
        try:
            while not incoming.complete:
                count = self._pipe.read_into(incoming.space())
                if count is None:
                    self._pipe.when_readable(self._read)
                    return
                if count == 0:
                    raise self._ended(incoming)
                incoming.fill(count)
        except MpcError as error:
            self._incoming = self._receiving = None
            if not done.done():
                done.set_exception(error)
            return
        self._incoming = self._receiving = None
        if not done.done():
            done.set_result(incoming.payload())

    def _ended(self, incoming: Incoming) -> PeerLost:
        where = f"in the middle of a message, after {incoming.arrived} bytes" if incoming.begun else "between messages"
        return PeerLost(f"party {self.peer} has hung up {where}; see why its process ended")

    def _forget_receiving(self) -> None:
        if self._receiving is not None:
            self._receiving.cancel()
        self._incoming = self._receiving = None

    async def _drain(self) -> None:
        """Read to the end: a connection closed with unread bytes in it would take the reason back."""
        ended: Future[None] = self._loop.create_future()
        scrap = memoryview(bytearray(65536))

        def read() -> None:
            with suppress(MpcError):
                while count := self._pipe.read_into(scrap):
                    pass
                if count is None:
                    self._pipe.when_readable(read)
                    return
            if not ended.done():
                ended.set_result(None)

        read()
        await ended


class ChannelLink(Link):
    """The channels of one party, by peer."""

    def __init__(self, me: int, channels: Mapping[int, Channel]) -> None:
        self.me, self._channels = me, dict(channels)
        self.peers: Collection[int] = tuple(sorted(channels))
        self._begun = False

    def begin(self, session: bytes) -> None:
        """Bind what follows to a session, at every peer."""
        self._begun = True
        for channel in self._channels.values():
            channel.begin(session)

    def send(self, peer: int, buffer: Buffer) -> "Future[None]":
        """Start to send one message."""
        return self._channel(peer).send(buffer)

    def receive(self, peer: int, nbytes: int) -> "Future[memoryview]":
        """Start to await the next message of ``peer``."""
        return self._channel(peer).receive(nbytes)

    def arrived(self, peer: int) -> int:
        """Return how many bytes of the awaited message are here."""
        return self._channels[peer].arrived

    async def abort(self, reason: str) -> None:
        """Tell every peer why this party gives up, then close."""
        await asyncio.gather(*(channel.abort(reason) for channel in self._channels.values()))

    async def close(self) -> None:
        """End all connections."""
        for channel in self._channels.values():
            channel.close()

    def _channel(self, peer: int) -> Channel:
        if peer not in self._channels:
            raise SessionError(f"party {self.me} is connected to {list(self.peers)} and not to {peer}")
        if not self._begun:
            raise SessionError(f"party {self.me} has begun no session; call begin() with what the parties agreed on")
        return self._channels[peer]
