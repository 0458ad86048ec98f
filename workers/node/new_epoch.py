"""A dealer's way on after something was restored from a copy: a new epoch, with new masks and sets for everything."""

from primia_core.mpc.stock.epochs import Epochs
from primia_core.mpc.stock.ledger import Ledger
from workers.link.errors import FolderError
from workers.node.folder import NodeFolder


def open_next_epoch(folder: NodeFolder) -> int:
    """Open the epoch after the dealer's last one and return its number; every service must be published again.

    Raises:
        FolderError: the folder is not a dealer's.
        AlreadyRunning: the dealer is at work; stop it first.
    """
    if (role := folder.settings().role) != "dealer":
        raise FolderError(f"epochs are the dealer's to open, and this is the folder of {role}")
    with folder.claim():
        ledger = Ledger(folder.ledger)
        try:
            epochs = Epochs(ledger)
            epochs.open(epochs.latest + 1)
            return epochs.current
        finally:
            ledger.close()
