"""Pipes over TCP, plain or with TLS 1.3: non-blocking sockets under the event loop, without asyncio's transports.

Plain bytes go from the kernel into the message's own buffer; TLS decrypts into it, and encrypts from the sender's. What
is there already is read at once: asyncio's transports would take two turns of the loop for it, and more copies.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable

from primia_core.mpc.errors import PeerGarbage, PeerLost
from primia_core.mpc.transport.tls import ADVICE

SOCKET_BUFFER_BYTES = 4 << 20
"""Asked of the kernel each way: a whole message of three megabytes waits there while its receiver computes."""

RECORD_BYTES = 16384
"""The most that a TLS record carries."""

_CORK: int | None = getattr(socket, "TCP_CORK", None)


def prepare(sock: socket.socket) -> None:
    """Set what must be set before a socket listens or dials."""
    sock.setblocking(False)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SOCKET_BUFFER_BYTES)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SOCKET_BUFFER_BYTES)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class SocketPipe:
    """A connected socket as a pipe, plain in itself."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket, self._number = sock, sock.fileno()
        self._loop = asyncio.get_running_loop()
        self._readable: Callable[[], None] | None = None
        self._writable: Callable[[], None] | None = None
        self._watching = False

    def read_into(self, space: memoryview) -> int | None:
        """Read what is there: how many bytes, 0 at the end, None where nothing has come yet."""
        try:
            return self._socket.recv_into(space)
        except (BlockingIOError, ssl.SSLWantReadError):
            return None
        except OSError as error:
            raise broken(error) from error

    def write(self, data: memoryview) -> int:
        """Write what fits: how many bytes, 0 where nothing fits at present."""
        try:
            return self._socket.send(data)
        except (BlockingIOError, ssl.SSLWantWriteError):
            return 0
        except OSError as error:
            raise broken(error) from error

    def flush(self) -> bool:
        """Return that nothing is held back: what was written is the kernel's."""
        return True

    def when_readable(self, call: Callable[[], None]) -> None:
        """Call when ``read_into`` has something to say."""
        self._readable = call
        if not self._watching:  # kept from message to message, so that a round does not pay for it
            self._watching = True
            self._loop.add_reader(self._number, self._on_readable)

    def when_writable(self, call: Callable[[], None]) -> None:
        """Call when ``write`` or ``flush`` may get further."""
        if self._writable is None:
            self._loop.add_writer(self._number, self._on_writable)
        self._writable = call

    def end_writing(self) -> None:
        """Say that nothing more will be written; reading goes on."""
        try:
            socket.socket.shutdown(self._socket, socket.SHUT_WR)  # an SSLSocket's own would forget its keys
        except OSError as error:
            raise broken(error) from error

    def close(self) -> None:
        """End the connection."""
        if self._socket.fileno() < 0:
            return
        self._loop.remove_reader(self._number)
        self._loop.remove_writer(self._number)
        self._readable = self._writable = None
        self._socket.close()

    def _on_readable(self) -> None:
        call, self._readable = self._readable, None
        if call is None:
            self._watching = False
            self._loop.remove_reader(self._number)
        else:
            call()

    def _on_writable(self) -> None:
        call, self._writable = self._writable, None
        self._loop.remove_writer(self._number)
        if call is not None:
            call()


class TlsPipe(SocketPipe):
    """A connected socket with TLS as a pipe.

    OpenSSL reads and writes the socket itself, a record a call. Records of one message are corked where the system can:
    the kernel then sends them as few large packets and wakes the other side as often as that.
    """

    def __init__(self, sock: socket.socket, context: ssl.SSLContext, *, listening: bool) -> None:
        self._secured = context.wrap_socket(sock, server_side=listening, do_handshake_on_connect=False)
        super().__init__(self._secured)
        self._corked = False

    @property
    def certificate(self) -> bytes | None:
        """Return the certificate that the other side has shown, in DER form."""
        return self._secured.getpeercert(binary_form=True)

    async def shake_hands(self) -> None:
        """Agree on keys.

        Raises:
            PeerLost: the other side's certificate is not the pinned one, or it refuses ours.
            PeerGarbage: what answers speaks no TLS 1.3.
            OSError: the connection ended meanwhile.
        """
        try:
            while True:
                try:
                    return self._secured.do_handshake()
                except ssl.SSLWantReadError:
                    await _ready(self._secured, reading=True)
                except ssl.SSLWantWriteError:
                    await _ready(self._secured, reading=False)
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
            raise ConnectionResetError("the connection ended in the middle of the handshake") from error
        except ssl.SSLError as error:
            await _hang_up(self._secured)  # so that the alert arrives, which says what was wrong
            raise broken(error) from error

    def write(self, data: memoryview) -> int:
        """Encrypt and write what fits: how many bytes, 0 where nothing fits at present."""
        if len(data) > RECORD_BYTES:
            self._cork(True)
        return super().write(data)

    def flush(self) -> bool:
        """Let the kernel send what it has held back."""
        self._cork(False)
        return True

    def _cork(self, held: bool) -> None:
        if self._corked != held and _CORK is not None:
            self._corked = held
            try:
                self._secured.setsockopt(socket.IPPROTO_TCP, _CORK, held)
            except OSError as error:
                raise broken(error) from error


async def _hang_up(sock: socket.socket, grace_s: float = 1.0) -> None:
    """Close a connection so that what was last sent still arrives: end writing, read to the end, for a moment only."""
    try:
        socket.socket.shutdown(sock, socket.SHUT_WR)  # an SSLSocket's own would forget its keys
        async with asyncio.timeout(grace_s):
            while True:
                await _ready(sock, reading=True)
                if not socket.socket.recv(sock, 65536):
                    return
    except (OSError, TimeoutError):
        return
    finally:
        sock.close()


def broken(error: OSError) -> PeerLost | PeerGarbage:
    """Return what an error of a socket means for a run."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return PeerLost(f"the other side's certificate is not the pinned one ({error.verify_message}); {ADVICE}")
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        reason = error.reason or "no reason"
        if "ALERT" in reason:
            return PeerLost(f"the other side refuses this party's certificate or TLS ({reason}); {ADVICE}")
        return PeerGarbage(f"what came is no TLS 1.3 of this connection ({reason}); see who listens at that address")
    return PeerLost(f"the connection broke ({error.strerror or type(error).__name__}); see why the other process ended")


async def _ready(sock: socket.socket, *, reading: bool) -> None:
    """Wait until a socket can be read or written."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    number = sock.fileno()
    watch, forget = (loop.add_reader, loop.remove_reader) if reading else (loop.add_writer, loop.remove_writer)

    def wake() -> None:
        if not ready.done():
            ready.set_result(None)

    watch(number, wake)
    try:
        await ready
    finally:
        forget(number)
