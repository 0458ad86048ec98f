"""Add the sites' vectors up, one site in memory at a time, and keep the sums as a blob."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backend.apps.artifacts import store
from backend.apps.jobs.hub_identity import hub_identity
from backend.apps.jobs.models import Attempt, Message
from backend.apps.jobs.services.conversation import SecureConversation
from primia_core.federation.steps import Step
from primia_core.secagg.session import VectorSpec

Words = NDArray[np.uint32]
WORD = np.dtype("<u4")


@dataclass(frozen=True)
class Opened:
    """The sums of an attempt, over whom, and the coordinator's signature under them in a secure job."""

    sums: Mapping[str, Words]
    survivors: tuple[str, ...]
    aggregate: dict[str, object] | None


def sums_open(attempt: Attempt, step: Step) -> Opened:
    """Add up what an attempt's sites sent. Doing it again gives the same sums and the same signature."""
    blobs = {
        message.site.slug: message.artifact.sha256
        for message in Message.objects.filter(attempt=attempt, kind=Message.Kind.SUBMIT)
        .exclude(site__slug__in=list(attempt.dropped))
        .select_related("site", "artifact")
    }
    if attempt.secure:
        session = SecureConversation(attempt, hub_identity()).session
        sums, aggregate = session.finish(lambda site: read_vectors(blobs[site], step.vectors))
        return Opened(sums, tuple(aggregate.sites), aggregate.model_dump(mode="json"))
    sums = {vector.name: np.zeros(vector.length, np.uint32) for vector in step.vectors}
    for site in sorted(blobs):
        for name, words in read_vectors(blobs[site], step.vectors).items():
            np.add(sums[name], words, out=sums[name])
    return Opened(sums, tuple(sorted(blobs)), None)


def read_vectors(sha256: str, vectors: Sequence[VectorSpec]) -> dict[str, Words]:
    """Read a blob of little-endian words as named vectors, in the order of the step; they are maps of the file."""
    words = np.memmap(store.path_of(sha256), WORD, "r")
    ends = np.cumsum([vector.length for vector in vectors])
    parts = np.split(words, ends[:-1])
    return {vector.name: part for vector, part in zip(vectors, parts, strict=True)}


def sums_store(sums: Mapping[str, Words], vectors: Sequence[VectorSpec]) -> store.Blob:
    """Keep sums as a blob, in the form in which a site submits vectors."""
    return store.put_chunks(np.ascontiguousarray(sums[vector.name], WORD).data for vector in vectors)
