"""How parties find each other: of any two, the lower number listens and the higher one dials, until all are there.

A stranger who knocks, with garbage or with a wrong certificate, is turned away and ends nobody's run: the listener goes
on waiting for its peer, and says at the end of its patience whom it has turned away and why.
"""

import asyncio
import os
import socket
import ssl
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from primia_core.mpc.errors import MpcError, PeerLost, PeerStalled, SessionError
from primia_core.mpc.transport.channel import Channel, ChannelLink
from primia_core.mpc.transport.frames import Kind
from primia_core.mpc.transport.tcp import SocketPipe, TlsPipe, prepare
from primia_core.mpc.transport.tls import Pinned, Plain, Security

Address = tuple[str, int]

STRANGER_S = 5.0
"""How long one who knocks may take to show who it is."""

MAX_KNOCKS = 32
"""How many may do so at a time; the others wait in the kernel."""

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.02, 0.5
_UNKNOWN = -1


async def connect_mesh(
    me: int,
    addresses: Mapping[int, Address],
    security: Security,
    *,
    within_s: float = 30.0,
    listener: socket.socket | None = None,
) -> ChannelLink:
    """Connect a party to all its peers.

    Args:
        me: number of this party.
        addresses: host and port of each party, this one included; nobody dials the highest number.
        security: certificates, or ``Plain()`` where every address is a loopback one.
        within_s: how long to wait for the peers to be up.
        listener: a bound socket to listen at instead of ``addresses[me]``.
    Returns:
        A link over which every peer has said its number and heard this party's.
    Raises:
        PeerLost: a peer did not come, could not be reached, showed a wrong certificate or refuses this party's.
        PeerGarbage: what answers at an address is not this program.
        PeerStalled: what answers at an address says nothing.
        SessionError: the parties disagree about their numbers, or plain TCP would leave this machine.
    Security: a stranger who reaches the port learns this party's certificate, and cannot end a run. Many strangers can
        delay the meeting, MAX_KNOCKS of them by STRANGER_S; the port should be open to the peers only.
    """
    meeting = _Meeting(me, len(addresses), security, asyncio.get_running_loop().time() + within_s, within_s)
    calls = [asyncio.ensure_future(meeting.dial(peer, addresses[peer])) for peer in sorted(addresses) if peer < me]
    if callers := {peer for peer in addresses if peer > me}:
        calls.append(asyncio.ensure_future(meeting.listen(callers, addresses[me], listener)))
    try:
        await asyncio.gather(*calls)
    except BaseException:
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        for channel in meeting.channels.values():
            channel.close()
        raise
    return ChannelLink(me, meeting.channels)


