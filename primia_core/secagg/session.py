"""What one attempt at one sum is about: its digest is the context that every signature, share and mask is bound to.

It knows the rules that make a session sound on paper; it holds no key and takes no step.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Self

from pydantic import Field, model_validator

from primia_core.canonical import sha256_hex
from primia_core.secagg.errors import FingerprintMismatch, SpecError, SybilInRoster, UnknownSender
from primia_core.secagg.graph import MaskGraph
from primia_core.secagg.identity import PublicIdentity
from primia_core.secagg.wire import PROTOCOL, Hex64, SiteName, Wire

Q = 2**23 - 1
"""The largest absolute value of one site's fixed-point word: 255 of them add up below 2**31."""

MAX_SITES = 255
ALL_PAIRS_UP_TO = 20
DEFAULT_NEIGHBOURS = 20


class VectorSpec(Wire):
    """A named vector of ring words that is summed over the sites.

    ``lowest`` and ``highest`` are what one site may put into a word, read as int32; sums are checked against them.
    """

    name: str = Field(min_length=1, max_length=80)
    length: int = Field(ge=1, le=2**31)
    lowest: int = Field(default=-Q, ge=-Q, le=0)
    highest: int = Field(default=Q, ge=0, le=Q)


class Member(Wire):
    """One site of the roster: its name, its published identity, and the fingerprint that people compare."""

    site: SiteName
    identity: dict[str, str]
    fingerprint: Hex64

    @model_validator(mode="after")
    def _fingerprint_fits(self) -> Self:
        found = self.public.fingerprint
        if found != self.fingerprint:
            raise FingerprintMismatch(
                f"{self.site} is listed with fingerprint {self.fingerprint[:16]}, its keys have {found[:16]}; "
                "compare them with the site by telephone"
            )
        return self

    @cached_property
    def public(self) -> PublicIdentity:
        """Return the identity, parsed."""
        return PublicIdentity.from_json(self.identity)


def threshold_of(sites: int) -> int:
    """Return t = floor(2n/3) + 1: shares that reconstruct, and signatures that open a sum."""
    return 2 * sites // 3 + 1


