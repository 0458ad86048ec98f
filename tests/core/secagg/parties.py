"""A whole federation in one process for tests: real sites, a real coordinator, dropouts where a test wants them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from primia_core.ring import Keystream
from primia_core.secagg import CoordinatorSession, Identity, Member, MemoryLedger, SessionSpec, SiteSession, VectorSpec

PHASES = ("advertise", "share", "submit", "consent", "unmask")
VECTORS = (VectorSpec(name="update.weights", length=1000), VectorSpec(name="update.samples", length=4))
PLAN, MODEL, COHORT = "a" * 64, "b" * 64, "c" * 64


@cache
def identity(name: str) -> Identity:
    """Return the same identity for the same name throughout a test run."""
    with TemporaryDirectory() as folder:
        return Identity.create(Path(folder), name)


def member(name: str) -> Member:
    public = identity(name).public
    return Member(site=name, identity=public.to_json(), fingerprint=public.fingerprint)


def names(n: int) -> list[str]:
    return [f"site-{i:03d}" for i in range(n)]


def spec_of(sites, **changes) -> SessionSpec:
    settings = {
        "job": "job",
        "step": 1,
        "attempt": 1,
        "plan_hash": PLAN,
        "model_hash": MODEL,
        "coordinator": identity("coordinator").public.to_json(),
        "roster": [member(site) for site in sites],
        "min_survivors": min(3, len(sites)),
        "vectors": VECTORS,
        "dataset_versions": dict.fromkeys(sites, COHORT),
    }
    return SessionSpec.build(**{**settings, **changes})


class FixedBytes:
    """Uniform bytes that are the same in every run, so that a test of statistics cannot fail by chance."""

    def __init__(self, name: str) -> None:
        self._stream = Keystream(name.encode().ljust(32, b".")[:32])

    def __call__(self, count: int) -> bytes:
        words = np.empty(-(-count // 4), np.uint32)
        self._stream.fill(words)
        return words.tobytes()[:count]


def words_of(site: str, spec: SessionSpec) -> dict[str, np.ndarray]:
    """Return small signed numbers that differ from site to site."""
    index = spec.sites.index(site) + 1
    return {
        vector.name: (np.arange(vector.length, dtype=np.int32) % 1000 * index - 700 * index).view(np.uint32)
        for vector in spec.vectors
    }


@dataclass
class Parties:
    """Sites and coordinator of one attempt; ``play`` runs it to its end."""

    spec: SessionSpec
    ledgers: dict[str, MemoryLedger] = field(default_factory=dict)
    confirmed: frozenset[str] | None = None
    crash: bool = False
    fixed: str | None = None

    def __post_init__(self) -> None:
        everybody = frozenset(m.fingerprint for m in self.spec.roster)
        self.confirmed = everybody if self.confirmed is None else self.confirmed
        self.hub = CoordinatorSession(self.spec, identity("coordinator"))
        self.words = {site: words_of(site, self.spec) for site in self.spec.sites}
        self.vectors: dict[str, Mapping[str, np.ndarray]] = {}
        self.gone: set[str] = set()
        self.sites = {}
        for site in self.spec.sites:
            ledger = self.ledgers.setdefault(site, MemoryLedger())
            rng = {} if self.fixed is None else {"rng": FixedBytes(f"{self.fixed} {site}")}
            self.sites[site] = SiteSession(self.spec, site, identity(site), self.confirmed, ledger, **rng)

    def at(self, site: str) -> SiteSession:
        """Return a site's session, as it is after a crash of its process if the test wants crashes."""
        if self.crash:
            session = self.sites[site]
            self.sites[site] = SiteSession.load(session.dump(), identity=identity(site), ledger=self.ledgers[site])
        return self.sites[site]

    def alive(self) -> list[str]:
        return [site for site in self.spec.sites if site not in self.gone]

    def advertise(self):
        for site in self.alive():
            self.hub.receive_advertisement(self.at(site).advertise())
        return self.hub.roster()

    def share(self, certificates=()):
        for site in self.alive():
            self.hub.receive_shares(self.at(site).share(self.hub.roster(), certificates))

    def submit(self):
        for site in self.alive():
            submission = self.at(site).mask(self.words[site], self.hub.inbox(site))
            self.hub.receive_submission(submission.header)
            self.vectors[site] = submission.vectors
        return self.hub.survivors()

    def consent(self):
        for site in self.alive():
            if site in self.hub.survivors().survivors:
                self.hub.receive_consent(self.at(site).consent(self.hub.survivors()))
        return self.hub.certificate()

    def unmask(self):
        for site in self.alive():
            if site in self.hub.survivors().survivors:
                self.hub.receive_unmask(self.at(site).unmask(self.hub.certificate()))

    def finish(self):
        return self.hub.finish(lambda site: self.vectors[site])

    def play(self, gone: Mapping[str, set[str]] | None = None, until: str | None = None, certificates=()):
        """Run the phases; ``gone`` names who is lost at the beginning of each. Returns the sums and the aggregate."""
        for phase in PHASES:
            if phase == until:
                return None
            self.gone |= (gone or {}).get(phase, set())
            self.share(certificates) if phase == "share" else getattr(self, phase)()
        if until == "finish":
            return None
        sums, aggregate = self.finish()
        for site in self.alive():
            self.at(site).accept(aggregate, sums)
        return sums, aggregate

    def expected(self) -> dict[str, np.ndarray]:
        """Return the plain sums over the survivors."""
        totals = {vector.name: np.zeros(vector.length, np.uint32) for vector in self.spec.vectors}
        for site in self.hub.survivors().survivors:
            for name, words in self.words[site].items():
                totals[name] += words
        return totals
