"""This site's part in secure sums, durable between tasks: each step and all that it changes are one write.

The protocol itself is ``primia_core.secagg``; this loads its state machine, takes one step, and stores it again with
the ledger's entries and the answer, before a byte of the answer leaves.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from primia_core.federation.privacy_terms import check_quorum
from primia_core.secagg import (
    AbortCertificate,
    Identity,
    Inbox,
    PublicIdentity,
    RosterMessage,
    SessionSpec,
    SignedAggregate,
    SiteSession,
    SurvivorCertificate,
    SurvivorList,
    check_against_plan,
)
from workers.link import Artifact
from workers.site.approvals import Approval, Approvals
from workers.site.database import Database
from workers.site.errors import SessionUnknown, StepRefused
from workers.site.journal import now
from workers.site.ledger import DurableLedger
from workers.site.policy import SitePolicy
from workers.site.results import Results
from workers.site.training import LocalWork, Question

log = logging.getLogger(__name__)

Words = NDArray[np.uint32]
Json = dict[str, object]


@dataclass(frozen=True)
class Submission:
    """What was submitted in a session: the signed header and the blob of masked vectors."""

    header: Json
    artifact: Artifact


class Aggregations:
    """The sessions that this site takes part in. Call its steps inside one transaction with what they answer."""

    def __init__(
        self,
        database: Database,
        approvals: Approvals,
        results: Results,
        work: LocalWork,
        identity: Identity,
        site: str,
        policy: SitePolicy,
    ) -> None:
        self._database, self._approvals, self._results, self._work = database, approvals, results, work
        self._identity, self._site, self._policy = identity, site, policy
        self._ledger = DurableLedger(database)

    def advertise(self, spec_json: object, dataset_version: str) -> Json:
        """Join an attempt, if the signed plan allows it as proposed."""
        spec = SessionSpec.model_validate(spec_json)
        if spec.dataset_versions.get(self._site) != dataset_version:
            raise StepRefused(f"this site's cohort is now version {dataset_version[:12]}; it changed since it signed")
        if self._row(spec.digest) is None:
            self._check_room(spec)
            self._open(spec)
        session = self._load(spec.digest)
        advertisement = session.advertise()
        self._save(spec.digest, session)
        return {"advertisement": advertisement.model_dump(mode="json")}

    def share(self, digest: str, roster: object, certificates: list[object]) -> Json:
        """Deal shares of this attempt's secrets to the roster."""
        session = self._load(digest)
        shares = session.share(
            RosterMessage.model_validate(roster),
            abort_certificates=tuple(AbortCertificate.model_validate(one) for one in certificates),
        )
        self._save(digest, session)
        return {"shares": shares.model_dump(mode="json")}

    def mask(self, digest: str, vectors: Mapping[str, Words], inbox: object) -> tuple[Json, dict[str, Words]]:
        """Mask a step's vectors; afterwards they may leave."""
        session = self._load(digest)
        submission = session.mask(dict(vectors), Inbox.model_validate(inbox))
        self._save(digest, session)
        return submission.header.model_dump(mode="json"), submission.vectors

    def submission(self, digest: str) -> Submission | None:
        """Return what was submitted in a session, if anything was."""
        row = self._known(digest)
        if row["header"] is None:
            return None
        return Submission(json.loads(row["header"]), Artifact(*json.loads(row["artifact"])))

    def submitted(self, digest: str, submission: Submission) -> None:
        """Remember what is submitted in a session, in the transaction that masked it."""
        self._database.write(
            "UPDATE session SET header = ?, artifact = ? WHERE digest = ?",
            json.dumps(submission.header),
            json.dumps([submission.artifact.sha256, submission.artifact.size_bytes]),
            digest,
        )

    def consent(self, digest: str, survivors: object) -> Json:
        """Sign the one survivor list of an attempt."""
        session, listed = self._load(digest), SurvivorList.model_validate(survivors)
        self._check_change(session.spec, listed.survivors)
        signature = session.consent(listed)
        self._save(digest, session)
        return {"signature": signature.model_dump(mode="json")}

    def unmask(self, digest: str, certificate: object) -> Json:
        """Give shares against a certificate that enough sites signed."""
        session = self._load(digest)
        shares = session.unmask(SurvivorCertificate.model_validate(certificate))
        self._save(digest, session)
        return {"shares": shares.model_dump(mode="json")}

    def accept(self, digest: str, aggregate_json: object, sums: Mapping[str, Words]) -> tuple[str, ...]:
        """Check a signed sum and return over which sites it is. A session that has ended is not asked again."""
        aggregate = SignedAggregate.model_validate(aggregate_json)
        session = self._load(digest)
        session.accept(aggregate, dict(sums))
        return tuple(aggregate.sites)

    def abort(self, digest: str, spec_json: object | None) -> Json:
        """Swear that an attempt was not released here and never will be, even one that this site never joined."""
        if spec_json is not None and self._row(digest) is None:
            self._open(SessionSpec.model_validate(spec_json))
        session = self._load(digest)
        signature = session.abort()
        self._save(digest, session, state="aborted")
        return {"signature": signature.model_dump(mode="json")}

    def close(self, digest: str) -> None:
        """Forget the secrets of a session whose sum was applied, and of older ones of the same plan."""
        row = self._known(digest)
        self._database.write(
            "UPDATE session SET state = CASE digest WHEN ? THEN 'done' ELSE state END, dump = NULL, updated_at = ?"
            " WHERE plan_hash = ? AND json_extract(spec, '$.step') <= json_extract(?, '$.step') AND dump IS NOT NULL",
            digest,
            now(),
            row["plan_hash"],
            row["spec"],
        )

    def check_step(self, digest: str, question: Question) -> None:
        """Make sure that a session sums exactly what a step asks for.

        Raises:
            StepRefused: it does not.
        """
        spec, step = self._spec(digest), question.step
        asked = (question.plan.hash, step.number, step.model_hash, step.vectors)
        if asked != (spec.plan_hash, spec.step, spec.model_hash, spec.vectors):
            raise StepRefused(f"the session {digest[:12]} was opened for something else than {step.title}")

    def _open(self, spec: SessionSpec) -> None:
        _check_proposal(spec, self._approvals.signed_plan(spec.plan_hash))
        session = SiteSession(
            spec, self._site, self._identity, confirmed=self._approvals.confirmed(), ledger=self._ledger
        )
        self._database.write(
            "INSERT INTO session (digest, plan_hash, spec, dump, state, updated_at) VALUES (?, ?, ?, ?, 'open', ?)",
            spec.digest,
            spec.plan_hash,
            spec.to_bytes().decode(),
            session.dump(),
            now(),
        )

    def _check_room(self, spec: SessionSpec) -> None:
        """Refuse a training round that the study's privacy budget does not hold, before anybody works for it."""
        if any(vector.name.startswith("update.") for vector in spec.vectors):
            plan = self._approvals.signed_plan(spec.plan_hash).plan
            check_quorum(plan, spec.quorum)
            kept = self._work.keeps(spec.plan_hash, spec.step, spec.model_hash, spec.dataset_versions[self._site])
            self._approvals.spending.check_room(plan, spec.model_hash, kept=kept)

    def _check_change(self, spec: SessionSpec, survivors: Sequence[str]) -> None:
        """Near convergence two sums over sites that differ by one tell approximately what that one does."""
        before = self._results.last_survivors(spec.plan_hash)
        if before is None or len(set(before) ^ set(survivors)) != 1:
            return
        text = f"this sum is over {list(survivors)}, which differs by one site from the last one, {list(before)}"
        if self._policy.changed_roster == "block":
            raise StepRefused(f"{text}; this site's policy blocks that (changed_roster)")
        log.warning("%s; this site's policy allows that (changed_roster)", text)

    def _row(self, digest: str):
        return self._database.one("SELECT * FROM session WHERE digest = ?", digest)

    def _known(self, digest: str):
        row = self._row(digest)
        if row is None:
            raise SessionUnknown(f"this site is in no session {digest[:12]}; the attempt must be opened anew")
        return row

    def _spec(self, digest: str) -> SessionSpec:
        return SessionSpec.model_validate(json.loads(self._known(digest)["spec"]))

    def _load(self, digest: str) -> SiteSession:
        row = self._known(digest)
        if row["dump"] is None:
            raise SessionUnknown(f"the session {digest[:12]} has ended ({row['state']}), and its secrets are deleted")
        self._approvals.signed_plan(row["plan_hash"])
        return SiteSession.load(row["dump"], identity=self._identity, ledger=self._ledger)

    def _save(self, digest: str, session: SiteSession, *, state: str = "open") -> None:
        self._database.write(
            "UPDATE session SET dump = ?, state = ?, updated_at = ? WHERE digest = ?",
            session.dump(),
            state,
            now(),
            digest,
        )


def _check_proposal(spec: SessionSpec, approval: Approval) -> None:
    """Refuse a proposal that is not what the signed plan says of parties, thresholds and data."""
    plan = approval.plan
    if not plan.aggregation.secure:
        raise StepRefused("the signed plan has no secure aggregation, and this is a session of it")
    check_against_plan(
        spec,
        job=approval.job,
        plan_hash=plan.hash,
        fingerprints={member.site: member.fingerprint for member in plan.roster},
        dataset_versions={member.site: member.dataset_version for member in plan.roster},
        coordinator_fingerprint=PublicIdentity.from_json(plan.coordinator).fingerprint,
        min_survivors=plan.aggregation.min_survivors,
        neighbours=plan.aggregation.neighbours,
    )
