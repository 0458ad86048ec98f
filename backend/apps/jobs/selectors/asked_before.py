"""With whom a model's counts were summed already: with these sites they may be summed again, and with no others.

Two sums over groups that differ by one site tell that one site's counts. Every site's ledger refuses the second; what
is found here lets a plan ask the right sites, or say at once why it cannot.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from backend.apps.jobs.models import Attempt, Round


@dataclass(frozen=True)
class AskedBefore:
    """The sites of an earlier sum, with the versions of their cohorts at that time."""

    job_title: str
    versions: dict[str, str]


def asked_before(federation_id: UUID, *, model_hash: str, vectors: Iterable[str]) -> AskedBefore | None:
    """Return the first sum of any of these vectors of a model, or ``None`` where there is none."""
    wanted = set(vectors)
    rounds = Round.objects.filter(job__federation_id=federation_id, step__model_hash=model_hash, state="closed")
    for round_ in rounds.select_related("job").order_by("closed_at"):
        if not wanted & {vector["name"] for vector in round_.step["vectors"]}:
            continue
        attempt = Attempt.objects.filter(round=round_, state=Attempt.State.CLOSED, secure=True).first()
        if attempt is not None:
            versions = {member["site"]: member["dataset_version"] for member in round_.job.plan["roster"]}
            return AskedBefore(round_.job.title, {site: versions[site] for site in attempt.roster})
    return None
