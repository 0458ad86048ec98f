"""What the process that runs everything tells a party or the dealer, and what they answer. Plain data on a pipe."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from primia_core.mpc.profile import Words
from primia_core.mpc.stock.header import Kind

HELPER = 2
"""The third party of SecureNN."""
TWO_PARTY_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Network:
    """How the parties are connected.

    Attributes:
        latency_ms: one way, added to what the machine has.
        bandwidth_mbps: of each direction; infinite for none.
        timeout_s: how long the messages of one step may take.
    """

    latency_ms: float = 0.0
    bandwidth_mbps: float = float("inf")
    timeout_s: float = TWO_PARTY_TIMEOUT_S

    @property
    def shaped(self) -> bool:
        """Return whether anything is added to the machine's own network."""
        return self.latency_ms > 0 or self.bandwidth_mbps != float("inf")


@dataclass(frozen=True)
class Meet:
    """Connect to the other parties."""

    addresses: Mapping[int, tuple[str, int]]
    certificates: Mapping[int, str]


@dataclass(frozen=True, repr=False)
class LoadModel:
    """Take a share of a model, as a seed or as words, and open W^ with the other party.

    Attributes:
        program: canonical JSON.
        model: version of the model.
        share: 32 bytes, or ring words by name; nothing at the dealer, which never has one, and at SecureNN's helper.
        mask: id of R_w, drawn by the dealer; empty in SecureNN.
        mask_seed: this party's seed of R_w, drawn by the dealer; nothing in SecureNN.
    """

    program: bytes
    model: str
    share: bytes | Mapping[str, Words] | None = None
    mask: str = ""
    mask_seed: bytes | None = None


@dataclass(frozen=True)
class TakeIn:
    """Take in a correlation file that the dealer left."""

    path: Path


@dataclass(frozen=True)
class Prepare:
    """Take a set out of the stock for ever and prepare it."""

    kind: Kind | None
    batch: int


@dataclass(frozen=True, repr=False)
class HandOver:
    """Take a share of a batch of images, for one run.

    Attributes:
        request: digest of the request.
        share: 32 bytes to expand, or ring words; nothing at SecureNN's helper.
        session_seeds: SecureNN's pairwise seeds for this run, by peer.
    """

    request: bytes
    share: bytes | Words | None
    session_seeds: Mapping[int, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Compute:
    """Run the program on the share that was handed over.

    It is short, and no disk is asked before the run begins, so that all parties begin at the same moment.

    Attributes:
        network: how the parties are connected in this run, if not as they were started.
    """

    network: Network | None = None


@dataclass(frozen=True)
class Deal:
    """Deal one set into two files.

    Attributes:
        files: for party 0 and party 1.
    """

    kind: Kind
    epoch: int
    files: tuple[Path, Path]


@dataclass(frozen=True)
class Stop:
    """End."""


@dataclass(frozen=True)
class Listening:
    """A party's address, and the certificate that it shows."""

    address: tuple[str, int]
    certificate: str


@dataclass(frozen=True)
class Done:
    """An order was carried out.

    Attributes:
        seconds: what it took, by the carrier's own clock.
        facts: whatever else there is to say, as plain values.
    """

    seconds: float
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, repr=False)
class Answer:
    """A party's share of the answer.

    Attributes:
        share: ring words or narrow values; nothing at SecureNN's helper.
        began_s, ended_s: of the run, by the machine's monotonic clock.
        delayed_s: since the share was handed over, while the party stood ready and others worked on its processors;
            0 where it has none of its own, or the system does not tell.
        pace_s: what a fixed piece of work took it before or after, whichever was longer; 0 likewise.
        counters: rounds, bytes and seconds as ``Counters.to_json``; of our own protocols also the computing of each
            operation by its position, ``compute_by_operation``.
    """

    share: Words | None
    began_s: float
    ended_s: float
    delayed_s: float
    pace_s: float
    counters: Mapping[str, Any]
    peak_memory_bytes: int


@dataclass(frozen=True)
class Failed:
    """An order failed: the error's code and message."""

    code: str
    message: str


Order = Meet | LoadModel | TakeIn | Prepare | HandOver | Compute | Deal | Stop
Reply = Listening | Done | Answer | Failed
