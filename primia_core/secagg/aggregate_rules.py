"""What a site checks before it applies a sum. It cannot see whether the sum is right, only whether it can be."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from primia_core.secagg.errors import AggregateMismatch, AggregateOutOfBounds, SplitSurvivors, TooFewSurvivors
from primia_core.secagg.masks import check_vectors, content_sha256
from primia_core.secagg.messages import SignedAggregate, SurvivorList
from primia_core.secagg.roster_rules import check_session
from primia_core.secagg.session import SessionSpec

Words = NDArray[np.uint32]


def check_aggregate(
    spec: SessionSpec, aggregate: SignedAggregate, sums: Mapping[str, Words], released: SurvivorList | None
) -> None:
    """Check signed sums.

    Args:
        released: the list that this site accepted; ``None`` at a site that was dropped.
    Raises:
        ForgedSignature, ReplayedRound: the coordinator did not sign this for this session.
        SplitSurvivors: it is for another survivor list.
        TooFewSurvivors: it is over fewer sites than agreed.
        AggregateMismatch: the sums are not the signed ones.
        AggregateOutOfBounds: a coordinate is beyond what the survivors together may have put there.
        WrongVectors: the sums are not of the session's vectors.
    """
    check_session(spec, aggregate.session, "aggregate")
    aggregate.check(spec.coordinator_identity)
    if released is not None and (aggregate.survivors, aggregate.sites) != (released.digest, released.survivors):
        raise SplitSurvivors(
            f"the aggregate is for the survivor list {aggregate.survivors[:12]}, this site accepted "
            f"{released.digest[:12]}; do not apply it"
        )
    members = {spec.member(site).site for site in aggregate.sites}
    if len(members) != len(aggregate.sites) or len(members) < spec.quorum:
        raise TooFewSurvivors(f"the aggregate is over {sorted(members)}; {spec.quorum} different sites are needed")
    check_vectors(sums, spec.vectors)
    if content_sha256(sums, spec.vectors) != aggregate.sums_sha256:
        raise AggregateMismatch("the sums are not those that the coordinator signed; fetch them again")
    check_bounds(spec, sums, len(aggregate.sites))


def check_bounds(spec: SessionSpec, sums: Mapping[str, Words], survivors: int) -> None:
    """Raise ``AggregateOutOfBounds`` unless every word is one that so many honest sites can have summed to."""
    for vector in spec.vectors:
        words = sums[vector.name].view(np.int32)
        low, high = int(words.min()), int(words.max())
        if low < survivors * vector.lowest or high > survivors * vector.highest:
            raise AggregateOutOfBounds(
                f"the words of {vector.name} reach from {low} to {high}; {survivors} sites can have summed to "
                f"{survivors * vector.lowest}..{survivors * vector.highest}. Somebody's masks did not cancel, or the "
                "sum was changed; do not apply it"
            )
