"""Three small hospitals and a coordinator that speaks to them through the fake hub, message by message."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from primia_core import secagg
from primia_core.federation.closing import close
from primia_core.federation.layout import Layout
from primia_core.federation.plan import Aggregation, DataPlan, Plan, PlanSite, Selection, Strategy
from primia_core.federation.schedule import next_step
from primia_core.federation.state import RunState
from primia_core.federation.steps import Step
from primia_core.models import build_model
from primia_core.models.spec import ModelSpec
from primia_core.models.weights import Manifest, PixelScale, save, state_hash
from primia_core.secagg import CoordinatorSession, Identity, Member, PublicIdentity, SessionSpec
from primia_core.training.config import Augmentation, LocalTraining
from tests.workers.link.fake_hub import CREDENTIAL, FakeHub, FakeTask, sha256_of
from workers.link import LeasedTask
from workers.site.agent import Agent
from workers.site.folder import SiteFolder, SiteHubSettings
from workers.site.policy import SitePolicy
from workers.site.runner import run
from workers.site.setup import make_site

SITES = ("aalborg", "basel", "coimbra")
CLASSES = ("normal", "bacterial", "viral")
JOB = "0b5f4f0e-1111-4222-8333-444455556666"
STILL = Augmentation(rotation_degrees=0, translation_fraction=0, scale_fraction=0, brightness=0, contrast=0)


def draw_images(folder: Path, seed: int, patients: int = 24) -> Path:
    """Write a CSV and PNGs whose three classes are a bright square in three places."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    lines = ["path,label,patient_id,split"]
    for patient in range(patients):
        label = patient % 3
        image = rng.integers(0, 90, (16, 16), dtype=np.uint8)
        image[4:12, 1 + 5 * label : 5 + 5 * label] += 140
        name = f"p{patient}.png"
        Image.fromarray(image).save(folder / name)
        split = ("train", "train", "validation", "test")[patient // 3 % 4]
        lines.append(f"{name},{CLASSES[label]},patient-{patient},{split}")
    (folder / "cohort.csv").write_text("\n".join(lines) + "\n")
    return folder / "cohort.csv"


def make_hospital(
    base: Path, slug: str, hub: FakeHub, coordinator: PublicIdentity, policy: SitePolicy, patients: int = 24
) -> SiteFolder:
    """Make one hospital's folder, enrolled at the fake hub."""
    folder = SiteFolder(base / slug)
    seed = SITES.index(slug) if slug in SITES else 9
    table = draw_images(base / f"{slug}-images", seed=seed, patients=patients)
    made = make_site(
        folder, site=slug, name=slug.title(), data=table, task="chest-xray-pneumonia", classes=CLASSES, policy=policy
    )
    hub_settings = SiteHubSettings(url=hub.base_url, federation="demo", coordinator=coordinator.to_json())
    folder.write_settings(made.settings.model_copy(update={"hub": hub_settings}))
    folder.write_credential(CREDENTIAL)
    return folder


@dataclass
class Federation:
    """Three agents in this process, and what the coordinator knows of their job."""

    base: Path
    hub: FakeHub
    secure: bool = True
    strategy: Strategy = field(default_factory=lambda: Strategy(rounds=1))
    policy: SitePolicy = field(default_factory=lambda: SitePolicy(approval="auto"))
    patients: int = 24
    agents: dict[str, Agent] = field(default_factory=dict)
    state: RunState = field(default_factory=RunState)

    def __post_init__(self) -> None:
        self.coordinator = Identity.create(self.base / "coordinator", "Coordinator")
        for slug in SITES:
            make_hospital(self.base, slug, self.hub, self.coordinator.public, self.policy, self.patients)
            self.open(slug)
        self.confirm_all()
        self.plan = self.make_plan()
        self.weights = {self.plan.initial_model: build_model(self.plan.model, seed=3).state_dict()}
        self.layout = Layout.of(self.weights[self.plan.initial_model], batch_norm=self.strategy.batch_norm)

    def open(self, slug: str) -> Agent:
        """Open, or open again, one hospital's agent."""
        if slug in self.agents:
            self.agents.pop(slug).close()
        self.agents[slug] = Agent(SiteFolder(self.base / slug))
        return self.agents[slug]

    def close(self) -> None:
        for agent in self.agents.values():
            agent.close()

    def confirm_all(self) -> None:
        for agent in self.agents.values():
            for peer in self.agents.values():
                agent.approvals.confirm(peer.identity.public.fingerprint, "test")

    def make_plan(self, **changes: object) -> Plan:
        model = ModelSpec(name="small_cnn")
        fields = {
            "title": "a test",
            "federation": "demo",
            "coordinator": self.coordinator.public.to_json(),
            "roster": tuple(self.plan_site(slug) for slug in SITES),
            "data": DataPlan(classes=CLASSES, image_size=16),
            "model": model,
            "initial_model": state_hash(build_model(model, seed=3).state_dict()),
            "training": LocalTraining(steps=3, batch_size=8, augmentation=STILL),
            "strategy": self.strategy,
            "selection": Selection(first_round=1),
            "aggregation": Aggregation(secure=self.secure, min_survivors=3, reference_samples=64),
        }
        return Plan(**{**fields, **changes})

    def plan_site(self, slug: str) -> PlanSite:
        agent = self.agents[slug]
        return PlanSite(
            site=slug,
            name=slug.title(),
            fingerprint=agent.identity.public.fingerprint,
            identity=agent.identity.public.to_json(),
            dataset_version=agent.cohort.version,
        )

    # ---- asking -----------------------------------------------------------------------------------------------

    def task(self, kind: str, payload: dict) -> FakeTask:
        task = self.hub.add(kind, payload)
        task.state, task.deliveries = "leased", 1
        return task

    def deliver(self, slug: str, task: FakeTask) -> str:
        return run(self.agents[slug], LeasedTask(task.id, task.kind, task.payload, task.deliveries, 30.0))

    def ask(self, slug: str, kind: str, payload: dict) -> dict:
        """Deliver a task and return its result; an error fails the test."""
        task = self.task(kind, payload)
        assert self.deliver(slug, task) == "answered"
        assert "result" in task.answer, task.answer
        return task.answer["result"]

    def refused(self, slug: str, kind: str, payload: dict) -> dict:
        """Deliver a task and return the error that it is answered with."""
        task = self.task(kind, payload)
        assert self.deliver(slug, task) == "answered"
        assert "error" in task.answer, task.answer
        return task.answer["error"]

    def review(self) -> None:
        for slug in SITES:
            assert self.ask(slug, "plan.review", {"plan": self.plan.to_json(), "job": JOB})["decision"] == "approve"

    def spec(self, step: Step, attempt: int = 1, **changes: object) -> SessionSpec:
        fields = {
            "job": JOB,
            "step": step.number,
            "attempt": attempt,
            "plan_hash": self.plan.hash,
            "model_hash": step.model_hash,
            "coordinator": self.plan.coordinator,
            "roster": [Member(site=m.site, identity=m.identity, fingerprint=m.fingerprint) for m in self.plan.roster],
            "min_survivors": 3,
            "vectors": step.vectors,
            "dataset_versions": {m.site: m.dataset_version for m in self.plan.roster},
        }
        return SessionSpec.build(**{**fields, **changes})

    def next_step(self) -> Step:
        step = next_step(self.plan, self.state, self.layout)
        assert isinstance(step, Step), step
        return step

    def submit_payload(self, step: Step, session: str | None, inbox: object) -> dict:
        return {
            "session": session,
            "inbox": inbox,
            "plan_hash": self.plan.hash,
            "step": step.model_dump(mode="json"),
            "run_state": self.state.model_dump(mode="json"),
            "model": self.model_reference(step),
        }

    def model_reference(self, step: Step) -> dict | None:
        if step.kind == "statistics":
            return None
        path = self.base / f"{step.model_hash}.safetensors"
        if path.exists():
            return {"sha256": sha256_of(path.read_bytes()), "state_hash": step.model_hash}
        state = self.weights[step.model_hash]
        manifest = Manifest(
            spec=self.plan.model,
            classes=CLASSES,
            image_size=16,
            normalisation=PixelScale(mean=0.5, std=0.25),
            state_hash=step.model_hash,
        )
        save(path, state, manifest)
        content = path.read_bytes()
        self.hub.readable[sha256_of(content)] = content
        return {"sha256": sha256_of(content), "state_hash": step.model_hash}

    # ---- a whole step -----------------------------------------------------------------------------------------

    def until_submit(self, step: Step, attempt: int = 1) -> tuple[CoordinatorSession, dict[str, dict]]:
        """Advertise and share; return the coordinator's session and each site's submit payload."""
        hub = CoordinatorSession(self.spec(step, attempt), self.coordinator)
        digest = hub.spec.digest
        for slug in SITES:
            hub.receive_advertisement(
                read("Advertisement", self.ask(slug, "secagg.advertise", {"spec": dump(hub.spec)})["advertisement"])
            )
        roster = dump(hub.roster())
        for slug in SITES:
            payload = {"session": digest, "roster": roster, "abort_certificates": []}
            hub.receive_shares(read("SealedShares", self.ask(slug, "secagg.share", payload)["shares"]))
        return hub, {slug: self.submit_payload(step, digest, dump(hub.inbox(slug))) for slug in SITES}

    def finish(self, step: Step, hub: CoordinatorSession, results: dict[str, dict]) -> dict:
        """Consent, unmask, add up; return what ``step.apply`` is asked with."""
        digest = hub.spec.digest
        for slug in SITES:
            hub.receive_submission(read("SubmissionHeader", results[slug]["header"]))
        survivors = dump(hub.survivors())
        for slug in SITES:
            answer = self.ask(slug, "secagg.consent", {"session": digest, "survivors": survivors})
            hub.receive_consent(read("SurvivorSignature", answer["signature"]))
        certificate = dump(hub.certificate())
        for slug in SITES:
            answer = self.ask(slug, "secagg.unmask", {"session": digest, "certificate": certificate})
            hub.receive_unmask(read("UnmaskShares", answer["shares"]))
        sums, aggregate = hub.finish(lambda slug: self.uploaded(step, results[slug]["artifact"]))
        return self.apply_payload(step, sums, session=digest, aggregate=dump(aggregate), survivors=list(SITES))

    def apply_payload(self, step: Step, sums: dict, **more: object) -> dict:
        content = b"".join(np.ascontiguousarray(sums[v.name], "<u4").tobytes() for v in step.vectors)
        self.hub.readable[sha256_of(content)] = content
        self.closed = close(self.plan, step, self.state, sums, SITES, self.weights.get(step.model_hash))
        return {
            **more,
            "artifact": sha256_of(content),
            "plan_hash": self.plan.hash,
            "step": step.model_dump(mode="json"),
            "run_state": self.state.model_dump(mode="json"),
        }

    def apply(self, payload: dict) -> None:
        result, after = self.closed
        for slug in SITES:
            assert self.ask(slug, "step.apply", payload) == {"model_hash": result.model_after}
        if after is not None:
            self.weights[result.model_after] = after
        self.state = self.state.with_result(result)

    def take(self, step: Step) -> None:
        """Take one whole step with all sites."""
        if not self.secure:
            sums = {v.name: np.zeros(v.length, np.uint32) for v in step.vectors}
            for slug in SITES:
                answer = self.ask(slug, "step.submit", self.submit_payload(step, None, None))
                for name, words in self.uploaded(step, answer["artifact"]).items():
                    sums[name] += words
            self.apply(self.apply_payload(step, sums, session=None, aggregate=None, survivors=list(SITES)))
            return
        hub, payloads = self.until_submit(step)
        results = {slug: self.ask(slug, "step.submit", payloads[slug]) for slug in SITES}
        self.apply(self.finish(step, hub, results))

    def uploaded(self, step: Step, sha256: str) -> dict[str, np.ndarray]:
        words, start, vectors = np.frombuffer(bytes(self.hub.blobs[sha256]), "<u4"), 0, {}
        for vector in step.vectors:
            vectors[vector.name] = words[start : start + vector.length].astype(np.uint32)
            start += vector.length
        assert start == len(words)
        return vectors


def dump(message) -> dict:
    return message.model_dump(mode="json")


def read(name: str, body: dict):
    return getattr(secagg, name).model_validate(body)
