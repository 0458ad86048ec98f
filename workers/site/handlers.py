"""What the agent does for each kind of task: payload in, answer out. Each answer is stored before it is returned.

Delivered at least once: a handler may run again after any crash, and then finds what it stored.
"""

from collections.abc import Callable, Mapping
from typing import Any

from primia_core.attacks.findings import AuditFindings
from primia_core.federation.closing import close
from primia_core.federation.plan import Plan
from primia_core.imaging import CohortPixels
from workers.link import LeaseKeeper
from workers.site.agent import Agent
from workers.site.aggregation import Submission
from workers.site.errors import StepRefused
from workers.site.outbox import Answer
from workers.site.training import Question, Words, digest, from_bytes, to_pieces

Payload = Mapping[str, Any]


class Handlers:
    """The agent's answers to one task."""

    def __init__(self, agent: Agent, task_id: str, lease: LeaseKeeper) -> None:
        self.agent, self.task_id, self.lease = agent, task_id, lease

    @classmethod
    def kinds(cls) -> dict[str, Callable[["Handlers", Payload], Answer | None]]:
        """Return the method for each kind of task."""
        return {
            "plan.review": cls.review,
            "secagg.advertise": cls.advertise,
            "secagg.share": cls.share,
            "step.submit": cls.submit,
            "secagg.consent": cls.consent,
            "secagg.unmask": cls.unmask,
            "step.apply": cls.apply,
            "secagg.abort": cls.abort,
            "plan.close": cls.close_plan,
        }

    def answer(self, kind: str, payload: Payload) -> Answer | None:
        """Answer a task, or return ``None`` for one that waits for a person."""
        return self.kinds()[kind](self, payload)

    def review(self, payload: Payload) -> Answer | None:
        """Decide on a plan, or put it before a person."""
        approval = self.agent.approvals.review(payload["plan"], str(payload["job"]))
        if approval.state == "pending":
            return None
        return self._keep("plan.review", {**approval.answer(), **self._spent(approval.plan)})

    def advertise(self, payload: Payload) -> Answer:
        """Join an attempt."""
        with self.agent.database.transaction():
            result = self.agent.aggregations.advertise(payload["spec"], self.agent.cohort.version)
            return self._keep("secagg.advertise", result)

    def share(self, payload: Payload) -> Answer:
        """Deal shares."""
        with self.agent.database.transaction():
            certificates = list(payload.get("abort_certificates") or ())
            result = self.agent.aggregations.share(payload["session"], payload["roster"], certificates)
            return self._keep("secagg.share", result)

    def submit(self, payload: Payload) -> Answer:
        """Do a step's local work, mask it, and make it ready to leave."""
        agent, question = self.agent, self._question(payload)
        session = payload.get("session")
        if session is not None:
            agent.aggregations.check_step(session, question)
            if (before := agent.aggregations.submission(session)) is not None:
                return self._keep_submission(before, question.plan)
        elif question.plan.aggregation.secure:
            raise StepRefused("the signed plan has secure aggregation; this site submits nothing in the clear")
        if question.step.kind == "train":
            plan, step = question.plan, question.step
            kept = agent.work.keeps(plan.hash, step.number, step.model_hash, agent.cohort.version)
            agent.approvals.spending.check_room(plan, step.model_hash, kept=kept)
        pixels = agent.cohort.pixels(question.plan.data.image_size, lambda done, total: self.lease.progress("fetching"))
        model = self._model(question, payload)
        data = CohortPixels(agent.cohort.cohort, pixels)
        vectors = agent.work.answer(
            question, data, agent.cohort.version, model, self.lease,
            site=agent.settings.site, keep_findings=lambda findings: self._keep_findings(question, findings),
        )  # fmt: skip
        self.lease.progress("masking")
        self.lease.check()
        with agent.database.transaction():
            self._charge(question, vectors)
            header: dict[str, object] = {}
            if session is not None:
                header, vectors = agent.aggregations.mask(session, vectors, payload["inbox"])
            submission = Submission(header, agent.blobs.add(*to_pieces(question.step, vectors)))
            if session is not None:
                agent.aggregations.submitted(session, submission)
            return self._keep_submission(submission, question.plan)

    def consent(self, payload: Payload) -> Answer:
        """Sign the survivor list."""
        with self.agent.database.transaction():
            result = self.agent.aggregations.consent(payload["session"], payload["survivors"])
            return self._keep("secagg.consent", result)

    def unmask(self, payload: Payload) -> Answer:
        """Give shares against the certificate."""
        with self.agent.database.transaction():
            result = self.agent.aggregations.unmask(payload["session"], payload["certificate"])
            return self._keep("secagg.unmask", result)

    def apply(self, payload: Payload) -> Answer:
        """Check the signed sums, close the step with them, and keep the next global weights."""
        agent, question = self.agent, self._question(payload)
        session = payload.get("session")
        self.lease.progress("fetching")
        sums = from_bytes(question.step, agent.artifacts.download(payload["artifact"], progress=self._fetching))
        if session is not None:
            agent.aggregations.check_step(session, question)
            survivors = agent.aggregations.accept(session, payload["aggregate"], sums)
        else:
            survivors = tuple(payload["survivors"])
        model = self._model(question, payload) if question.step.kind == "train" else None
        self.lease.progress("applying")
        result, after = close(question.plan, question.step, question.state, sums, survivors, model)
        if after is not None:
            agent.models.put(after)
        with agent.database.transaction():
            agent.results.keep(question.plan.hash, result)
            if session is not None:
                agent.aggregations.close(session)
            answer = self._keep("step.apply", {"model_hash": result.model_after})
        agent.work.forget(question, agent.cohort.version)
        agent.tidy()
        return answer

    def abort(self, payload: Payload) -> Answer:
        """Swear that an attempt will never be released here."""
        with self.agent.database.transaction():
            return self._keep("secagg.abort", self.agent.aggregations.abort(payload["session"], payload.get("spec")))

    def close_plan(self, payload: Payload) -> Answer:
        """Hear that a plan's job is over, and keep no budget for it."""
        with self.agent.database.transaction():
            self.agent.approvals.end(str(payload["plan_hash"]))
            return self._keep("plan.close", {"plan_hash": str(payload["plan_hash"])})

    def _charge(self, question: Question, vectors: Mapping[str, Words]) -> None:
        """Write a round down in the ledger, in the transaction that makes its answer ready to leave."""
        if question.step.kind == "train":
            plan, step = question.plan, question.step
            job = self.agent.approvals.signed_plan(plan.hash).job
            self.agent.approvals.spending.charge(
                plan, job=job, round_number=step.round or 0, model_hash=step.model_hash, answer=digest(vectors)
            )

    def _spent(self, plan: Plan) -> dict[str, object]:
        told = self.agent.approvals.spending.told(plan)
        return {"privacy": told} if told else {}

    def _keep_findings(self, question: Question, findings: AuditFindings) -> None:
        """Write pictures of this hospital's images into its own folder; nothing sends them."""
        job = self.agent.approvals.signed_plan(question.plan.hash).job
        self.agent.audits.keep(question.plan, job, findings)

    def _question(self, payload: Payload) -> Question:
        plan = self.agent.approvals.signed_plan(str(payload["plan_hash"])).plan
        question = Question.check(plan, payload["step"], payload["run_state"])
        self.agent.results.check(plan.hash, question.state)
        return question

    def _model(self, question: Question, payload: Payload):
        if question.step.kind == "statistics":
            return None
        offered = payload.get("model") or {}
        return self.agent.models.obtain(
            question.step.model_hash, offered.get("sha256"), self.agent.artifacts, self._fetching
        )

    def _fetching(self, done: int, total: int) -> None:
        self.lease.progress("fetching", done, total)
        if self.lease.should_stop():
            self.lease.check()

    def _keep(self, kind: str, result: Mapping[str, object]) -> Answer:
        """Store the answer and its line in the journal; nothing of it has left yet."""
        with self.agent.database.transaction():
            answer = self.agent.outbox.put(self.task_id, kind, Answer({"result": dict(result)}))
            self.agent.journal.message(kind, answer.body, task=self.task_id)
            return answer

    def _keep_submission(self, submission: Submission, plan: Plan) -> Answer:
        result = {"header": submission.header or None, "artifact": submission.artifact.sha256, **self._spent(plan)}
        with self.agent.database.transaction():
            answer = self.agent.outbox.put(self.task_id, "step.submit", Answer({"result": result}, submission.artifact))
            self.agent.journal.blob(
                "vectors",
                sha256=submission.artifact.sha256,
                size_bytes=submission.artifact.size_bytes,
                task=self.task_id,
            )
            self.agent.journal.message("step.submit", answer.body, task=self.task_id)
            return answer
