"""Meeting over real sockets: who comes in, who is turned away, and what everybody is told within the bound."""

import asyncio

import pytest

from primia_core.mpc.errors import PeerFailed, PeerGarbage, PeerLost, PeerStalled, SessionError
from primia_core.mpc.transport import mesh as meeting
from primia_core.mpc.transport.mesh import connect_mesh
from primia_core.mpc.transport.tls import Pinned, Plain, make_identity
from tests.core.mpc.transport.places import door, links, mesh, pinned

SOON_S = 0.5


@pytest.mark.parametrize("tls", [True, False])
@pytest.mark.parametrize("parties", [2, 3])
async def test_all_parties_meet_and_talk(tmp_path, tls, parties):
    async with links(tmp_path, parties, tls=tls) as made:
        for link in made:
            assert list(link.peers) == [peer for peer in range(parties) if peer != link.me]
            for peer in link.peers:
                await link.send(peer, bytes([link.me, peer]))
        for link in made:
            for peer in link.peers:
                assert bytes(await link.receive(peer, 2)) == bytes([peer, link.me])


async def test_a_party_waits_for_one_that_is_late():
    late = door()
    addresses = {0: late.getsockname(), 1: ("127.0.0.1", 0)}
    early = asyncio.create_task(connect_mesh(1, addresses, Plain(), within_s=10))
    await asyncio.wait([early], timeout=0.05)  # refused: bound, and nobody listens
    assert not early.done()
    async with asyncio.timeout(10):
        first, second = await asyncio.gather(connect_mesh(0, addresses, Plain(), listener=late), early)
    await first.close()
    await second.close()


async def test_a_peer_that_is_not_there_is_lost():
    bound = door()
    addresses = {0: bound.getsockname(), 1: ("127.0.0.1", 0)}
    with pytest.raises(PeerLost, match=r"party 0 at 127\.0\.0\.1:\d+ cannot be reached within 0.1 s \(.*refused"):
        await connect_mesh(1, addresses, Plain(), within_s=0.1)
    with pytest.raises(PeerLost, match=r"party \[1\] did not come within 0.1 s"):
        await connect_mesh(0, addresses, Plain(), within_s=0.1, listener=bound)


async def test_a_wrong_certificate_ends_both_each_with_its_own_words(tmp_path):
    securities = pinned(tmp_path, 2)
    stranger = make_identity("stranger", tmp_path)
    listening = Pinned(stranger, securities[0].certificates)
    first, second = await mesh([listening, securities[1]], within_s=SOON_S)
    assert isinstance(first, PeerLost)
    assert "turned away: 127.0.0.1" in str(first)
    assert isinstance(second, PeerLost)
    assert "certificate is not the pinned one" in str(second)


async def test_a_certificate_that_is_not_pinned_ends_both_each_with_its_own_words(tmp_path):
    securities = pinned(tmp_path, 2)
    stranger = make_identity("stranger", tmp_path)
    dialling = Pinned(stranger, securities[1].certificates)
    first, second = await mesh([securities[0], dialling], within_s=SOON_S)
    assert isinstance(first, PeerLost)
    assert "certificate is not the pinned one" in str(first)
    assert isinstance(second, PeerLost)
    assert "refuses this party's certificate" in str(second)


async def test_a_party_may_not_come_under_the_number_of_another(tmp_path):
    securities = pinned(tmp_path, 3)
    bound = door()
    addresses = {0: bound.getsockname(), 1: ("127.0.0.1", 0), 2: ("127.0.0.1", 0)}
    one_as_two = Pinned(securities[1].identity, {0: securities[1].certificates[0]})
    caller = meeting._Meeting(2, 3, one_as_two, asyncio.get_running_loop().time() + 5, 5)
    listener = asyncio.create_task(connect_mesh(0, addresses, securities[0], within_s=SOON_S, listener=bound))
    ends = await asyncio.gather(listener, caller.dial(0, addresses[0]), return_exceptions=True)
    assert isinstance(ends[0], PeerLost)
    assert "says that it is party 2" in str(ends[0])
    assert isinstance(ends[1], PeerFailed)
    assert not caller.channels


async def test_nobody_comes_twice():
    bound = door()
    addresses = {0: bound.getsockname(), 1: ("127.0.0.1", 0), 2: ("127.0.0.1", 0)}
    listener = asyncio.create_task(connect_mesh(0, addresses, Plain(), within_s=SOON_S, listener=bound))
    callers = [meeting._Meeting(1, 3, Plain(), asyncio.get_running_loop().time() + 5, 5) for _ in range(2)]
    await callers[0].dial(0, addresses[0])
    with pytest.raises(PeerFailed, match="party 0 has given up"):
        await callers[1].dial(0, addresses[0])
    with pytest.raises(PeerLost, match=r"party \[2\] did not come.*party 1 is here already"):
        await listener
    callers[0].channels[0].close()


async def test_parties_with_lists_of_other_lengths_part():
    bound = door()
    two = {0: bound.getsockname(), 1: ("127.0.0.1", 0)}
    three = {**two, 2: ("127.0.0.1", 0)}
    ends = await asyncio.gather(
        connect_mesh(0, two, Plain(), within_s=SOON_S, listener=bound),
        connect_mesh(1, three, Plain(), within_s=SOON_S),
        return_exceptions=True,
    )
    assert isinstance(ends[0], PeerLost)
    assert "meets 3 parties" in str(ends[0])
    assert isinstance(ends[1], PeerFailed)


