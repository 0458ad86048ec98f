"""One secure sum of made-up updates through the real protocol, timed by party and phase. It prints nothing.

Parties take turns on one core, so each party's seconds are what it would take alone. Masked vectors wait in files, as
they do on the platform, so that memory says something too; reading and writing them is not counted.
"""

import resource
import tempfile
import tracemalloc
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from primia_core.ring import join_limbs, split_limbs
from primia_core.secagg import (
    CoordinatorSession,
    Identity,
    Member,
    MemoryLedger,
    SessionSpec,
    SiteSession,
    VectorSpec,
    decode,
    encode,
    error_bound,
)
from primia_core.secagg.wire import Wire

Words = NDArray[np.uint32]
Seconds = Mapping[tuple[str, str], list[float]]

WEIGHTS, SAMPLES, SATURATED = "update.weights", "update.samples", "update.saturated"
CLIP = 0.25


@dataclass
class MaskedRound:
    """A federation of ``sites``, of whom the last ``dropped`` are lost after the shares are dealt.

    Args:
        parameters: words of one update.
        sites: n.
        dropped: how many are lost before they submit.
        neighbours: of the mask graph; ``None`` picks by n.
        folder: for identities and masked vectors.
        attempt: numbers the repetitions; each has other updates.
        traced: also measure memory, which takes a second pass.
    """

    parameters: int
    sites: int
    dropped: int
    neighbours: int | None
    folder: Path
    attempt: int = 1
    traced: bool = False
    peaks: dict[str, int] = field(default_factory=dict)
    seconds: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    cpu_seconds: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    sent: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    received: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def __post_init__(self) -> None:
        names = [f"site-{number:03d}" for number in range(1, self.sites + 1)]
        self.identities = {name: Identity.create(self.folder / "keys" / name, name) for name in (*names, "hub")}
        self.samples = {name: 400 + 7 * number for number, name in enumerate(names)}
        self.reference = 1 << sum(self.samples.values()).bit_length()
        members = [
            Member(site=name, identity=found.public.to_json(), fingerprint=found.public.fingerprint)
            for name, found in self.identities.items()
            if name != "hub"
        ]
        self.spec = SessionSpec.build(
            job="bench",
            step=0,
            attempt=self.attempt,
            plan_hash="0" * 64,
            model_hash="1" * 64,
            coordinator=self.identities["hub"].public.to_json(),
            roster=members,
            min_survivors=min(3, self.sites),
            neighbours=self.neighbours,
            vectors=(
                VectorSpec(name=WEIGHTS, length=self.parameters),
                VectorSpec(name=SAMPLES, length=4),
                VectorSpec(name=SATURATED, length=1),
            ),
            dataset_versions=dict.fromkeys(names, "2" * 64),
        )
        confirmed = frozenset(member.fingerprint for member in members)
        self.at = {
            name: SiteSession(self.spec, name, self.identities[name], confirmed, MemoryLedger()) for name in names
        }
        self.hub = CoordinatorSession(self.spec, self.identities["hub"])

    def run(self) -> None:
        """Play the protocol from the first message to the last site's acceptance."""
        self._deal()
        for name in self.alive:
            self._submit(name)
        self._open()
        if self.traced:
            self._trace()
        for name in self.alive:
            with self._timed("site", "accept"):
                self.at[name].accept(self.aggregate, self.sums)
            self.received[name] += self._size(self.aggregate) + self._vector_bytes

    @property
    def alive(self) -> list[str]:
        """Return who stays to the end."""
        return list(self.spec.sites)[: self.sites - self.dropped]

    @cached_property
    def bound(self) -> float:
        """Return the error bound of the decoded mean."""
        return error_bound(
            summands=len(self.alive), clip=CLIP, reference_samples=self.reference, total_samples=self._total
        )

    def error(self) -> float:
        """Return the largest distance of the decoded mean from the float64 mean of the clipped updates."""
        found = decode(self.sums[WEIGHTS], clip=CLIP, reference_samples=self.reference, total_samples=self._total)
        exact = np.zeros(self.parameters)
        for name in self.alive:
            exact += self.samples[name] * np.clip(self._update(name).astype(np.float64), -CLIP, CLIP)
        return float(np.max(np.abs(found - exact / self._total)))

    def _trace(self) -> None:
        """Mask and add up once more, with the same result, and note how many bytes each party holds at most."""
        name = self.alive[0]
        inbox = self.hub.inbox(name)
        with _peak() as site:
            words = {v.name: np.fromfile(self.folder / f"plain.{v.name}", np.uint32) for v in self.spec.vectors}
            self.at[name].mask(words, inbox)
            del words
        with _peak() as coordinator:
            self.hub.finish(self._read)
        self.peaks = {"site_peak_bytes": site[0], "coordinator_peak_bytes": coordinator[0]}

    def _deal(self) -> None:
        for name, session in self.at.items():
            with self._timed("site", "advertise"):
                advertisement = session.advertise()
            self.sent[name] += self._size(advertisement)
            with self._timed("coordinator", "advertise"):
                self.hub.receive_advertisement(advertisement)
        roster = self.hub.roster()
        for name, session in self.at.items():
            self.received[name] += self._size(roster)
            with self._timed("site", "share"):
                shares = session.share(roster)
            self.sent[name] += self._size(shares)
            with self._timed("coordinator", "share"):
                self.hub.receive_shares(shares)

    def _submit(self, name: str) -> None:
        values = self._update(name)
        with self._timed("coordinator", "submit"):
            inbox = self.hub.inbox(name)
        with self._timed("site", "encode"):
            words = self._encoded(name, values)
        with self._timed("site", "mask"):
            submission = self.at[name].mask(words, inbox)
        self.received[name] += self._size(inbox)
        self.sent[name] += self._size(submission.header) + self._vector_bytes
        with self._timed("coordinator", "submit"):
            self.hub.receive_submission(submission.header)
        for vector, masked in submission.vectors.items():
            masked.tofile(self.folder / f"{name}.{vector}")
            if self.traced and name == self.alive[0]:
                words[vector].tofile(self.folder / f"plain.{vector}")

    def _open(self) -> None:
        with self._timed("coordinator", "consent"):
            survivors = self.hub.survivors()
        for name in self.alive:
            self.received[name] += self._size(survivors)
            with self._timed("site", "consent"):
                consent = self.at[name].consent(survivors)
            self.sent[name] += self._size(consent)
            with self._timed("coordinator", "consent"):
                self.hub.receive_consent(consent)
        certificate = self.hub.certificate()
        for name in self.alive:
            self.received[name] += self._size(certificate)
            with self._timed("site", "unmask"):
                unmask = self.at[name].unmask(certificate)
            self.sent[name] += self._size(unmask)
            with self._timed("coordinator", "unmask"):
                self.hub.receive_unmask(unmask)
        self._reading, self._cpu_reading = 0.0, 0.0
        with self._timed("coordinator", "sum"):
            self.sums, self.aggregate = self.hub.finish(self._read)
        self.seconds["coordinator", "sum"][-1] -= self._reading
        self.cpu_seconds["coordinator", "sum"][-1] -= self._cpu_reading
        self._floor()

    def _floor(self) -> None:
        """Add up plain words of the same length: what no protocol can do without."""
        total, words = np.zeros(self.parameters, np.uint32), self.sums[WEIGHTS]
        with self._timed("floor", "sum"):
            for _ in self.alive:
                np.add(total, words, out=total)

    def _encoded(self, name: str, values: NDArray[np.float32]) -> dict[str, Words]:
        words, saturated = encode(values, clip=CLIP, samples=self.samples[name], reference_samples=self.reference)
        return {
            WEIGHTS: words,
            SAMPLES: split_limbs([self.samples[name]]),
            SATURATED: np.array([saturated], np.uint32),
        }

    def _update(self, name: str) -> NDArray[np.float32]:
        """Return a site's made-up update: normal, a few in a hundred thousand beyond the clip."""
        rng = np.random.default_rng([self.attempt, self.spec.index(name)])
        return rng.standard_normal(self.parameters, dtype=np.float32) * np.float32(CLIP / 4)

    def _read(self, name: str) -> Mapping[str, Words]:
        start, cpu_start = perf_counter(), thread_time()
        words = {v.name: np.fromfile(self.folder / f"{name}.{v.name}", np.uint32) for v in self.spec.vectors}
        self._reading += perf_counter() - start
        self._cpu_reading += thread_time() - cpu_start
        return words

    @property
    def _total(self) -> int:
        return join_limbs(self.sums[SAMPLES])[0]

    @property
    def _vector_bytes(self) -> int:
        return 4 * sum(vector.length for vector in self.spec.vectors)

    @staticmethod
    def _size(message: Wire) -> int:
        return len(message.to_bytes())

    @contextmanager
    def _timed(self, party: str, phase: str) -> Iterator[None]:
        start, cpu_start = perf_counter(), thread_time()
        yield
        self.cpu_seconds[party, phase].append(thread_time() - cpu_start)
        self.seconds[party, phase].append(perf_counter() - start)


