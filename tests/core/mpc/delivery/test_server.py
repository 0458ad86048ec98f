"""Deliveries over TLS on real sockets: who gets what, who gets nothing, and what a broken connection costs."""

import asyncio
import errno
import socket
import ssl

import pytest

from primia_core.mpc.delivery import Patience, collect
from primia_core.mpc.delivery.messages import PART_BYTES, Frames, Offer, Order, Verdict, said
from primia_core.mpc.errors import PeerFailed, PeerLost, PeerStalled
from primia_core.mpc.transport.tls import Pinned, make_identity
from tests.core.mpc.stock.sets import EPOCH, KIND

from .places import SERVICE, SHORT

LONG = 8 * PART_BYTES


async def call(place, party):
    """Connect as a party would and return the streams."""
    context = Pinned(place.identities[party], {2: place.dealer.certificate}).dialling(2)
    return await asyncio.open_connection(*place.address, ssl=context)


def order(**changes):
    return Order(**{"service": SERVICE, "kind": KIND, "epoch": EPOCH, "want": 9, **changes})


async def until(true):
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.01)


async def test_both_parties_fetch_at_the_same_time(place):
    ids = place.deal(1, 2, 3, size=LONG)
    async with place.open_door():
        first, second = await asyncio.gather(place.fetch(0), place.fetch(1))
    assert first.received == second.received == ids
    assert first.bytes > 3 * LONG
    for party in (0, 1):
        assert place.stocks[party].take(KIND).header.party == party
    assert not list(place.outbox.folder.iterdir())


class OutOfFiles(socket.socket):
    """A listener whose first calls the operating system does not hand over."""

    refusals = 3

    def accept(self):
        if self.refusals:
            self.refusals -= 1
            raise OSError(errno.EMFILE, "Too many open files")
        return super().accept()


async def test_call_that_could_not_be_taken_leaves_the_door_open(place):
    ids = place.deal(1)
    listener = OutOfFiles()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    async with place.open_door(listener=listener):
        assert (await place.fetch(0)).received == ids
    assert listener.refusals == 0


async def test_certificate_that_is_not_pinned_gets_nothing(place, tmp_path):
    place.deal(1)
    stranger = make_identity("p0", tmp_path / "stranger")
    async with place.open_door():
        with pytest.raises(PeerLost, match=r"certificate|ended"):
            await place.fetch(0, identity=stranger)
    assert place.desk.asked == []
    assert len(place.outbox.waiting(0)) == 1


async def test_caller_without_a_certificate_gets_nothing(place):
    place.deal(1)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    async with place.open_door():
        reader, writer = await asyncio.open_connection(*place.address, ssl=context)
        writer.write(said(order()))
        with pytest.raises((ssl.SSLError, ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        writer.transport.abort()
    assert place.desk.asked == []


async def test_party_refuses_a_dealer_that_it_does_not_know(place, tmp_path):
    place.deal(1)
    other = make_identity("dealer", tmp_path / "other").certificate
    async with place.open_door():
        with pytest.raises(PeerLost, match="certificate"):
            await collect(
                place.stocks[0], order(), host=place.address[0], port=place.address[1],
                identity=place.identities[0], dealer=other, patience=SHORT,
            )  # fmt: skip
    assert place.desk.asked == []


async def test_known_party_of_no_such_service_is_told_so(place):
    async with place.open_door():
        with pytest.raises(PeerFailed, match="no service"):
            await place.fetch(0, service="another")


async def test_nobody_at_the_door_is_an_error_at_once(place):
    with socket.create_server(("127.0.0.1", 0)) as free:
        place.address = free.getsockname()
    with pytest.raises(PeerLost, match="ended"):
        await place.fetch(0)


async def test_party_that_leaves_in_the_middle_voids_that_set_and_no_other(place):
    broken, whole = place.deal(1, 2, size=LONG)
    async with place.open_door():
        await place.fetch(0)
        reader, writer = await call(place, 1)
        writer.write(said(order()))
        [offer] = Frames().feed(await reader.read(1 << 16))
        assert isinstance(offer, Offer)
        writer.write(said(Verdict(word="send")))
        await reader.readexactly(PART_BYTES)
        writer.transport.abort()
        await until(lambda: place.outbox.voided(1))
        assert place.outbox.voided(0) == [broken]
        collected = await place.fetch(1)
        assert collected.received == [whole]
        assert (await place.fetch(0)).discarded == 1
    assert place.stocks[0].level(KIND) == place.stocks[1].level(KIND) == 1


async def test_party_that_falls_silent_is_given_up_within_its_time(place):
    place.deal(1, size=LONG)
    async with place.open_door(Patience(connect_s=5.0, silence_s=0.2, whole_s=10.0)):
        reader, writer = await call(place, 0)
        writer.write(said(order()))
        await reader.read(1 << 16)
        writer.write(said(Verdict(word="send")))
        await until(lambda: place.outbox.voided(0))
        writer.transport.abort()


async def test_dealer_that_falls_silent_is_given_up_within_its_time(place):
    listener = socket.create_server(("127.0.0.1", 0))
    place.address = listener.getsockname()
    pinned = Pinned(place.dealer, {0: place.identities[0].certificate})

    async def listen_and_say_nothing(reader, writer):
        await reader.read()
        writer.transport.abort()

    async with await asyncio.start_server(listen_and_say_nothing, sock=listener, ssl=pinned.listening([0])):
        with pytest.raises(PeerStalled, match="nothing moved"):
            await place.fetch(0)


async def test_stranger_who_says_nothing_keeps_nobody_waiting(place):
    place.deal(1)
    async with place.open_door(Patience(connect_s=0.3, silence_s=1.0, whole_s=5.0)):
        with socket.create_connection(place.address) as knock:
            assert (await place.fetch(0)).received
            knock.setblocking(False)
            assert not await asyncio.wait_for(asyncio.get_running_loop().sock_recv(knock, 100), 5)


async def test_second_call_of_a_party_ends_its_first(place):
    first, second = place.deal(1, 2, size=LONG)
    async with place.open_door(Patience(connect_s=5.0, silence_s=60.0, whole_s=60.0)):
        reader, writer = await call(place, 0)
        writer.write(said(order()))
        await reader.read(1 << 16)
        writer.write(said(Verdict(word="send")))
        await reader.readexactly(PART_BYTES)
        collected = await place.fetch(0)  # the dealer cannot know that the first is dead
        writer.transport.abort()
    assert collected.received == [second]
    assert place.outbox.voided(1) == [first]


async def test_dealer_that_stops_in_the_middle_voids_what_it_was_sending(place):
    place.deal(1, size=LONG)
    async with place.open_door(Patience(connect_s=5.0, silence_s=60.0, whole_s=60.0)):
        reader, writer = await call(place, 0)
        writer.write(said(order()))
        await reader.read(1 << 16)
        writer.write(said(Verdict(word="send")))
        await reader.readexactly(PART_BYTES)
    assert place.outbox.voided(0) == place.outbox.voided(1) != []
    writer.transport.abort()
