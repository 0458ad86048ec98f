"""What each study has spent of its privacy budget at this site: charged before a noisy answer leaves, never given back.

A round that was charged may have been given up before anybody saw its sum; it stays charged, because the site cannot
know. The arithmetic is ``primia_core.privacy.ledger``; here are its rows.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from primia_core.federation.plan import Plan
from primia_core.federation.privacy_terms import a_round_of
from primia_core.privacy.accounting import Steps, epsilon
from primia_core.privacy.ledger import Budget, Entry, Forecast, cumulative, forecast
from workers.site.database import Database
from workers.site.errors import BudgetReached
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


class Spending:
    """The ledger of this site. A study is everything that is learned about one task."""

    def __init__(self, database: Database, policy: SitePolicy) -> None:
        self._database = database
        self.budget = Budget(policy.epsilon_budget, policy.delta_max)
        self._publish = policy.publish_budget

    def forecast(self, plan: Plan, *, rounds: int) -> Forecast:
        """Return what a study has spent, and would have after so many more rounds of a plan."""
        return forecast(self.budget, self.entries(plan.data.task), a_round_of(plan).times(rounds))

    def check_room(self, plan: Plan, model_hash: str) -> None:
        """Make sure that one more round fits, before anybody works for it. A round that is charged already does.

        Raises:
            BudgetReached: it does not; nothing of the round has left.
        """
        if plan.privacy is None or self._is_charged(plan, model_hash):
            return
        found = self.forecast(plan, rounds=1)
        if found.would_pass:
            raise BudgetReached(
                f"the privacy budget of the study {plan.data.task!r} at this site is spent: {found.text}; "
                "no further round leaves this site"
            )

    def charge(self, plan: Plan, *, job: str, round_number: int, model_hash: str) -> None:
        """Write down one round before its answer leaves; charging it again changes nothing.

        Args:
            model_hash: of the global model that the round starts from: another one would be another release.
        Raises:
            BudgetReached: the round does not fit.
        """
        if plan.privacy is None:
            return
        with self._database.transaction():
            self.check_room(plan, model_hash)
            steps = a_round_of(plan)
            self._database.write(
                "INSERT INTO spent VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                plan.data.task,
                plan.hash,
                model_hash,
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
        """Return the studies that have spent something."""
        return [row["study"] for row in self._database.all("SELECT DISTINCT study FROM spent ORDER BY study")]

    def cumulative(self, study: str) -> float:
        """Return a study's epsilon of record at the budget's delta."""
        return cumulative(self.entries(study), self.budget.delta)

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
            "studies": [
                {
                    "study": study,
                    "epsilon": self.cumulative(study),
                    "jobs": [asdict(job) for job in self.jobs(study)],
                }
                for study in self.studies()
            ],
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

    def _is_charged(self, plan: Plan, model_hash: str) -> bool:
        found = self._database.one("SELECT 1 FROM spent WHERE plan_hash = ? AND model_hash = ?", plan.hash, model_hash)
        return found is not None


def _entry(row) -> Entry:
    return Entry(row["job"], row["round"], Steps(row["noise_multiplier"], row["sample_rate"], row["steps"]))
