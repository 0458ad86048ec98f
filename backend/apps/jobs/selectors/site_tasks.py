"""What a site may be doing right now, as far as the link must know."""

from uuid import UUID

from backend.apps.artifacts.models import Artifact
from backend.apps.jobs.errors import UploadNotAllowed
from backend.apps.jobs.models import SiteTask

BYTES_PER_WORD = 4


def upload_allowed(*, site_id: UUID, task_id: str, size_bytes: int) -> str:
    """Return the kind of blob that a task may send.

    Raises:
        UploadNotAllowed: the task is not the site's, is over, or asks for another size.
    """
    try:
        task = SiteTask.objects.filter(pk=UUID(task_id), site_id=site_id).first()
    except ValueError:
        task = None
    if task is None or task.kind != SiteTask.Kind.SUBMIT or task.state in (SiteTask.State.CANCELLED,):
        raise UploadNotAllowed("no task of this site asks for this blob; send it within a step.submit task")
    wanted = BYTES_PER_WORD * sum(vector["length"] for vector in task.payload["step"]["vectors"])
    if size_bytes != wanted:
        raise UploadNotAllowed(f"the step's vectors take {wanted} bytes, the blob has {size_bytes}")
    return Artifact.Kind.SUBMISSION
