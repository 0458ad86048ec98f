"""The party's stock of correlations: one folder for all its services, and the way on after it has become void."""

from primia_core.mpc.errors import StockVoid
from primia_core.mpc.stock.epochs import Epochs
from primia_core.mpc.stock.header import Kind
from primia_core.mpc.stock.stock import Stock
from workers.node import Node


class Shelf:
    """What is ready, or the reason why nothing is."""

    def __init__(self, node: Node, party: int) -> None:
        self._folder, self._ledger, self._party = node.folder.stock, node.ledger, party
        self._stock: Stock | None = None

    @property
    def stock(self) -> Stock:
        """Return the stock.

        Raises:
            StockVoid: folder and ledger do not belong to one history. A service in a later epoch starts over.
        """
        if self._stock is None:
            self._stock = Stock(self._folder, self._ledger, self._party)
        return self._stock

    def enter(self, epoch: int) -> None:
        """Enter the epoch that the dealer announces.

        Raises:
            StockVoid: it is over, or the last one, and that was voided here.
        """
        try:
            self.stock.open_epoch(epoch)
        except StockVoid:
            if epoch <= Epochs(self._ledger).latest:
                raise
            self._stock = Stock.start_over(self._folder, self._ledger, self._party, epoch)

    def level(self, kind: Kind) -> int:
        """Return how many sets of a kind are ready."""
        return self.stock.level(kind)

    def clear(self, kind: Kind) -> int:
        """Burn every set of a kind unused, and return how many there were."""
        burnt = 0
        while held := self.stock.hold(kind):
            held.discard()
            burnt += 1
        return burnt
