"""A hospital's own yes or no to a plan: checked against its policy, data and identity, then signed here or not at all.

What is not signed here is never obeyed, whatever the hub says.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from pydantic import ValidationError

from primia_core.errors import PrimiaError
from primia_core.federation.plan import Plan, PlanSite
from primia_core.secagg.identity import Identity, PublicIdentity
from workers.site.database import Database
from workers.site.errors import NotApproved, PlanRefused, SiteError
from workers.site.folder import SiteSettings
from workers.site.journal import now
from workers.site.policy import objections
from workers.site.spending import Spending

PURPOSE = b"primia plan approval v1"

State = Literal["pending", "approve", "refuse"]


@dataclass(frozen=True)
class Approval:
    """One plan that this site was asked about."""

    plan_hash: str
    job: str
    state: State
    reason: str
    signature: str
    decided_by: str
    asked_at: str
    decided_at: str | None
    plan: Plan = field(repr=False)

    def answer(self) -> dict[str, object]:
        """Return what the hub is told of a decision."""
        return {
            "decision": self.state,
            "reason": self.reason,
            "signature": self.signature,
            "plan_hash": self.plan_hash,
        }


class Approvals:
    """The plans that this site was asked about, and what it said."""

    def __init__(
        self, database: Database, settings: SiteSettings, identity: Identity, dataset_version: Callable[[], str]
    ) -> None:
        self._database, self._settings, self._identity = database, settings, identity
        self._dataset_version = dataset_version
        self.spending = Spending(database, settings.policy, self._signed)

    def review(self, plan_json: dict[str, object], job: str) -> Approval:
        """Look at a plan for the first time, or again.

        Returns:
            The stored decision where there is one; otherwise a refusal, a signed approval under an ``auto`` policy,
            or a pending question for a person. What the policy refused for one job is looked at again for another:
            a budget that others had reserved may be free by then.
        """
        try:
            plan = Plan.model_validate(plan_json)
        except (ValidationError, PrimiaError) as error:
            raise PlanRefused(f"the plan of job {job} cannot be read: {error}") from error
        known = self.find(plan.hash)
        if known is not None and known.state == "refuse" and known.decided_by == "policy" and known.job != job:
            known = self._ask_anew(plan.hash, job)
        if known is not None and known.state == "approve" and known.job != job and self.spending.has_ended(plan.hash):
            reason = (
                f"this very plan was signed for the job {known.job}, which has ended; give it another title or seed"
            )
            return replace(known, job=job, state="refuse", reason=reason, signature="")
        if known is not None and known.state != "pending":
            return known
        if known is None:
            self._database.write(
                "INSERT INTO approval (plan_hash, job, plan, state, asked_at) VALUES (?, ?, ?, 'pending', ?)",
                plan.hash,
                job,
                json.dumps(plan.to_json()),
                now(),
            )
        if wrong := self.objections(plan):
            return self._decide(plan.hash, "refuse", "; ".join(wrong), "policy")
        if self._settings.policy.approval == "manual" or self.unconfirmed(plan):
            return self.get(plan.hash)
        with self._database.transaction():
            if wrong := self._about_the_budget(plan):
                return self._decide(plan.hash, "refuse", "; ".join(wrong), "policy")
            return self._decide(plan.hash, "approve", "", "policy")

    def approve(self, which: str, *, by: str) -> Approval:
        """Sign a pending plan in a person's name.

        Args:
            which: a plan hash or job id, or the beginning of one that is unique.
            by: who says so.
        Raises:
            PlanRefused: the plan breaks the site's rules, or too few fingerprints are confirmed.
        """
        approval = self.pick(which)
        if approval.state == "approve":
            return approval
        wrong = [*self.objections(approval.plan), *self.unconfirmed(approval.plan)]
        with self._database.transaction():
            if wrong := wrong or self._about_the_budget(approval.plan):
                raise PlanRefused(f"the plan {approval.plan_hash[:12]} cannot be signed: {'; '.join(wrong)}")
            return self._decide(approval.plan_hash, "approve", "", by)

    def refuse(self, which: str, reason: str, *, by: str) -> Approval:
        """Say no to a pending plan, with a reason that the hub is told.

        Raises:
            PlanRefused: the plan was signed already; cancelling the job is then the way.
        """
        approval = self.pick(which)
        if approval.state == "approve":
            raise PlanRefused(f"the plan {approval.plan_hash[:12]} was signed already; ask for the job to be cancelled")
        return self._decide(approval.plan_hash, "refuse", reason, by)

    def end(self, plan_hash: str) -> None:
        """Hear that a plan's job is over: nothing is reserved for it any more, and nobody need sign it."""
        with self._database.transaction():
            known = self.find(plan_hash)
            if known is None:
                return
            self.spending.end(plan_hash)
            if known.state == "pending":
                self._decide(plan_hash, "refuse", "its job ended before it was signed", "hub")

    def signed_plan(self, plan_hash: str) -> Approval:
        """Return a plan that this site has signed.

        Raises:
            NotApproved: it has not.
        """
        found = self.find(plan_hash)
        if found is None or found.state != "approve":
            said = "never saw" if found is None else f"has not signed ({found.state})"
            raise NotApproved(f"this site {said} the plan {plan_hash[:12]}; it obeys only plans that it has signed")
        return found

    def objections(self, plan: Plan) -> list[str]:
        """Return whatever forbids this site to sign a plan, in words."""
        wrong = [*objections(plan, self._settings.policy), *self._about_the_budget(plan)]
        if plan.coordinator != self._settings.hub.coordinator:
            wrong.append("its coordinator has other keys than the one this site enrolled with")
        if plan.data.task != self._settings.data.task:
            wrong.append(f"it is about {plan.data.task!r}, this site's cohort about {self._settings.data.task!r}")
        if plan.data.classes != self._settings.data.classes:
            wrong.append(f"it has the classes {list(plan.data.classes)}, not {list(self._settings.data.classes)}")
        own = [member for member in plan.roster if member.site == self._settings.site]
        wrong += self._about_us(own[0]) if own else [f"{self._settings.site} is not in its roster"]
        for member in plan.roster:
            if _fingerprint(member) != member.fingerprint:
                wrong.append(f"the keys and the fingerprint listed for {member.site} do not belong together")
        return wrong

    def unconfirmed(self, plan: Plan) -> list[str]:
        """Return what a person must still confirm before this plan may be signed, in words."""
        peers = [member for member in plan.roster if member.site != self._settings.site]
        unknown = [member for member in peers if member.fingerprint not in self.confirmed()]
        least = max(plan.aggregation.min_survivors, len(plan.roster) - plan.colluders)
        known = 1 + len(peers) - len(unknown)
        if not plan.aggregation.secure or known >= least:
            return []
        names = ", ".join(f"{member.site} {member.fingerprint}" for member in unknown)
        return [
            f"{known} fingerprints are confirmed, {least} are needed; compare these with the hospitals by telephone "
            f"and run `primia site confirm`: {names}"
        ]

    def confirm(self, fingerprint: str, note: str = "") -> None:
        """Record that a person compared a fingerprint with its owner."""
        if len(fingerprint) != 64 or set(fingerprint) - set("0123456789abcdef"):
            raise SiteError(f"{fingerprint[:80]!r} is no fingerprint; it has 64 digits 0-9 and a-f")
        self._database.write("INSERT OR REPLACE INTO confirmed VALUES (?, ?, ?)", fingerprint, note, now())

    def confirmed(self) -> frozenset[str]:
        """Return the fingerprints that a person confirmed, and this site's own."""
        rows = self._database.all("SELECT fingerprint FROM confirmed")
        return frozenset(row["fingerprint"] for row in rows) | {self._identity.public.fingerprint}

    def all(self) -> Sequence[Approval]:
        """Return every plan that was asked about, the latest first."""
        return [_approval(row) for row in self._database.all("SELECT * FROM approval ORDER BY asked_at DESC")]

    def find(self, plan_hash: str) -> Approval | None:
        """Return what is known of a plan hash."""
        row = self._database.one("SELECT * FROM approval WHERE plan_hash = ?", plan_hash)
        return None if row is None else _approval(row)

    def get(self, plan_hash: str) -> Approval:
        """Return what is known of a plan hash that was asked about."""
        found = self.find(plan_hash)
        if found is None:
            raise NotApproved(f"this site never saw the plan {plan_hash[:12]}")
        return found

    def pick(self, which: str) -> Approval:
        """Return the one plan whose hash or job begins with ``which``."""
        found = [a for a in self.all() if a.plan_hash.startswith(which) or a.job.startswith(which)]
        if len(found) != 1:
            raise NotApproved(f"{len(found)} plans begin with {which!r}; `primia site status` lists them")
        return found[0]

    def _about_the_budget(self, plan: Plan) -> list[str]:
        """Say whether a plan has no room; looked at again by whoever signs, so that no two plans take the same room."""
        if plan.privacy is None:
            return []
        if self.spending.has_ended(plan.hash):
            return ["its job has ended"]
        found = self.spending.forecast(plan)
        if not found.would_pass:
            return []
        return [f"it would pass this site's privacy budget for {plan.data.task!r}: {found.text}"]

    def _about_us(self, own: PlanSite) -> list[str]:
        wrong = []
        if own.fingerprint != self._identity.public.fingerprint or own.identity != self._identity.public.to_json():
            wrong.append("it lists this site with other keys than ours")
        if own.dataset_version != self._dataset_version():
            ours = self._dataset_version()[:12]
            wrong.append(f"it is about version {own.dataset_version[:12]} of our cohort, which is now {ours}")
        return wrong

    def _signed(self) -> list[tuple[Plan, str]]:
        return [(one.plan, one.job) for one in self.all() if one.state == "approve"]

    def _ask_anew(self, plan_hash: str, job: str) -> Approval:
        """Put a plan that was refused for one job before the policy again, for another."""
        self._database.write(
            "UPDATE approval SET job = ?, state = 'pending', reason = '', decided_by = '', asked_at = ?,"
            " decided_at = NULL WHERE plan_hash = ? AND state = 'refuse'",
            job,
            now(),
            plan_hash,
        )
        self._database.write("DELETE FROM ended WHERE plan_hash = ?", plan_hash)
        return self.get(plan_hash)

    def _decide(self, plan_hash: str, state: State, reason: str, by: str) -> Approval:
        signature = ""
        if state == "approve":
            signature = base64.b64encode(self._identity.sign(PURPOSE + bytes.fromhex(plan_hash))).decode()
        self._database.write(
            "UPDATE approval SET state = ?, reason = ?, signature = ?, decided_by = ?, decided_at = ?"
            " WHERE plan_hash = ? AND state <> 'approve'",
            state,
            reason,
            signature,
            by,
            now(),
            plan_hash,
        )
        return self.get(plan_hash)


def _fingerprint(member: PlanSite) -> str:
    try:
        return PublicIdentity.from_json(member.identity).fingerprint
    except PrimiaError:
        return ""


def _approval(row) -> Approval:
    values = dict(row)
    return Approval(**{**values, "plan": Plan.model_validate(json.loads(values["plan"]))})
