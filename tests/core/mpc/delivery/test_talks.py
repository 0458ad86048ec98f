"""Both halves of a delivery against each other, without any socket, broken off after every byte's worth of steps."""

from collections import deque

import pytest

from primia_core.mpc.delivery.giving import give
from primia_core.mpc.delivery.messages import (
    HEADER,
    MOST_SENTENCE_BYTES,
    PART_BYTES,
    End,
    Frames,
    Offer,
    Order,
    Verdict,
    said,
)
from primia_core.mpc.delivery.taking import take
from primia_core.mpc.errors import CorrelationError, PeerFailed, PeerGarbage
from tests.core.mpc.stock.sets import EPOCH, KIND, encoded, header

from .places import SERVICE

OTHER_KIND = KIND.model_copy(update={"mask": "ef" * 16})


def order(**changes):
    return Order(**{"service": SERVICE, "kind": KIND, "epoch": EPOCH, "want": 9, **changes})


class Half:
    """One half, with what it has heard and not listened to yet."""

    def __init__(self, talk):
        self.talk, self.frames, self.heard, self.result = talk, Frames(), deque(), None
        self.speaking, self.over = next(talk), False

    def step(self, peer, cut=1 << 30):
        """Say or hear one thing. Returns whether anything could be done."""
        if self.over or (self.speaking is None and not self.heard):
            return False
        try:
            if self.speaking is None:
                self.speaking = self.talk.send(self.heard.popleft())
            else:
                for start in range(0, len(self.speaking), cut):
                    peer.heard.extend(peer.frames.feed(self.speaking[start : start + cut]))
                self.speaking = self.talk.send(None)
        except StopIteration as end:
            self.result, self.over = end.value, True
        return True


def play(place, party, asked=None, *, steps=10**6, cut=1 << 30):
    """Let both halves speak; after so many steps the connection breaks."""
    dealer = Half(give(place.desk, place.identities[party].certificate.fingerprint))
    taker = Half(take(place.stocks[party], asked or order()))
    try:
        while steps and (dealer.step(taker, cut) or taker.step(dealer, cut)):
            steps -= 1
    finally:
        dealer.talk.close()
        taker.talk.close()
    return dealer, taker


@pytest.mark.parametrize("cut", [1, 7, 1 << 20])
def test_each_party_gets_its_own_half_of_every_set(place, cut):
    ids = place.deal(1, 2, 3)
    for party in (0, 1):
        dealer, taker = play(place, party, cut=cut)
        assert dealer.result == taker.result.received == ids
        assert taker.result.left == 0
        for _ in ids:
            file = place.stocks[party].take(KIND)
            assert (file.header.party, set(file.section(0, "key"))) == (party, {party})
    assert not list(place.outbox.folder.iterdir())


def test_no_more_comes_than_is_wanted(place):
    first, *others = place.deal(1, 2, 3)
    _, taker = play(place, 0, order(want=1))
    assert (taker.result.received, taker.result.left) == ([first], 2)
    assert place.outbox.waiting(0) == others


def test_connection_that_breaks_anywhere_leaves_each_set_waiting_shelved_or_void(tmp_path_factory):
    from .places import Place

    steps, done = 0, False
    while not done:
        place = Place(tmp_path_factory.mktemp("place"))
        ids = place.deal(1, 2, size=3 * PART_BYTES)
        dealer, _ = play(place, 1, steps=steps)
        done = dealer.over
        waiting, void = place.outbox.waiting(1), place.outbox.voided(1)
        assert place.outbox.voided(0) == void
        assert not set(waiting) & set(void)
        for stock_id in ids:  # nothing is lost without a trace, and nothing is both given and still to be given
            assert (stock_id in waiting) + (stock_id in void) + (place.stocks[1].knows(stock_id)) >= 1
        assert len(void) <= 1
        _, again = play(place, 1)
        _, other = play(place, 0)
        assert set(again.result.received) | set(other.result.received) >= set(ids) - set(void)
        assert place.stocks[0].level(KIND) == place.stocks[1].level(KIND) == len(ids) - len(void)
        place.close()
        steps += 1
    assert steps > 20


def test_set_on_the_shelf_whose_acknowledgement_was_lost_is_not_sent_again(place):
    [stock_id] = place.deal(1)
    with place.outbox.open(stock_id, 0) as file, place.stocks[0].receive() as intake:
        intake.write(file.read())
        intake.finish()
    dealer, taker = play(place, 0)
    assert dealer.result == taker.result.received == []
    assert taker.result.bytes == 0
    assert place.outbox.waiting(0) == []
    assert place.stocks[0].level(KIND) == 1


