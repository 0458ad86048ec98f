"""A job on the running platform: where it stands, and what must be true of one that ended right, whatever happened."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workers.site.folder import SiteFolder

if TYPE_CHECKING:
    from tests.integration.consortium import Consortium

END_WITHIN_S = 120.0

TRAINING = """
    SELECT 1 FROM jobs_sitetask task JOIN federations_site site ON site.id = task.site_id
    JOIN jobs_attempt attempt ON attempt.id = task.attempt_id JOIN jobs_round round ON round.id = attempt.round_id
    WHERE task.job_id = %s AND task.kind = 'step.submit' AND task.state = 'leased' AND round.kind = 'train'
    AND task.progress ->> 'phase' = 'training' AND site.slug = %s
"""
ATTEMPTS = """
    SELECT round.number, attempt.state, attempt.failure FROM jobs_attempt attempt
    JOIN jobs_round round ON round.id = attempt.round_id WHERE round.job_id = %s ORDER BY round.number, attempt.number
"""
APPLIED = """
    SELECT site.slug, task.state, task.result ->> 'model_hash' FROM jobs_sitetask task
    JOIN federations_site site ON site.id = task.site_id JOIN jobs_attempt attempt ON attempt.id = task.attempt_id
    WHERE task.kind = 'step.apply' AND attempt.round_id = %s ORDER BY site.slug
"""
UNFINISHED = "SELECT 1 FROM jobs_sitetask WHERE job_id = %s AND state IN ('queued', 'leased', 'held')"
APPLYING = "SELECT 1 FROM jobs_sitetask WHERE job_id = %s AND kind = 'step.apply' AND state IN ('queued', 'leased')"


@dataclass(frozen=True)
class TrainingJob:
    """One job by its id."""

    consortium: "Consortium"
    id: str

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        """Ask the hub's database about this job."""
        return self.consortium.rows(question, self.id)

    def wait_for_training(self, site: str) -> None:
        """Wait until a site trains."""
        self.consortium.wait_for_row(TRAINING, self.id, site, within_s=60)

    def wait_for_state(self, *states: str) -> None:
        """Wait until the job is in one of these states."""
        question = "SELECT 1 FROM jobs_job WHERE id = %s AND state = ANY(%s)"
        self.consortium.wait_for_row(question, self.id, list(states), within_s=END_WITHIN_S)

    def wait_for_end(self) -> tuple[str, Any]:
        """Wait until the job has ended and its sites have applied what it made; return state and failure."""
        self.wait_for_state("succeeded", "failed", "cancelled")
        question = f"SELECT 1 WHERE NOT EXISTS ({APPLYING})"
        self.consortium.wait_for_row(question, self.id, within_s=END_WITHIN_S)
        [(state, failure)] = self.rows("SELECT state, failure FROM jobs_job WHERE id = %s")
        return state, failure

    def wait_for_idle_sites(self) -> None:
        """Wait until no site has anything left to do for the job."""
        question = f"SELECT 1 WHERE NOT EXISTS ({UNFINISHED})"
        self.consortium.wait_for_row(question, self.id, within_s=END_WITHIN_S)

    def events(self) -> list[tuple[int, str]]:
        """Return every event's number and kind."""
        return self.rows("SELECT seq, kind FROM events_event WHERE job_id = %s ORDER BY seq")

    def lost_attempts(self) -> int:
        """Return how many attempts came to nothing."""
        return sum(state != "closed" for _, state, _ in self.rows(ATTEMPTS))

    def check_ended_right(self, *, lost: int, applied_by: set[str]) -> None:
        """Assert that the job succeeded, lost at most so many attempts, and that everybody has the same models."""
        assert self.wait_for_end() == ("succeeded", None)
        assert self.lost_attempts() <= lost, self.rows(ATTEMPTS)
        self._check_rounds()
        self._check_models(applied_by)
        self._check_events()

    def _check_rounds(self) -> None:
        """Every step that the plan derives was closed once: statistics if unknown, the rounds, validation and test."""
        [(plan,)] = self.rows("SELECT plan FROM jobs_job WHERE id = %s")
        planned = plan["strategy"]["rounds"]
        rounds = self.rows("SELECT number, kind, state FROM jobs_round WHERE job_id = %s ORDER BY number")
        first = ["statistics"] if plan["data"]["normalisation"] is None else []
        kinds = [*first, *["train"] * planned, "evaluate", "evaluate"]
        assert rounds == [(number, kind, "closed") for number, kind in enumerate(kinds)]
        closed = [number for number, state, _ in self.rows(ATTEMPTS) if state == "closed"]
        assert closed == list(range(len(kinds)))

    def _check_models(self, applied_by: set[str]) -> None:
        """What each site computed and keeps is what the hub computed, round by round."""
        [(plan_hash,)] = self.rows("SELECT plan_hash FROM jobs_job WHERE id = %s")
        rounds = self.rows("SELECT id, number, model_after FROM jobs_round WHERE job_id = %s AND kind = 'train'")
        for round_id, number, model in rounds:
            assert model
            applied = self.consortium.rows(APPLIED, round_id)
            assert {site for site, _, _ in applied} >= applied_by
            for site, state, found in applied:
                if site in applied_by:
                    assert (state, found) == ("done", model)
                    assert self._kept_at(site, plan_hash, number) == model
        models = {model for _, _, model in rounds}
        [(lineage,)] = self.rows("SELECT lineage FROM registry_modelversion WHERE job_id = %s")
        assert lineage["model_hash"] in models

    def _kept_at(self, site: str, plan_hash: str, number: int) -> str:
        database = SiteFolder(self.consortium.sites / site).database
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            question = "SELECT result FROM result WHERE plan_hash = ? AND number = ?"
            [(result,)] = connection.execute(question, (plan_hash, number)).fetchall()
        return json.loads(result)["model_after"]

    def _check_events(self) -> None:
        """The events have no gap, and say every end once."""
        events = self.events()
        assert [seq for seq, _ in events] == list(range(1, len(events) + 1))
        kinds = [kind for _, kind in events]
        [(rounds,)] = self.rows("SELECT count(*) FROM jobs_round WHERE job_id = %s")
        assert kinds.count("round.closed") == kinds.count("round.opened") == rounds
        assert kinds.count("job.succeeded") == kinds.count("job.started") == 1
