"""How ``primia site`` says things: lines for people, JSON for programs."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import typer

from primia_core.diagnosis.vouching import SignedDescriptor
from primia_core.federation.plan import Plan
from primia_core.federation.privacy_terms import RELEASED_WITHOUT_NOISE, a_round_of
from primia_core.privacy.accounting import spent
from workers.site.approvals import Approval, Approvals
from workers.site.audit_pages import AuditPage
from workers.site.journal import Sent
from workers.site.releases import releases


def emit(as_json: bool, body: Mapping[str, object], lines: Iterable[str]) -> None:
    """Print one or the other."""
    typer.echo(json.dumps(body, indent=2) if as_json else "\n".join(lines))


def approval_row(approval: Approval) -> dict[str, object]:
    """Return what is said of a plan."""
    return {
        "plan_hash": approval.plan_hash,
        "job": approval.job,
        "title": approval.plan.title,
        "purpose": approval.plan.purpose,
        "releases": releases(approval.plan),
        "state": approval.state,
        "reason": approval.reason,
        "decided_by": approval.decided_by,
        "asked_at": approval.asked_at,
        "decided_at": approval.decided_at,
    }


def approval_lines(approval: Approval) -> list[str]:
    """Return what a person should see of a plan before and after deciding."""
    plan = approval.plan
    work = f"{plan.training.steps} steps" if plan.training.steps is not None else f"{plan.training.epochs} epochs"
    secure = f"secure, sums over at least {plan.aggregation.min_survivors}" if plan.aggregation.secure else "NOT secure"
    said = {"pending": "waits for you", "approve": "signed", "refuse": "refused"}[approval.state]
    what = f"{plan.strategy.name}, {plan.strategy.rounds} rounds of {work}" if plan.purpose == "train" else plan.purpose
    lines = [
        f"{approval.plan_hash[:16]}  {said}{f' by {approval.decided_by}' if approval.decided_by else ''}",
        f"  {plan.title}: {plan.model.name}, {what}",
        *(f"  releases    {sentence}" for sentence in releases(plan)),
        f"  aggregation {secure}; sites {', '.join(member.site for member in plan.roster)}",
    ]
    if plan.privacy is not None:
        lines += _promise_lines(plan)
    return [*lines, f"  reason      {approval.reason}"] if approval.reason else lines


def _promise_lines(plan: Plan) -> list[str]:
    """Return what a plan promises of privacy, what it would spend, and what goes without noise."""
    assert plan.privacy is not None
    found = spent([a_round_of(plan).times(plan.strategy.rounds)], plan.privacy.delta)
    return [
        f"  privacy     {plan.privacy.mode}, hides {plan.privacy.unit}s: epsilon {found.epsilon_pld:.3f} (PLD; "
        f"{found.epsilon_rdp:.3f} RDP) at delta {found.delta:g} by itself",
        *(f"  no noise on {thing}" for thing in RELEASED_WITHOUT_NOISE),
    ]


def status_lines(body: Mapping[str, Any], approvals: Approvals) -> list[str]:
    """Return the site at a glance."""
    lines = [
        f"{body['name']} ({body['site']})",
        f"  hub         {body['hub'] or 'not enrolled'} {body['federation']}",
        f"  fingerprint {body['fingerprint']}",
        f"  confirmed   {len(body['confirmed'])} fingerprints, our own among them",
        f"  policy      approval {body['policy']['approval']}, secure {body['policy']['require_secure']}",
        f"  left so far {body['bytes_sent']:,} bytes; {body['answers_not_taken']} answers not taken yet",
    ]
    for study in body["privacy"]["studies"]:
        used, promised, budget = study["epsilon"], study["reserved"], body["privacy"]["budget"]
        lines.append(f"  privacy     {study['study']}: epsilon {used:.3f} of {budget:g} spent, {promised:.3f} reserved")
    for approval in approvals.all():
        lines += ["", *approval_lines(approval)]
        if approval.state == "pending":
            lines += [f"  before that {line}" for line in approvals.unconfirmed(approval.plan)]
    return lines


def spending_lines(body: Mapping[str, Any]) -> list[str]:
    """Return the privacy ledger: what each study has spent of its budget, and which job how much of it."""
    lines = [f"budget    epsilon {body['budget']:g} at delta {body['delta']:g} for each study, all jobs together"]
    for study in body["studies"]:
        spent, reserved = study["epsilon"], study["reserved"]
        left = max(body["budget"] - spent - reserved, 0)
        lines += ["", f"{study['study']}: epsilon {spent:.3f} spent, {reserved:.3f} reserved, {left:.3f} left"]
        lines += [
            f"  {job['plan_hash'][:16]}  {job['rounds']:4} rounds, {job['steps']:6} noisy steps, by itself epsilon "
            f"{job['epsilon']:.3f}; last {job['last'][:19]}"
            for job in study["jobs"]
        ]
        lines += [
            f"  {one['plan_hash'][:16]}  {one['rounds']:4} rounds, {one['steps']:6} noisy steps reserved for job "
            f"{one['job']}, until it ends"
            for one in study["reservations"]
        ]
    return lines if body["studies"] else [*lines, "nothing has been spent yet"]


def journal_lines(rows: Sequence[Sent], total_bytes: int) -> list[str]:
    """Return the journal as a table."""
    lines = [f"{'no':>6}  {'time (UTC)':23}  {'what':16}  {'bytes':>12}  task"]
    for row in rows:
        times = f" x{row.messages}" if row.messages > 1 else ""
        lines.append(f"{row.id:6}  {row.time[:23]:23}  {row.what + times:16}  {row.size_bytes:12,}  {row.task or '-'}")
    return [*lines, f"{total_bytes:,} bytes have left this site in all"]


def audit_lines(pages: Sequence[AuditPage]) -> list[str]:
    """Return the audits at this site, each with the page to open."""
    lines = []
    for each in pages:
        lines += [f"{each.job}  {each.document.verdict}", f"  {each.page.as_uri()}", f"  {each.document.statement}"]
    return lines or ["no audit has attacked this site's images"]


def descriptor_lines(signed: SignedDescriptor) -> list[str]:
    """Return what a person should see of a service before vouching for it: compare the fingerprints by telephone."""
    descriptor = signed.descriptor
    vouching = [signature.name for signature in signed.signatures if signature.role == "site"]
    return [
        f"{descriptor.digest[:16]}  {descriptor.name}, until {descriptor.expires:%Y-%m-%d}",
        f"  model     {descriptor.model.name} v{descriptor.model.number}, answers {descriptor.output.policy}",
        *(
            f"  {role:<9} {node.fingerprint}  {node.name}"
            for role, node in zip(("P0", "P1"), descriptor.parties, strict=True)
        ),
        f"  dealer    {descriptor.dealer.fingerprint}  {descriptor.dealer.name}",
        f"  vouched   {', '.join(vouching) or 'by no site yet'}",
    ]
