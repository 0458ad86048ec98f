"""One mask, one model: which model version a mask R_w of the weights has been used for, remembered for ever.

W^ = W + R_w is public between the parties, so two models under one R_w give their difference away, and two messages of
one party the same of its share. Each party and the dealer keep this book for themselves, in their ledgers.
"""

from hashlib import sha256
from typing import Final

from primia_core.mpc.errors import MaskReused
from primia_core.mpc.steps import Buffer
from primia_core.mpc.stock.ledger import Ledger

VERSION: Final = "mask.version"
SHARE: Final = "mask.share"
OPENED: Final = "mask.opened"


class WeightMasks:
    """The book of masks at one machine. A mask's id is its dealer's 16 random bytes, in hexadecimal."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def assign(self, mask: str, model_version: str) -> None:
        """Give a mask to a model version, durably: at the dealer before it deals, at a party before anything.

        Raises:
            MaskReused: another version has it.
        """
        before = self._ledger.write_once(VERSION, bytes.fromhex(mask), model_version.encode())
        if before is not None and before != model_version.encode():
            raise MaskReused(
                f"mask {mask} belongs to model {before.decode()!r} and is offered to {model_version!r}; "
                "let the dealer draw a new mask for the new version"
            )

    def may_send(self, mask: str, model_version: str, message: Buffer) -> None:
        """Record a party's masked share of the weights, durably, before it leaves.

        Raises:
            MaskReused: another version has the mask, or a different share left under it before.
        """
        self.assign(mask, model_version)
        self._same(SHARE, mask, message, "a share of the weights left this party")

    def opened(self, mask: str, model_version: str, weights: Buffer) -> None:
        """Record W^ when it is open; opening it again must give the same bytes.

        Raises:
            MaskReused: another version has the mask, or W^ was another one: the peer has changed its share.
        """
        self.assign(mask, model_version)
        self._same(OPENED, mask, weights, "masked weights were opened")

    def version_of(self, mask: str) -> str | None:
        """Return the model version that has a mask."""
        version = self._ledger.read(VERSION, bytes.fromhex(mask))
        return None if version is None else version.decode()

    def _same(self, kind: str, mask: str, content: Buffer, what: str) -> None:
        digest = sha256(content).digest()
        before = self._ledger.write_once(kind, bytes.fromhex(mask), digest)
        if before is not None and before != digest:
            raise MaskReused(
                f"{what} under mask {mask} with the digest {before.hex()[:16]}, and now with {digest.hex()[:16]}; "
                "share the model again under a new mask, never twice under one"
            )
