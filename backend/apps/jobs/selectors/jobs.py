"""Read jobs, starting at what a user may see: those of the federations that the user is a member of."""

from uuid import UUID

from django.db.models import QuerySet

from backend.apps.accounts.models import User
from backend.apps.federations.selectors import visible_to as federations_visible_to
from backend.apps.jobs.models import Job
from backend.common.errors import NotFound


def visible_to(user: User) -> QuerySet[Job]:
    """Return the jobs of the user's federations."""
    found = Job.objects.filter(federation__in=federations_visible_to(user))
    return found.select_related("federation", "created_by", "examines", "evaluation", "attack_audit")


def job_get(*, user: User, job_id: UUID) -> Job:
    """Return one job that the user may see.

    Raises:
        NotFound: there is none, or not for this user.
    """
    job = visible_to(user).filter(pk=job_id).first()
    if job is None:
        raise NotFound("There is no such job, or you may not see it.")
    return job
