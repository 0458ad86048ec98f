"""Drives one half of a delivery over a connection, in bounded time. Knows no stock and no certificate."""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

from primia_core.mpc.delivery.messages import Frames, Heard, Talk
from primia_core.mpc.errors import PeerLost, PeerStalled

READ_BYTES = 1 << 20
T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """How long a delivery waits, in seconds.

    Attributes:
        connect_s: until both sides have shown their certificates.
        silence_s: while nothing moves; long enough to verify a file of gigabytes.
        whole_s: for one call.
    """

    connect_s: float = 10.0
    silence_s: float = 30.0
    whole_s: float = 1800.0


async def converse(
    talk: Talk[T], reader: asyncio.StreamReader, writer: asyncio.StreamWriter, patience: Patience, peer: str
) -> T:
    """Speak and listen until this half is done.

    Args:
        peer: what the other side is called in errors.
    Raises:
        PeerLost: the connection ended before that.
        PeerStalled: nothing moved for ``silence_s``, or the whole took longer than ``whole_s``.
        MpcError: whatever this half raises.
    """
    frames, heard = Frames(), deque[Heard]()
    try:
        async with asyncio.timeout(patience.whole_s):
            speaking = next(talk)
            while True:
                if speaking is not None:
                    writer.write(speaking)
                    await _moving(writer.drain(), patience, peer)
                    speaking = talk.send(None)
                    continue
                while not heard:
                    heard.extend(frames.feed(await _read(reader, patience, peer)))
                speaking = talk.send(heard.popleft())
    except StopIteration as end:
        result: T = end.value
        return result
    except TimeoutError:
        raise PeerStalled(f"the delivery with {peer} took longer than {patience.whole_s:.0f} s; try again") from None
    finally:
        talk.close()


@asynccontextmanager
async def closing(writer: asyncio.StreamWriter, grace_s: float = 2.0) -> AsyncIterator[None]:
    """Close a connection in the end: so that what was said last still arrives, or at once when something went wrong."""
    try:
        yield
        writer.close()
        with suppress(OSError, TimeoutError):
            await asyncio.wait_for(writer.wait_closed(), grace_s)
    finally:
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()


def lost(peer: str, error: OSError) -> PeerLost:
    """Return what an error of a connection means for a delivery."""
    if isinstance(error, ssl.SSLError):
        reason = (error.reason or type(error).__name__).replace("_", " ").lower()
        return PeerLost(
            f"{peer} and this side do not accept each other's certificates ({reason}); "
            "compare fingerprints by telephone and pin the right certificate"
        )
    return PeerLost(f"the connection with {peer} ended ({type(error).__name__}); try again")


async def _read(reader: asyncio.StreamReader, patience: Patience, peer: str) -> bytes:
    data = await _moving(reader.read(READ_BYTES), patience, peer)
    if not data:
        raise PeerLost(f"{peer} ended the connection in the middle of a delivery; try again")
    return data


async def _moving(step: Awaitable[T], patience: Patience, peer: str) -> T:
    try:
        async with asyncio.timeout(patience.silence_s):
            return await step
    except TimeoutError:
        raise PeerStalled(f"nothing moved between {peer} and this side for {patience.silence_s:.0f} s") from None
    except OSError as error:
        raise lost(peer, error) from error
