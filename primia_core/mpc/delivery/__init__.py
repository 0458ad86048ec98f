"""The way of correlation sets from the dealer to a party: one connection, one file after another, each acknowledged.

    messages     what is said, and the frames that carry it
    giving       the dealer's half: opens no socket
    taking       the party's half: opens no socket
    talk         drives either half over a connection, in bounded time
    server       who calls at the dealer's door
    client       a party's call

The dealer hears three kinds of sentences: which sets a party asks for, whether it wants, has or refuses a set, and that
it has discarded one. No message of a computation ever comes this way.
"""

from primia_core.mpc.delivery.client import collect
from primia_core.mpc.delivery.giving import Counter, Desk
from primia_core.mpc.delivery.messages import Order
from primia_core.mpc.delivery.server import DeliveryServer
from primia_core.mpc.delivery.taking import Collected
from primia_core.mpc.delivery.talk import Patience

__all__ = ["Collected", "Counter", "DeliveryServer", "Desk", "Order", "Patience", "collect"]
