"""What each study has spent of its privacy budget at this site: charged before a noisy answer leaves, never given back.

A round that was charged may have been given up before anybody saw its sum; it stays charged, because the site cannot
know. What is charged is an answer: one that is given again is the same noise and costs nothing, one that is made anew
is charged anew, whoever asked the same round twice. A job that was signed has its rounds reserved until it ends, so
that two jobs which were both signed fit the budget together. The arithmetic is ``primia_core.privacy.ledger``; here are
its rows.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

from primia_core.federation.plan import Plan
from primia_core.federation.privacy_terms import a_round_of
from primia_core.privacy.accounting import Steps, epsilon
from primia_core.privacy.ledger import Budget, Entry, Forecast, cumulative, forecast
from workers.site.database import Database
from workers.site.errors import BudgetReached, StepRefused
from workers.site.journal import now
from workers.site.policy import SitePolicy

Json = dict[str, object]


@dataclass(frozen=True)
class JobSpent:
    """What one job has spent of a study, by itself."""

    study: str
    job: str
    plan_hash: str
    rounds: int
    steps: int
    epsilon: float
    delta: float
    last: str


@dataclass(frozen=True)
class Reserved:
    """What a signed job may still spend of a study."""

    study: str
    job: str
    plan_hash: str
    rounds: int
    steps: Steps


Signed = Callable[[], Iterable[tuple[Plan, str]]]
"""Returns every plan that this site has signed, and its job."""


class Spending:
    """The ledger of this site. A study is everything that is learned about one task."""

    def __init__(self, database: Database, policy: SitePolicy, signed: Signed) -> None:
        self._database, self._signed = database, signed
        self.budget = Budget(policy.epsilon_budget, policy.delta_max)
        self._publish = policy.publish_budget

    def forecast(self, plan: Plan) -> Forecast:
        """Return what a plan's rounds to come would make of its study, on top of what other jobs may still spend."""
        others = [one.steps for one in self.reserved(plan.data.task) if one.plan_hash != plan.hash]
        more = a_round_of(plan).times(self._rounds_to_come(plan))
        return forecast(self.budget, self.entries(plan.data.task), more, reserved=others)

    def reserved(self, study: str) -> list[Reserved]:
        """Return what each signed job that has not ended may still spend of a study."""
        found = []
        for plan, job in self._signed():
            if plan.privacy is None or plan.data.task != study or self.has_ended(plan.hash):
                continue
            if rounds := self._rounds_to_come(plan):
                found.append(Reserved(study, job, plan.hash, rounds, a_round_of(plan).times(rounds)))
        return found

    def end(self, plan_hash: str) -> None:
        """Give up what is reserved for a plan, for good: from now on no round of it leaves."""
        self._database.write("INSERT INTO ended VALUES (?, ?) ON CONFLICT DO NOTHING", plan_hash, now())

    def has_ended(self, plan_hash: str) -> bool:
        """Say whether a plan's job is over."""
        return self._database.one("SELECT 1 FROM ended WHERE plan_hash = ?", plan_hash) is not None

    def check_room(self, plan: Plan, model_hash: str, *, kept: bool) -> None:
        """Make sure that one more round fits, before anybody works for it.

        Args:
            kept: the answer was made before and would be given again; it fits if it was charged.
        Raises:
            BudgetReached: it does not; nothing of the round has left.
            StepRefused: the plan's job is over.
        """
        if plan.privacy is None or (kept and self._is_charged(plan, model_hash)):
            return
        self._check_one_more(plan)

    def _check_one_more(self, plan: Plan) -> None:
        """Let a round through that fits what is left; it draws on what was reserved for its own job."""
        if self.has_ended(plan.hash):
            raise StepRefused(
                f"the job of the plan {plan.hash[:12]} has ended; no further round of it leaves this site"
            )
        found = forecast(self.budget, self.entries(plan.data.task), a_round_of(plan))
        if found.would_pass:
            raise BudgetReached(
                f"the privacy budget of the study {plan.data.task!r} at this site is spent: {found.text}; "
                "no further round leaves this site"
            )

    def charge(self, plan: Plan, *, job: str, round_number: int, model_hash: str, answer: str) -> None:
        """Write down one round before its answer leaves; charging the same answer again changes nothing.

        Args:
            model_hash: of the global model that the round starts from: another one would be another release.
            answer: digest of the answer before it is masked; another one is other noise, and another release.
        Raises:
            BudgetReached: the round does not fit.
            StepRefused: the plan's job is over.
        """
        if plan.privacy is None:
            return
        with self._database.transaction():
            if self._is_charged(plan, model_hash, answer):
                return
            self._check_one_more(plan)
            steps = a_round_of(plan)
            self._database.write(
                "INSERT INTO spent VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                plan.data.task,
                plan.hash,
                model_hash,
                answer,
                job,
                round_number,
                steps.noise_multiplier,
                steps.sample_rate,
                steps.count,
                plan.privacy.delta,
                now(),
            )

    def entries(self, study: str) -> list[Entry]:
        """Return every charged round of a study, in order."""
        rows = self._database.all("SELECT * FROM spent WHERE study = ? ORDER BY charged_at, round", study)
        return [_entry(row) for row in rows]

    def studies(self) -> list[str]:
        """Return the studies that have spent something, or may."""
        spent = {row["study"] for row in self._database.all("SELECT DISTINCT study FROM spent")}
        signed = {plan.data.task for plan, _ in self._signed() if plan.privacy is not None}
        return sorted(spent | {study for study in signed - spent if self.reserved(study)})

    def cumulative(self, study: str) -> float:
        """Return a study's epsilon of record at the budget's delta."""
        return cumulative(self.entries(study), self.budget.delta)

    def committed(self, study: str) -> float:
        """Return what a study will have spent once every signed job has run to its end."""
        entries = [entry.steps for entry in self.entries(study)]
        return epsilon([*entries, *(one.steps for one in self.reserved(study))], self.budget.delta)

    def jobs(self, study: str) -> Sequence[JobSpent]:
        """Return what each job has spent of a study, in the order in which they began."""
        rows = self._database.all("SELECT * FROM spent WHERE study = ? ORDER BY charged_at, round", study)
        by_plan: dict[str, list] = {}
        for row in rows:
            by_plan.setdefault(row["plan_hash"], []).append(row)
        return [self._job(study, of_plan) for of_plan in by_plan.values()]

    def to_json(self) -> Json:
        """Return the whole ledger as JSON values."""
        return {
            "budget": self.budget.epsilon,
            "delta": self.budget.delta,
            "studies": [self._study(study) for study in self.studies()],
        }

    def told(self, plan: Plan) -> Json | None:
        """Return what the hub may know of the study of a plan, or ``None`` where this site keeps it to itself."""
        if plan.privacy is None or not self._publish:
            return None
        own = [job for job in self.jobs(plan.data.task) if job.plan_hash == plan.hash]
        return {
            "study": plan.data.task,
            "rounds": own[0].rounds if own else 0,
            "steps": own[0].steps if own else 0,
            "epsilon": own[0].epsilon if own else 0.0,
            "cumulative": self.cumulative(plan.data.task),
            "delta": self.budget.delta,
            "budget": self.budget.epsilon,
        }

    def _study(self, study: str) -> Json:
        spent = self.cumulative(study)
        return {
            "study": study,
            "epsilon": spent,
            "reserved": self.committed(study) - spent,
            "jobs": [asdict(job) for job in self.jobs(study)],
            "reservations": [
                {"job": one.job, "plan_hash": one.plan_hash, "rounds": one.rounds, "steps": one.steps.count}
                for one in self.reserved(study)
            ],
        }

    def _rounds_to_come(self, plan: Plan) -> int:
        charged = self._database.one("SELECT count(DISTINCT model_hash) AS n FROM spent WHERE plan_hash = ?", plan.hash)
        return max(0, plan.strategy.rounds - (charged["n"] if charged else 0))

    def _job(self, study: str, rows: list) -> JobSpent:
        steps = [_entry(row).steps for row in rows]
        return JobSpent(
            study=study,
            job=rows[0]["job"],
            plan_hash=rows[0]["plan_hash"],
            rounds=len(rows),
            steps=sum(step.count for step in steps),
            epsilon=epsilon(steps, self.budget.delta),
            delta=self.budget.delta,
            last=rows[-1]["charged_at"],
        )

    def _is_charged(self, plan: Plan, model_hash: str, answer: str | None = None) -> bool:
        question, values = "SELECT 1 FROM spent WHERE plan_hash = ? AND model_hash = ?", [plan.hash, model_hash]
        if answer is not None:
            question, values = f"{question} AND answer = ?", [*values, answer]
        return self._database.one(question, *values) is not None


def _entry(row) -> Entry:
    return Entry(row["job"], row["round"], Steps(row["noise_multiplier"], row["sample_rate"], row["steps"]))
