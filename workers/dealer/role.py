"""What makes a node a dealer."""

from workers.dealer.dealer import Dealer
from workers.node import Role

ROLE: Role[Dealer] = Role(
    name="dealer",
    open=Dealer,
    kinds={"service.mask": Dealer.mask, "stock.deal": Dealer.deal, "service.close": Dealer.close_service},
)