@pytest.mark.parametrize("noise", [b"GET / HTTP/1.1\r\n\r\n" * 4, bytes(1000), b"\x16\x03\x01", b""])
@pytest.mark.parametrize("tls", [True, False])
async def test_strangers_with_garbage_do_not_keep_the_peer_away(tmp_path, noise, tls):
    securities = pinned(tmp_path, 2) if tls else [Plain()] * 2
    bound = door()
    addresses = {0: bound.getsockname(), 1: ("127.0.0.1", 0)}
    listening = asyncio.create_task(connect_mesh(0, addresses, securities[0], within_s=20, listener=bound))
    for _ in range(3):
        _, writer = await reach(addresses[0])
        writer.write(noise)
        writer.close()
        await writer.wait_closed()
    first, second = await asyncio.gather(listening, connect_mesh(1, addresses, securities[1], within_s=20))
    await first.close()
    await second.close()


async def test_many_silent_strangers_only_delay_the_peer(monkeypatch):
    monkeypatch.setattr(meeting, "STRANGER_S", 0.05)
    monkeypatch.setattr(meeting, "MAX_KNOCKS", 2)
    bound = door()
    addresses = {0: bound.getsockname(), 1: ("127.0.0.1", 0)}
    listening = asyncio.create_task(connect_mesh(0, addresses, Plain(), within_s=20, listener=bound))
    strangers = [(await reach(addresses[0]))[1] for _ in range(6)]
    first, second = await asyncio.gather(listening, connect_mesh(1, addresses, Plain(), within_s=20))
    for stranger in strangers:
        stranger.close()
    await first.close()
    await second.close()


async def test_garbage_before_tls_is_named_at_the_end_of_patience(tmp_path):
    securities = pinned(tmp_path, 2)
    bound = door()
    addresses = {0: bound.getsockname(), 1: ("127.0.0.1", 0)}
    listening = asyncio.create_task(connect_mesh(0, addresses, securities[0], within_s=SOON_S, listener=bound))
    reader, writer = await reach(addresses[0])
    writer.write(bytes(100))
    await reader.read()
    writer.close()
    await writer.wait_closed()
    with pytest.raises(PeerLost, match=r"turned away: 127\.0\.0\.1 .*no TLS 1\.3"):
        await listening


async def test_a_stranger_who_says_nothing_is_turned_away(monkeypatch):
    monkeypatch.setattr(meeting, "STRANGER_S", 0.05)
    bound = door()
    addresses = {0: bound.getsockname(), 1: ("127.0.0.1", 0)}
    listening = asyncio.create_task(connect_mesh(0, addresses, Plain(), within_s=SOON_S, listener=bound))
    _, writer = await reach(addresses[0])
    with pytest.raises(PeerLost, match=r"said nothing for 0\.05 s"):
        await listening
    writer.close()


@pytest.mark.parametrize("tls", [True, False])
async def test_what_answers_with_garbage_is_named_at_once(tmp_path, tls):
    security = pinned(tmp_path, 2)[1] if tls else Plain()

    async def answer(_reader, writer):
        writer.write(b"SSH-2.0-OpenSSH_9.6 and more\r\n" * 4)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    addresses = {0: server.sockets[0].getsockname(), 1: ("127.0.0.1", 0)}
    with pytest.raises(PeerGarbage, match="party 0 at 127"):
        await connect_mesh(1, addresses, security, within_s=20)
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("tls", [True, False])
async def test_what_accepts_and_says_nothing_is_a_stall(tmp_path, tls):
    security = pinned(tmp_path, 2)[1] if tls else Plain()
    bound = door()
    bound.listen()
    addresses = {0: bound.getsockname(), 1: ("127.0.0.1", 0)}
    with pytest.raises(PeerStalled, match=r"accepts calls and says nothing for 0\.2 s"):
        await connect_mesh(1, addresses, security, within_s=0.2)
    bound.close()


async def test_plain_is_refused_outside_the_machine():
    with pytest.raises(SessionError, match="only loopback"):
        await connect_mesh(1, {0: ("192.0.2.1", 9), 1: ("127.0.0.1", 0)}, Plain(), within_s=5)
    with pytest.raises(SessionError, match="only loopback"):
        await connect_mesh(0, {0: ("0.0.0.0", 0), 1: ("127.0.0.1", 0)}, Plain(), within_s=5)  # noqa: S104


async def test_a_port_that_is_taken_is_named():
    bound = door()
    bound.listen()
    with pytest.raises(SessionError, match="cannot listen"):
        await connect_mesh(0, {0: bound.getsockname(), 1: ("127.0.0.1", 0)}, Plain(), within_s=5)
    bound.close()


async def reach(address):
    """Connect as a stranger, once somebody listens."""
    async with asyncio.timeout(10):
        while True:
            try:
                return await asyncio.open_connection(*address)
            except ConnectionRefusedError:
                await asyncio.sleep(0)


def test_sockets_are_free_again(tmp_path):
    async def once(address):
        made = await asyncio.gather(
            connect_mesh(0, {0: address, 1: address}, Plain()), connect_mesh(1, {0: address, 1: address}, Plain())
        )
        for link in made:
            await link.close()

    bound = door()
    address = bound.getsockname()
    bound.close()
    for _ in range(2):
        asyncio.run(once(address))