def test_damaged_file_is_void_for_both_and_the_next_one_comes(place):
    damaged, whole = place.deal(1, 2)
    play(place, 0)
    [path] = place.outbox.folder.glob(f"1-{damaged}*")
    content = bytearray(path.read_bytes())
    content[700] ^= 1
    path.write_bytes(content)
    _, taker = play(place, 1)
    assert taker.result.received == [whole]
    assert taker.result.refused == [(damaged, "mpc.stock_corrupt")]
    assert place.stocks[0].level(KIND) == 2
    _, other = play(place, 0)
    assert other.result.discarded == 1
    assert [place.stocks[party].level(KIND) for party in (0, 1)] == [1, 1]
    assert place.stocks[0].knows(damaged)  # and so it is refused for ever


def test_half_of_the_other_party_is_refused_at_its_header(place):
    mine, _ = place.deal(1, 2)
    for path in place.outbox.folder.glob(f"?-{mine}*"):
        path.write_bytes(encoded(header(0, party=1), words=100_000))
    _, taker = play(place, 0)
    assert taker.result.refused == [(mine, CorrelationError.code)]
    assert place.stocks[0].level(KIND) == 1
    assert not list((place.stocks[0].folder / "incoming").iterdir())


def test_set_of_another_service_is_refused_although_it_is_whole(place):
    [stock_id] = place.deal(1)
    [path] = place.outbox.folder.glob(f"0-{stock_id}*")
    path.write_bytes(encoded(header(0, party=0, kind=OTHER_KIND)))
    _, taker = play(place, 0)
    assert taker.result.refused == [(stock_id, CorrelationError.code)]
    assert place.stocks[0].level(OTHER_KIND) == 0


def test_call_ends_in_good_order_where_there_is_no_room(place):
    ids = place.deal(1, 2, size=4000)
    place.restrict(0, 7000)
    _, taker = play(place, 0)
    assert (taker.result.received, taker.result.left) == (ids[:1], 1)
    assert place.outbox.voided(0) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kind": OTHER_KIND}, "open the service anew"),
        ({"epoch": EPOCH + 1}, "in epoch"),
        ({"service": "x"}, "no service"),
    ],
)
def test_order_that_does_not_fit_is_refused_with_its_reason(place, changes, reason):
    place.deal(1)
    with pytest.raises(PeerFailed, match=reason):
        play(place, 0, order(**changes))
    assert len(place.outbox.waiting(0)) == 1


def test_certificate_alone_decides_whose_half_is_given(place):
    place.deal(1)
    first = place.identities[0].certificate.fingerprint
    assert place.desk.counter(SERVICE, first).party == 0
    dealer, taker = Half(give(place.desk, first)), Half(take(place.stocks[1], order()))
    while dealer.step(taker) or taker.step(dealer):
        continue
    assert taker.result.refused == [(f"{1:032x}", CorrelationError.code)]
    assert place.stocks[1].level(KIND) == 0


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\n",
        HEADER.pack(5, MOST_SENTENCE_BYTES + 1),
        HEADER.pack(0, PART_BYTES + 1),
        HEADER.pack(0, 0),
        HEADER.pack(1, 2) + b"{}",
        HEADER.pack(6, 11) + b'{"left":-1}',
        HEADER.pack(6, 12) + b'{"left":"1"}',
        HEADER.pack(99, 1) + b"x",
    ],
)
def test_bytes_that_are_no_frame_are_refused(garbage):
    with pytest.raises(PeerGarbage):
        list(Frames().feed(garbage))


def test_sentence_that_was_not_awaited_ends_the_call(place):
    dealer = Half(give(place.desk, place.identities[0].certificate.fingerprint))
    dealer.heard.append(End(left=0))
    with pytest.raises(PeerGarbage, match="Order was awaited and a End came"):
        dealer.step(dealer)
    taker = Half(take(place.stocks[0], order()))
    taker.speaking = taker.talk.send(None)
    taker.heard.append(Verdict(word="have"))
    with pytest.raises(PeerGarbage):
        taker.step(taker)


def test_more_bytes_than_were_offered_are_refused(place):
    talk = take(place.stocks[0], order())
    assert next(talk) == said(order())
    assert talk.send(None) is None
    assert talk.send(Offer(stock_id="01" * 16, size_bytes=10)) == said(Verdict(word="send"))
    assert talk.send(None) is None
    with pytest.raises(PeerGarbage, match="while 10 bytes"):
        talk.send(memoryview(bytes(11)))
    assert not list((place.stocks[0].folder / "incoming").iterdir())
