"""What a pinned connection refuses, and that nobody on the way reads it: handshakes in memory, byte by byte."""

import ssl
from collections.abc import Callable

import pytest

from primia_core.mpc.transport.tls import Pinned, make_identity

SECRET = b"this party's share of a picture"


class End:
    """One end of a connection whose bytes the test carries."""

    def __init__(self, context: ssl.SSLContext, *, listening: bool) -> None:
        self.inward, self.outward = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.inward, self.outward, server_side=listening)

    def move(self, step: Callable[[], object]) -> bool:
        """Take a step; return whether it is done or waits for the other end."""
        try:
            step()
        except ssl.SSLWantReadError:
            return False
        return True


def shake_hands(server: End, client: End) -> bytes:
    """Carry bytes until both ends are content, and return all that went over the line."""
    line, done = b"", [False, False]
    for _ in range(10):
        for number, (mine, theirs) in enumerate(((client, server), (server, client))):
            done[number] = mine.move(mine.tls.do_handshake)
            moved = mine.outward.read()
            line += moved
            theirs.inward.write(moved)
        if all(done):
            return line
    raise AssertionError("the ends never agree")


@pytest.fixture
def pinned(tmp_path) -> tuple[Pinned, Pinned]:
    zero, one = (make_identity(f"party-{number}", tmp_path / str(number)) for number in (0, 1))
    return Pinned(zero, {1: one.certificate}), Pinned(one, {0: zero.certificate})


def test_nothing_that_is_said_can_be_read_on_the_line(pinned):
    server, client = End(pinned[0].listening([1]), listening=True), End(pinned[1].dialling(0), listening=False)
    line = shake_hands(server, client)
    client.tls.write(SECRET)
    sealed = client.outward.read()
    server.inward.write(sealed)
    assert server.tls.read() == SECRET
    assert SECRET not in line + sealed
    assert server.tls.version() == client.tls.version() == "TLSv1.3"


@pytest.mark.parametrize("old", ["listener", "caller"])
def test_an_older_tls_is_refused_at_either_end(pinned, old):
    contexts = [pinned[0].listening([1]), pinned[1].dialling(0)]
    context = contexts[0 if old == "listener" else 1]
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    server, client = End(contexts[0], listening=True), End(contexts[1], listening=False)
    with pytest.raises(ssl.SSLError, match=r"(?i)version|protocol"):
        shake_hands(server, client)


def test_a_caller_without_a_certificate_is_refused(pinned):
    stranger = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    stranger.check_hostname, stranger.verify_mode = False, ssl.CERT_NONE
    server, client = End(pinned[0].listening([1]), listening=True), End(stranger, listening=False)
    with pytest.raises(ssl.SSLError, match=r"(?i)peer did not return a certificate|certificate.required"):
        shake_hands(server, client)


def test_the_right_name_on_another_key_is_refused_by_either_end(pinned, tmp_path):
    other = make_identity("party-1", tmp_path / "elsewhere")
    for server, client in (
        (pinned[0].listening([1]), Pinned(other, pinned[1].certificates).dialling(0)),
        (
            Pinned(other, {1: pinned[0].identity.certificate}).listening([1]),
            Pinned(pinned[0].identity, {1: pinned[1].identity.certificate}).dialling(1),
        ),
    ):
        with pytest.raises(ssl.SSLError, match=r"(?i)certificate"):
            shake_hands(End(server, listening=True), End(client, listening=False))
