"""Dealer epochs at one machine: numbers that only grow. A new one voids all stock and all masks of the one before."""

from typing import Final

from primia_core.mpc.errors import StockVoid
from primia_core.mpc.stock.ledger import Ledger

EPOCH: Final = "epoch"
VOID: Final = "epoch.void"
EPOCH_BYTES: Final = 8


class Epochs:
    """Which epoch a machine is in, as its ledger says."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @property
    def latest(self) -> int:
        """Return the last epoch that was opened, voided or not; 0 before the first."""
        subject = self._ledger.largest(EPOCH)
        return 0 if subject is None else int.from_bytes(subject, "big")

    @property
    def current(self) -> int:
        """Return the epoch whose stock is good.

        Raises:
            StockVoid: none was opened, or the last one was voided.
        """
        epoch = self.latest
        if epoch == 0:
            raise StockVoid("no dealer epoch was opened here; open the one that the dealer announces")
        if self._ledger.read(VOID, _encoded(epoch)) is not None:
            raise StockVoid(f"epoch {epoch} was voided here; let the dealer open epoch {epoch + 1} for all parties")
        return epoch

    def open(self, epoch: int) -> None:
        """Enter an epoch, once. Opening the current one again changes nothing.

        Raises:
            StockVoid: it is not later than the last one, or it is that one and was voided.
        """
        latest = self.latest
        if epoch < latest:
            raise StockVoid(f"epoch {epoch} is over, epoch {latest} was opened; epochs only grow")
        if epoch > latest:
            self._ledger.write_once(EPOCH, _encoded(epoch))
        _ = self.current

    def void(self) -> None:
        """Declare everything of the last epoch unusable, for ever."""
        self._ledger.write_once(VOID, _encoded(self.latest))

    def check(self, epoch: int, what: str) -> None:
        """Raise ``StockVoid`` unless something is of the current epoch."""
        current = self.current
        if epoch != current:
            raise StockVoid(f"{what} is of epoch {epoch}, this machine is in epoch {current}; discard it")


def _encoded(epoch: int) -> bytes:
    return epoch.to_bytes(EPOCH_BYTES, "big")
