"""A party's half of a delivery: each file verified and on the shelf before it is acknowledged. Opens no socket."""

from dataclasses import dataclass, field

from primia_core.mpc.delivery.messages import (
    Discard,
    Discarded,
    End,
    Offer,
    Order,
    Refusal,
    Talk,
    Verdict,
    said,
)
from primia_core.mpc.errors import CorrelationError, MpcError, PeerFailed, PeerGarbage, StockBurnt, StockEmpty
from primia_core.mpc.stock.intake import Intake
from primia_core.mpc.stock.stock import Stock


@dataclass
class Collected:
    """What one call brought.

    Attributes:
        received: ids of the sets that are on the shelf now.
        refused: ids of sets that were damaged or not for this party, with the code of the error.
        discarded: how many sets the dealer has voided.
        bytes: of all files.
        left: how many sets still wait at the dealer.
    """

    received: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    discarded: int = 0
    bytes: int = 0
    left: int = 0


def take(stock: Stock, order: Order) -> Talk[Collected]:
    """Ask for sets and take them in.

    Args:
        stock: of this party, in the epoch of the order.
    Returns:
        What came.
    Raises:
        PeerFailed: the dealer refuses, with its reason.
        PeerGarbage: the dealer says what was not awaited.
    Edge cases: a file that is damaged is refused, the dealer voids it, and the next one comes; one that is here already
        is acknowledged and not sent again; without room for a file the call ends in good order.
    """
    collected = Collected()
    yield said(order)
    while True:
        match (yield None):
            case Discard(stock_ids=void):
                collected.discarded += sum(_discard(stock, order, stock_id) for stock_id in void)
                yield said(Discarded())
            case Offer() as offer:
                yield from _answer(stock, order, offer, collected)
            case End(left=left):
                collected.left = left
                return collected
            case Refusal(code=code, message=message):
                raise PeerFailed(f"the dealer gives no sets: {message} [{code}]")
            case _:
                raise PeerGarbage("the dealer says something that was not awaited; run the same version at both")


def _discard(stock: Stock, order: Order, stock_id: str) -> bool:
    """Throw a set away; one that was used, is in use or never came is left as it is."""
    try:
        stock.hold_one(order.kind, stock_id).discard()
    except (StockBurnt, StockEmpty):
        return False
    return True


def _answer(stock: Stock, order: Order, offer: Offer, collected: Collected) -> Talk[None]:
    if stock.knows(offer.stock_id):
        yield said(Verdict(word="have"))
        return
    with stock.receive() as intake:
        if not intake.has_room_for(offer.size_bytes):
            yield said(Verdict(word="no_room"))
            return
        yield said(Verdict(word="send"))
        refusal = yield from _receive(intake, order, offer)
    collected.bytes += offer.size_bytes
    if refusal is None:
        collected.received.append(offer.stock_id)
        yield said(Verdict(word="taken"))
    else:
        collected.refused.append((offer.stock_id, refusal.code))
        yield said(Verdict(word="refused", code=refusal.code))


def _receive(intake: Intake, order: Order, offer: Offer) -> Talk[MpcError | None]:
    """Take in a file to its last byte, also where it is refused before that, and return why it is."""
    missing, refusal = offer.size_bytes, None
    while missing:
        piece = yield None
        if not isinstance(piece, memoryview) or piece.nbytes > missing:
            raise PeerGarbage(f"the dealer sends something else while {missing} bytes of a set are missing")
        missing -= piece.nbytes
        if refusal is None:
            try:
                intake.write(piece)
            except MpcError as error:
                refusal = error
    if refusal is None:
        try:
            _check_offered(intake, order, offer)
            intake.finish()
        except MpcError as error:
            refusal = error
    return refusal


def _check_offered(intake: Intake, order: Order, offer: Offer) -> None:
    header = intake.header
    if header is not None and (header.stock_id, header.kind) != (offer.stock_id, order.kind):
        raise CorrelationError(
            f"set {offer.stock_id} was offered and set {header.stock_id} of kind {header.kind.tag} came, "
            f"ordered was {order.kind.tag}; the dealer must void it"
        )