@dataclass
class _Meeting:
    """One party's way to its peers."""

    me: int
    parties: int
    security: Security
    deadline: float
    within_s: float
    channels: dict[int, Channel] = field(default_factory=dict)
    turned_away: deque[str] = field(default_factory=lambda: deque(maxlen=3))

    async def dial(self, peer: int, address: Address) -> None:
        """Call a peer until it answers."""
        where = f"party {peer} at {address[0]}:{address[1]}"
        pause, failure, connected, attempt = _FIRST_PAUSE_S, "nothing was tried", False, 0
        context = self.security.dialling(peer) if isinstance(self.security, Pinned) else None
        try:
            async with asyncio.timeout_at(self.deadline):
                while True:
                    try:
                        sock = await self._reach(address, attempt)
                        connected = True
                        await self._greet(sock, context, {peer}, listening=False)
                        return
                    except OSError as error:
                        failure, connected = _cause(error), False
                    await asyncio.sleep(pause)
                    attempt += 1
                    pause = min(2 * pause, _LONGEST_PAUSE_S)
        except TimeoutError as error:
            if connected:
                raise PeerStalled(
                    f"{where} accepts calls and says nothing for {self.within_s:g} s; see its log"
                ) from error
            raise PeerLost(
                f"{where} cannot be reached within {self.within_s:g} s ({failure}); start it, or correct its address"
            ) from error
        except MpcError as error:
            raise type(error)(f"{where}: {error}") from error

    async def listen(self, callers: set[int], address: Address, listener: socket.socket | None) -> None:
        """Wait for the calls of peers, whatever else knocks meanwhile."""
        context = self.security.listening(callers) if isinstance(self.security, Pinned) else None
        door = listener if listener is not None else await self._bind(address)
        knocks: set[asyncio.Task[None]] = set()
        all_here = asyncio.get_running_loop().create_future()
        accepting = asyncio.ensure_future(self._accept(door, context, callers, knocks, all_here))
        try:
            async with asyncio.timeout_at(self.deadline):
                await asyncio.wait([accepting, all_here], return_when=asyncio.FIRST_COMPLETED)
            if accepting.done():
                accepting.result()
        except TimeoutError as error:
            missing = sorted(callers - set(self.channels))
            strangers = f"; turned away: {', '.join(self.turned_away)}" if self.turned_away else ""
            raise PeerLost(f"party {missing} did not come within {self.within_s:g} s{strangers}; start it") from error
        except OSError as error:
            raise PeerLost(f"party {self.me} cannot take calls any more ({_cause(error)}); start it again") from error
        finally:
            for task in (accepting, *knocks):
                task.cancel()
            await asyncio.gather(accepting, *knocks, return_exceptions=True)
            door.close()

    async def _accept(
        self,
        door: socket.socket,
        context: ssl.SSLContext | None,
        callers: set[int],
        knocks: "set[asyncio.Task[None]]",
        all_here: "asyncio.Future[None]",
    ) -> None:
        prepare(door)
        if context is None:
            Plain.check(door.getsockname()[0])
        door.listen(16)
        while True:
            sock, where = await asyncio.get_running_loop().sock_accept(door)
            knock = asyncio.ensure_future(self._admit(sock, str(where[0]), context, callers, all_here))
            knocks.add(knock)
            knock.add_done_callback(knocks.discard)
            if len(knocks) >= MAX_KNOCKS:
                await asyncio.wait(knocks, return_when=asyncio.FIRST_COMPLETED)

    async def _admit(
        self,
        sock: socket.socket,
        where: str,
        context: ssl.SSLContext | None,
        callers: set[int],
        all_here: "asyncio.Future[None]",
    ) -> None:
        try:
            async with asyncio.timeout(STRANGER_S):
                await self._greet(sock, context, callers, listening=True)
        except TimeoutError:
            self.turned_away.append(f"{where} (said nothing for {STRANGER_S:g} s)")
            return
        except (OSError, MpcError) as error:
            self.turned_away.append(f"{where} ({error})")
            return
        if callers <= set(self.channels) and not all_here.done():
            all_here.set_result(None)

    async def _reach(self, address: Address, attempt: int) -> socket.socket:
        """Return a connected socket, by another of the host's addresses each time."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(*address, type=socket.SOCK_STREAM)
        family, kind, protocol, _, where = found[attempt % len(found)]
        if isinstance(self.security, Plain):
            Plain.check(str(where[0]))
        sock = socket.socket(family, kind, protocol)
        try:
            prepare(sock)
            await loop.sock_connect(sock, where)
        except BaseException:
            sock.close()
            raise
        return sock

    async def _bind(self, address: Address) -> socket.socket:
        """Return a bound socket."""
        found = await asyncio.get_running_loop().getaddrinfo(*address, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, where = found[0]
        door = socket.socket(family, kind, protocol)
        try:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(where)
        except OSError as error:
            door.close()
            raise SessionError(
                f"party {self.me} cannot listen at {address[0]}:{address[1]} ({error.strerror}); choose another port"
            ) from error
        return door

    async def _greet(
        self, sock: socket.socket, context: ssl.SSLContext | None, expected: set[int], *, listening: bool
    ) -> None:
        """Shake hands, exchange numbers, the caller first, and keep the channel."""
        prepare(sock)
        shown: int | None = None
        pipe: SocketPipe
        if context is not None and isinstance(self.security, Pinned):
            pipe = secured = TlsPipe(sock, context, listening=listening)
            try:
                await secured.shake_hands()
                shown = self.security.peer_of(secured.certificate, expected)
            except BaseException:
                secured.close()
                raise
        else:
            pipe = SocketPipe(sock)
        believed = shown if shown is not None else (_UNKNOWN if listening else next(iter(expected)))
        channel = Channel(believed, pipe)
        mine = bytes([self.me, self.parties])
        try:
            if not listening:
                await channel.send(mine, Kind.HELLO)
            number, parties = await channel.receive(2, Kind.HELLO)
            self._check_hello(number, parties, expected, believed)
            if listening:  # only who is welcome hears so
                await channel.send(mine, Kind.HELLO)
        except BaseException as error:
            if isinstance(error, MpcError):
                await channel.abort(f"{error.code} while meeting")
            channel.close()
            raise
        channel.peer = number
        self.channels[number] = channel

    def _check_hello(self, number: int, parties: int, expected: set[int], believed: int) -> None:
        if parties != self.parties:
            raise SessionError(
                f"party {number} meets {parties} parties, this one {self.parties}; give all the same list"
            )
        if number in self.channels:
            raise SessionError(f"party {number} is here already; start each party once")
        if number not in expected or believed not in (number, _UNKNOWN):
            raise SessionError(
                f"the caller says that it is party {number}; expected is one of {sorted(expected)}, "
                f"by its certificate {believed}; correct the numbers"
            )


def _cause(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error) or type(error).__name__
