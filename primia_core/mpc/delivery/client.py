"""A party's call at its dealer's door."""

import asyncio

from primia_core.mpc.delivery.messages import Order
from primia_core.mpc.delivery.taking import Collected, take
from primia_core.mpc.delivery.talk import READ_BYTES, Patience, closing, converse, lost
from primia_core.mpc.errors import PeerStalled
from primia_core.mpc.stock.stock import Stock
from primia_core.mpc.transport.tls import Certificate, Identity, Pinned

DEALER = 2
"""Any number: only one peer is pinned for this call."""
NAME = "the dealer"


async def collect(
    stock: Stock,
    order: Order,
    *,
    host: str,
    port: int,
    identity: Identity,
    dealer: Certificate,
    patience: Patience | None = None,
) -> Collected:
    """Fetch sets from the dealer and shelve them.

    Args:
        stock: of this party, in the epoch of the order.
        order: what to ask for.
        host, port: where the dealer listens.
        identity: this party's certificate and key.
        dealer: the certificate that must be shown there.
    Returns:
        What came.
    Raises:
        PeerLost: nobody answers, the connection ended, or one side does not accept the other's certificate.
        PeerStalled: nothing moves.
        PeerFailed: the dealer refuses, with its reason.
        PeerGarbage: what answers there is no dealer of this version.
    Edge cases: what was received before an error stays on the shelf.
    Cost: a round trip for the order, two for each set, and its bytes. Files are written and verified within the event
        loop, so give it one of its own.
    """
    patience = patience or Patience()
    context = Pinned(identity, {DEALER: dealer}).dialling(DEALER)
    try:
        async with asyncio.timeout(patience.connect_s):
            reader, writer = await asyncio.open_connection(host, port, ssl=context, limit=READ_BYTES)
    except TimeoutError:
        raise PeerStalled(f"the dealer at {host}:{port} did not answer within {patience.connect_s:.0f} s") from None
    except OSError as error:
        raise lost(NAME, error) from error
    async with closing(writer):
        return await converse(take(stock, order), reader, writer, patience, NAME)
