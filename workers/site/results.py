"""The results of closed steps as this site computed them itself: what the hub says of them later must be the same."""

import json

from primia_core.federation.state import RunState, StepResult
from workers.site.database import Database
from workers.site.errors import StepRefused


class Results:
    """Own results by plan and step. A step whose sum this site was not given has none."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, plan_hash: str, result: StepResult) -> None:
        """Remember a step's result."""
        self._database.write(
            "INSERT INTO result VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            plan_hash,
            result.number,
            json.dumps(result.model_dump(mode="json"), sort_keys=True),
        )

    def check(self, plan_hash: str, state: RunState) -> None:
        """Compare the hub's account of the run with what this site computed.

        Raises:
            StepRefused: a result differs.
        """
        rows = self._database.all("SELECT number, result FROM result WHERE plan_hash = ?", plan_hash)
        for row in rows:
            said = state.results[row["number"]] if row["number"] < len(state.results) else None
            if said is not None and said != StepResult.model_validate(json.loads(row["result"])):
                raise StepRefused(f"the hub says of step {row['number']} something else than this site computed")

    def last_survivors(self, plan_hash: str) -> tuple[str, ...] | None:
        """Return the sites in the last sum that this site applied."""
        row = self._database.one(
            "SELECT result FROM result WHERE plan_hash = ? ORDER BY number DESC LIMIT 1", plan_hash
        )
        return None if row is None else tuple(json.loads(row["result"])["survivors"])