def measure(
    *, parameters: int, sites: int, dropped: int = 0, neighbours: int | None = None, repeat: int = 1
) -> dict[str, Any]:
    """Play a round ``repeat`` times and return the figures: medians over sites and repetitions for the seconds."""
    rounds: list[MaskedRound] = []
    errors = []
    for attempt in range(1, repeat + 1):
        with tempfile.TemporaryDirectory(prefix="primia-bench-") as folder:
            played = MaskedRound(parameters, sites, dropped, neighbours, Path(folder), attempt, attempt == repeat)
            played.run()
            errors.append(played.error())
            rounds.append(played)
    wall, cpu = [one.seconds for one in rounds], [one.cpu_seconds for one in rounds]
    by_site, by_hub = _of_a_site(wall), _of_the_coordinator(wall)
    return {
        "parameters": parameters,
        "sites": sites,
        "survivors": len(played.alive),
        "neighbours": sites - 1 if played.spec.neighbours is None else played.spec.neighbours,
        "threshold": played.spec.threshold,
        "colluders": played.spec.colluders,
        "upload_bytes_per_site": max(played.sent.values()),
        "download_bytes_per_site": max(played.received.values()),
        "site_seconds": sum(by_site.values()),
        "site_cpu_seconds": sum(_of_a_site(cpu).values()),
        "coordinator_seconds": sum(by_hub.values()),
        "coordinator_cpu_seconds": sum(_of_the_coordinator(cpu).values()),
        "site_phases": by_site,
        "coordinator_phases": by_hub,
        "floor_site_seconds": by_site["encode"],
        "floor_coordinator_seconds": median(seconds["floor", "sum"][0] for seconds in wall),
        "max_error": max(errors),
        "error_bound": played.bound,
        "saturated": int(played.sums[SATURATED][0]),
        **played.peaks,
        "process_peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def _of_a_site(rounds: Sequence[Seconds]) -> dict[str, float]:
    """Return for each phase the median over sites and rounds."""
    return {phase: median(took for one in rounds for took in one["site", phase]) for phase in _phases(rounds, "site")}


def _of_the_coordinator(rounds: Sequence[Seconds]) -> dict[str, float]:
    """Return for each phase the sum over messages, and of that the median over rounds."""
    return {p: median(sum(one["coordinator", p]) for one in rounds) for p in _phases(rounds, "coordinator")}


def _phases(rounds: Sequence[Seconds], party: str) -> list[str]:
    return [phase for who, phase in rounds[0] if who == party]


@contextmanager
def _peak() -> Iterator[list[int]]:
    """Trace allocations; what is yielded holds the peak in bytes afterwards."""
    found: list[int] = []
    tracemalloc.start()
    try:
        yield found
        found.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()