def colluders_of(sites: int, neighbours: int | None) -> int:
    """Return C, how many sites may collude with an active coordinator: 2t - n - 1, in a sparse graph below k/2 too.

    Two survivor lists with t signatures each share 2t - n > C signers, so one of them is honest and signs only one.
    In a sparse graph C colluders must not be able to split the others; half its connectivity is left to dropouts.
    """
    quorum_limit = 2 * threshold_of(sites) - sites - 1
    return quorum_limit if neighbours is None else min(quorum_limit, neighbours // 2 - 1)


def neighbours_for(sites: int, asked: int | None) -> int | None:
    """Return the neighbours of a session's mask graph for what its plan asks; ``None`` is all pairs, in both."""
    if asked is None and sites > ALL_PAIRS_UP_TO:
        asked = DEFAULT_NEIGHBOURS
    return asked if asked is not None and asked < sites - 1 else None


class SessionSpec(Wire):
    """Everything that the parties of one attempt must agree on. Use ``build``, which computes what follows from n."""

    job: str = Field(min_length=1, max_length=80)
    step: int = Field(ge=0)
    attempt: int = Field(ge=0)
    plan_hash: Hex64
    model_hash: Hex64
    coordinator: dict[str, str]
    roster: tuple[Member, ...]
    threshold: int
    min_survivors: int
    colluders: int
    neighbours: int | None
    vectors: tuple[VectorSpec, ...]
    dataset_versions: dict[str, Hex64]

    @classmethod
    def build(
        cls,
        *,
        job: str,
        step: int,
        attempt: int,
        plan_hash: str,
        model_hash: str,
        coordinator: Mapping[str, str],
        roster: Iterable[Member],
        min_survivors: int,
        vectors: Iterable[VectorSpec],
        dataset_versions: Mapping[str, str],
        neighbours: int | None = None,
    ) -> "SessionSpec":
        """Put a session together.

        Args:
            neighbours: of each site in the mask graph; ``None`` takes all pairs up to 20 sites and 20 above that.
        Returns:
            The session with t = floor(2n/3) + 1, C (see ``colluders_of``) and the roster in order.
        Raises:
            SpecError, SybilInRoster, FingerprintMismatch: the session is not sound.
        """
        members = tuple(sorted(roster, key=lambda member: member.site))
        n = len(members)
        sparse = neighbours_for(n, neighbours)
        return cls(
            job=job,
            step=step,
            attempt=attempt,
            plan_hash=plan_hash,
            model_hash=model_hash,
            coordinator=dict(coordinator),
            roster=members,
            threshold=threshold_of(n),
            min_survivors=min_survivors,
            colluders=colluders_of(n, sparse),
            neighbours=sparse,
            vectors=tuple(vectors),
            dataset_versions=dict(dataset_versions),
        )

    @model_validator(mode="after")
    def _sound(self) -> Self:
        n, names = len(self.roster), [member.site for member in self.roster]
        if names != sorted(set(names)):
            raise SpecError(f"the roster lists each site once, sorted; got {names}")
        if len({member.fingerprint for member in self.roster}) != n:
            raise SybilInRoster("two sites of the roster have one fingerprint; one party would count twice")
        if not 2 <= self.min_survivors <= n <= MAX_SITES:
            raise SpecError(f"need 2 <= min_survivors={self.min_survivors} <= {n} sites <= {MAX_SITES}")
        if self.neighbours is not None and not 3 <= self.neighbours < n - 1:
            raise SpecError(f"neighbours is {self.neighbours}, not in 3..{n - 2}; leave it out for all pairs")
        t, colluders = threshold_of(n), colluders_of(n, self.neighbours)
        if (self.threshold, self.colluders) != (t, colluders):
            raise SpecError(
                f"{n} sites have t={t} and C={colluders}; the proposal says t={self.threshold} and C={self.colluders}"
            )
        if set(self.dataset_versions) != set(names):
            raise SpecError(f"dataset versions are for {sorted(self.dataset_versions)}, the roster is {names}")
        if not self.vectors or len({vector.name for vector in self.vectors}) != len(self.vectors):
            raise SpecError("a session sums at least one vector, each under a name of its own")
        return self

    @cached_property
    def digest(self) -> str:
        """Return the context that everything in the session is bound to."""
        return self.content_digest()

    @cached_property
    def roster_hash(self) -> str:
        """Return the hash of who takes part with which cohort, equal for equal ones in whatever round or job.

        A cohort counts, since one quantity summed with a site's old cohort and with its new one tells what changed.
        """
        members = [[m.site, m.fingerprint, self.dataset_versions[m.site]] for m in self.roster]
        return sha256_hex({"protocol": PROTOCOL, "kind": "roster", "members": members})

    @cached_property
    def sites(self) -> tuple[str, ...]:
        """Return the names of the roster, sorted."""
        return tuple(member.site for member in self.roster)

    @cached_property
    def coordinator_identity(self) -> PublicIdentity:
        """Return the coordinator's identity, parsed."""
        return PublicIdentity.from_json(self.coordinator)

    @property
    def quorum(self) -> int:
        """Return max(t, min_survivors): the fewest parties that any phase may go on with."""
        return max(self.threshold, self.min_survivors)

    @property
    def abort_quorum(self) -> int:
        """Return n - t + 1 + (2t - n - 1) = t, the oaths after which fewer than t sites can still release."""
        return self.threshold

    def member(self, site: str) -> Member:
        """Return a site of the roster."""
        try:
            return self._by_name[site]
        except KeyError:
            raise UnknownSender(f"{site!r} is not in the roster {list(self.sites)}") from None

    def index(self, site: str) -> int:
        """Return a site's Shamir coordinate, 1..n."""
        return self.sites.index(self.member(site).site) + 1

    def neighbours_of(self, site: str) -> tuple[str, ...]:
        """Return with whom a site has pair masks, sorted."""
        return self.graph.neighbours_of(self.member(site).site)

    @cached_property
    def graph(self) -> MaskGraph:
        """Return who masks with whom."""
        return MaskGraph.of(self.sites, self.neighbours, bytes.fromhex(self.digest))

    @cached_property
    def _by_name(self) -> dict[str, Member]:
        return {member.site: member for member in self.roster}
