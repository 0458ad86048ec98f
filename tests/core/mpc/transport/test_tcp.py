"""Runs over TLS and TCP on real sockets: big messages, and every kind of bad peer in the middle of a run."""

import asyncio
import socket
import subprocess
import sys

import pytest

from primia_core.mpc.errors import KernelError, PeerFailed, PeerGarbage, PeerLost, PeerStalled, SessionError
from primia_core.mpc.steps import Step
from primia_core.mpc.transport.counters import Counters
from primia_core.mpc.transport.drive import drive
from primia_core.mpc.transport.frames import Kind
from tests.core.mpc.transport.places import links

both = pytest.mark.parametrize("tls", [True, False])


def swap(me, sizes, parties=2):
    peers = [peer for peer in range(parties) if peer != me]
    for index, size in enumerate(sizes):
        theirs = yield Step(f"{index}:swap", dict.fromkeys(peers, bytes([me]) * size), dict.fromkeys(peers, size))
        assert all(bytes(message) == bytes([peer]) * size for peer, message in theirs.items())


async def run(made, exchanges, timeout_s=20):
    """Drive parties, each over its link, and return how each ended."""
    async with asyncio.timeout(60):
        return await asyncio.gather(
            *(
                drive(exchange, link, Counters(), timeout_s=timeout_s)
                for link, exchange in zip(made, exchanges, strict=True)
            ),
            return_exceptions=True,
        )


@both
@pytest.mark.parametrize("parties", [2, 3])
async def test_megabytes_both_ways_at_once_arrive(tmp_path, tls, parties):
    sizes = [3_000_000, 0, 1, 16_352, 16_353, 20_000_000, 5]
    async with links(tmp_path, parties, tls=tls) as made:
        assert await run(made, [swap(me, sizes, parties) for me in range(parties)]) == [None] * parties


async def test_what_goes_over_the_wire_is_tls_1_3(tmp_path):
    async with links(tmp_path) as made:
        pipes = [made[0]._channels[1]._pipe, made[1]._channels[0]._pipe]
        for pipe in pipes:
            assert pipe._secured.version() == "TLSv1.3"


@both
@pytest.mark.parametrize("who", [0, 1])
async def test_an_error_of_one_party_reaches_the_other(tmp_path, tls, who):
    def failing():
        yield from swap(who, [8, 100_000])
        raise KernelError("secret 42")

    async with links(tmp_path, tls=tls) as made:
        exchanges = [swap(me, [8, 100_000, 3_000_000]) for me in (0, 1)]
        exchanges[who] = failing()
        ends = await run(made, exchanges)
    assert isinstance(ends[who], KernelError)
    assert isinstance(ends[1 - who], PeerFailed)
    assert "mpc.kernel at 1:swap" in str(ends[1 - who])
    assert "42" not in str(ends[1 - who])


@both
async def test_a_stalling_peer_ends_both_within_the_bound(tmp_path, tls):
    async with links(tmp_path, tls=tls) as (mute, link):
        mute.send(1, bytes(8))
        (end,) = await run([link], [listen_only()], timeout_s=0.1)
        assert isinstance(end, PeerStalled)
        assert "at 1:listen, after 0.1 s: of party 0 0 of 8 bytes have come" in str(end)
        with pytest.raises(PeerFailed, match=r"mpc\.peer_stalled at 1:listen"):
            await mute.receive(1, 8)


def listen_only(sizes=(8, 8)):
    for index, size in enumerate(sizes):
        yield Step(f"{index}:listen", {}, {0: size})


@both
@pytest.mark.parametrize("size", [7, 9, 3_000_000])
async def test_a_wrong_length_ends_both(tmp_path, tls, size):
    async with links(tmp_path, tls=tls) as made:
        ends = await run(made, [swap(0, [8]), swap(1, [size])])
    assert [type(end) for end in ends] == [PeerGarbage, PeerGarbage]


