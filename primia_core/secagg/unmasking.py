"""What the coordinator takes off the survivors' vectors: secrets rebuilt from shares, checked, made into masks."""

from collections.abc import Mapping

from primia_core.secagg.errors import DishonestShares, ShamirError, TooFewAnswers
from primia_core.secagg.masks import Keys, commitment, pair_keys, reversed_keys, self_keys
from primia_core.secagg.messages import RosterMessage, SurvivorList, UnmaskShares
from primia_core.secagg.sealing import public_key
from primia_core.secagg.session import SessionSpec
from primia_core.secagg.shamir import reconstruct_bytes


class Unmasking:
    """The seeds of the survivors and the mask keys of the dropped.

    Raises:
        TooFewAnswers: some secret has fewer shares than reconstruct it.
        DishonestShares: a seed is not that of its commitment, or a key not that of its public key, so that its dealer
            dealt shares that do not belong together.
    """

    def __init__(
        self,
        spec: SessionSpec,
        roster: RosterMessage,
        survivors: SurvivorList,
        context: str,
        answers: Mapping[str, UnmaskShares],
    ) -> None:
        self._spec, self._roster, self._context = spec, roster, context
        alive, gone = survivors.survivors, survivors.dropped
        self._seeds = {site: self._seed(site, {h: a.seed_shares for h, a in answers.items()}) for site in alive}
        self._keys = {site: self._key(site, {h: a.key_shares for h, a in answers.items()}) for site in gone}

    def of(self, site: str) -> list[Keys]:
        """Return the signed masks that, added to a survivor's vectors, leave only what cancels among survivors."""
        vectors, context = self._spec.vectors, self._context
        near = [peer for peer in self._spec.neighbours_of(site) if peer in self._keys]
        pairs: list[Keys] = [
            pair_keys(
                private=self._keys[peer],
                peer_key=self._roster.by_site[site].mask_key,
                site=peer,
                peer=site,
                context=context,
                vectors=vectors,
            )
            for peer in near
        ]
        own = self_keys(seed=self._seeds[site], site=site, context=context, vectors=vectors)
        return [reversed_keys(own), *pairs]  # a pair's mask at the dropped site is the negative of that at the survivor

    def _seed(self, dealer: str, shares: Mapping[str, Mapping[str, bytes]]) -> bytes:
        seed = self._reconstruct(dealer, shares)
        if commitment(seed, self._spec.digest, dealer) != self._roster.by_site[dealer].seed_commitment:
            raise DishonestShares(f"the self-mask seed of {dealer} is not the one it committed to; leave {dealer} out")
        return seed

    def _key(self, dealer: str, shares: Mapping[str, Mapping[str, bytes]]) -> bytes:
        key = self._reconstruct(dealer, shares)
        if public_key(key) != self._roster.by_site[dealer].mask_key:
            raise DishonestShares(f"the mask key of {dealer} is not that of its public key; leave {dealer} out")
        return key

    def _reconstruct(self, dealer: str, shares: Mapping[str, Mapping[str, bytes]]) -> bytes:
        points = {self._spec.index(holder): held[dealer] for holder, held in shares.items() if dealer in held}
        if len(points) < self._spec.threshold:
            raise TooFewAnswers(
                f"{len(points)} shares of the secrets of {dealer} came back, {self._spec.threshold} are needed; "
                "wait for more share holders"
            )
        try:
            return reconstruct_bytes(points, threshold=self._spec.threshold)
        except ShamirError as error:
            raise DishonestShares(f"the shares of {dealer} do not belong together; leave {dealer} out") from error
