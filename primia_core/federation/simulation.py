"""A whole training job in one process, driven through the same state machines as the platform.

Sites and coordinator exchange their real messages; only the network, the queue and the database are missing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from primia_core.federation.closing import close
from primia_core.federation.errors import StepError
from primia_core.federation.layout import Layout
from primia_core.federation.plan import Plan
from primia_core.federation.schedule import Finished, next_step
from primia_core.federation.site_work import SiteData, SiteWork, perform
from primia_core.federation.state import RunState, StepResult
from primia_core.federation.steps import Step
from primia_core.models.weights import state_hash
from primia_core.secagg import CoordinatorSession, Identity, Member, MemoryLedger, SessionSpec, SiteSession

Words = NDArray[np.uint32]
Phase = Literal["advertise", "share", "submit", "consent", "unmask"]
Watch = Callable[[Step, str, int, int], None]


@dataclass
class SimulatedSite:
    """One hospital: its keys, its images, its ledger, and what it keeps between rounds."""

    name: str
    identity: Identity
    data: SiteData
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    local_layers: Mapping[str, torch.Tensor] | None = None


@dataclass(frozen=True)
class SimulationResult:
    """What a finished job leaves behind."""

    state: RunState
    finished: Finished
    model: Mapping[str, torch.Tensor] = field(repr=False)


class Simulation:
    """Run a plan over sites in this process.

    Args:
        plan: the job; its roster names exactly ``sites``.
        sites: by slug.
        coordinator: the coordinator's identity, which signs the sums.
        initial_model: the weights whose hash is ``plan.initial_model``.
        watch: told (step, site, batches done, batches planned).
        absent: says whether a site answers no more from a phase on; for tests of dropouts.
    """

    def __init__(
        self,
        plan: Plan,
        sites: Mapping[str, SimulatedSite],
        coordinator: Identity,
        initial_model: Mapping[str, torch.Tensor],
        *,
        watch: Watch = lambda step, site, done, total: None,
        absent: Callable[[str, Phase, Step], bool] = lambda site, phase, step: False,
    ) -> None:
        roster = [member.site for member in plan.roster]
        if sorted(sites) != roster:
            raise StepError(f"the plan's roster is {roster}, the simulation has {sorted(sites)}")
        if state_hash(initial_model) != plan.initial_model:
            raise StepError(f"the plan starts from {plan.initial_model[:12]}, got {state_hash(initial_model)[:12]}")
        self.plan, self.sites, self.coordinator = plan, dict(sites), coordinator
        self.state, self._models = RunState(), {plan.initial_model: dict(initial_model)}
        self._layout = Layout.of(initial_model, batch_norm=plan.strategy.batch_norm)
        self._watch, self._absent = watch, absent

    def run(self, on_result: Callable[[StepResult], None] = lambda result: None) -> SimulationResult:
        """Take all steps of the plan and return what came out."""
        while isinstance(step := next_step(self.plan, self.state, self._layout), Step):
            on_result(self.take(step))
        return SimulationResult(self.state, step, self._models[step.model_hash])

    def take(self, step: Step) -> StepResult:
        """Take one step: ask the sites, add up, close."""
        model = self._models.get(step.model_hash)
        sums, survivors = self._secure(step) if self.plan.aggregation.secure else self._plain(step)
        result, after = close(self.plan, step, self.state, sums, survivors, model)
        if after is not None:
            self._models[result.model_after] = after
        self.state = self.state.with_result(result)
        return result

    def answer(self, step: Step, name: str) -> SiteWork:
        """Perform a step at one site; its FedBN layers stay there."""
        site = self.sites[name]
        work = perform(
            self.plan,
            step,
            self.state,
            site.data,
            self._models.get(step.model_hash),
            local_layers=site.local_layers,
            site=name,
            progress=lambda done, total: self._watch(step, name, done, total),
        )
        site.local_layers = work.local_layers or site.local_layers
        return work

    def _plain(self, step: Step) -> tuple[dict[str, Words], tuple[str, ...]]:
        alive = tuple(name for name in self.sites if not self._absent(name, "submit", step))
        if len(alive) < self.plan.aggregation.min_survivors:
            raise StepError(f"{len(alive)} sites answered, the plan needs {self.plan.aggregation.min_survivors}")
        sums = {vector.name: np.zeros(vector.length, np.uint32) for vector in step.vectors}
        for name in alive:
            for vector, words in self.answer(step, name).vectors.items():
                sums[vector] += words
        return sums, alive

    def session_spec(self, step: Step, attempt: int = 1) -> SessionSpec:
        """Return what a step's session binds its keys, masks and signatures to."""
        return SessionSpec.build(
            job=self.plan.hash[:32],
            step=step.number,
            attempt=attempt,
            plan_hash=self.plan.hash,
            model_hash=step.model_hash,
            coordinator=self.plan.coordinator,
            roster=tuple(
                Member(site=member.site, identity=member.identity, fingerprint=member.fingerprint)
                for member in self.plan.roster
            ),
            min_survivors=self.plan.aggregation.min_survivors,
            neighbours=self.plan.aggregation.neighbours,
            vectors=step.vectors,
            dataset_versions={member.site: member.dataset_version for member in self.plan.roster},
        )

    def _secure(self, step: Step) -> tuple[dict[str, Words], tuple[str, ...]]:
        spec = self.session_spec(step)
        hub = CoordinatorSession(spec, self.coordinator)
        confirmed = frozenset(member.fingerprint for member in self.plan.roster)
        sessions = {
            name: SiteSession(spec, name, site.identity, confirmed=confirmed, ledger=site.ledger)
            for name, site in self.sites.items()
        }

        def alive(phase: Phase) -> list[str]:
            for name in [n for n in sessions if self._absent(n, phase, step)]:
                del sessions[name]
            return list(sessions)

        for name in alive("advertise"):
            hub.receive_advertisement(sessions[name].advertise())
        roster = hub.roster()
        for name in alive("share"):
            hub.receive_shares(sessions[name].share(roster))
        masked: dict[str, Mapping[str, Words]] = {}
        for name in alive("submit"):
            submission = sessions[name].mask(self.answer(step, name).vectors, hub.inbox(name))
            hub.receive_submission(submission.header)
            masked[name] = submission.vectors
        survivors = hub.survivors()
        for name in alive("consent"):
            hub.receive_consent(sessions[name].consent(survivors))
        certificate = hub.certificate()
        for name in alive("unmask"):
            hub.receive_unmask(sessions[name].unmask(certificate))
        sums, aggregate = hub.finish(lambda name: masked[name])
        for session in sessions.values():
            session.accept(aggregate, sums)
        return dict(sums), tuple(survivors.survivors)