@both
async def test_another_session_ends_both(tmp_path, tls):
    async with links(tmp_path, tls=tls) as made:
        made[1].begin(b"another")
        ends = await run(made, [swap(0, [8]), swap(1, [8])])
    assert [type(end) for end in ends] == [SessionError, SessionError]


@both
@pytest.mark.parametrize("garbage", [bytes(32), b"\xff" * 5000, b"HTTP/1.1 400 Bad Request\r\n\r\n and more"])
async def test_garbage_inside_the_connection_ends_both(tmp_path, tls, garbage):
    async with links(tmp_path, tls=tls) as (rogue, link):
        pipe = rogue._channels[1]._pipe
        pipe.write(memoryview(garbage))
        (end,) = await run([link], [listen_only()])
        assert isinstance(end, PeerGarbage)
        assert "at 0:listen" in str(end)
        with pytest.raises(PeerFailed, match=r"mpc\.peer_garbage"):
            await rogue.receive(1, 8)


async def test_garbage_instead_of_a_tls_record_ends_both(tmp_path):
    async with links(tmp_path) as (rogue, link):
        socket.socket.send(rogue._channels[1]._pipe._socket, b"\x17\x03\x03\x00\x20" + bytes(32))
        (end,) = await run([link], [listen_only()])
        assert isinstance(end, PeerGarbage)
        assert "no TLS 1.3" in str(end)
        with pytest.raises((PeerLost, PeerFailed)):
            await rogue.receive(1, 8)


@both
@pytest.mark.parametrize("kind", [Kind.HELLO, 77])
async def test_a_frame_of_another_kind_is_garbage(tmp_path, tls, kind):
    async with links(tmp_path, tls=tls) as (rogue, link):
        rogue._channels[1].send(bytes(8), kind)
        (end,) = await run([link], [listen_only()])
        assert isinstance(end, PeerGarbage)


@both
async def test_a_connection_cut_in_the_middle_of_a_message_is_lost(tmp_path, tls):
    async with links(tmp_path, tls=tls) as (rogue, link):
        channel = rogue._channels[1]
        channel._pipe.write(memoryview(channel._outward.header(Kind.DATA, 8) + b"half"))
        channel._pipe.end_writing()
        (end,) = await run([link], [listen_only()])
        assert isinstance(end, PeerLost)
        assert "after 4 bytes" in str(end)


@both
@pytest.mark.parametrize("who", [0, 1, 2])
async def test_one_of_three_ends_all(tmp_path, tls, who):
    def failing():
        yield from swap(who, [8], 3)
        raise ValueError("secret")

    async with links(tmp_path, 3, tls=tls) as made:
        exchanges = [swap(me, [8, 8, 8], 3) for me in range(3)]
        exchanges[who] = failing()
        ends = await run(made, exchanges)
    assert isinstance(ends[who], ValueError)
    assert {type(end) for number, end in enumerate(ends) if number != who} == {PeerFailed}


async def test_the_loop_of_uvloop_does_as_well(tmp_path):
    uvloop = pytest.importorskip("uvloop")

    async def both_parties():
        async with links(tmp_path) as made:
            assert await run(made, [swap(me, [8, 3_000_000, 1]) for me in (0, 1)]) == [None, None]
        async with links(tmp_path / "again") as made:
            ends = await run(made, [swap(0, [8]), swap(1, [9])])
            assert [type(end) for end in ends] == [PeerGarbage, PeerGarbage]

    await asyncio.get_running_loop().run_in_executor(None, run_with, uvloop.new_event_loop, both_parties)


def run_with(loop_factory, main):
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(main())


def test_the_transport_knows_no_gate_and_no_platform():
    program = (
        "import sys; import primia_core.mpc.transport.mesh, primia_core.mpc.transport.drive, "
        "primia_core.mpc.transport.shaped, primia_core.mpc.transport.memory; print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    ours = {name for name in loaded if name.startswith("primia_core.mpc.")}
    allowed = {"primia_core.mpc.errors", "primia_core.mpc.steps"}
    assert {name for name in ours if not name.startswith("primia_core.mpc.transport")} == allowed
    assert not {"torch", "django"} & set(loaded)
