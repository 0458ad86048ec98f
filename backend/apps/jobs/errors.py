"""What can go wrong with a job.

BackendError
├── Conflict
│   ├── AnsweredOtherwise    a task is answered a second time, and differently
│   ├── NotLeased            a task is answered that was never handed out
│   ├── BudgetTooSmall       a private job would pass a site's known privacy budget
│   ├── BlobMissing          an answer names a blob that has not arrived
│   ├── StatisticsTaken      a plan asks sites for statistics that they have given in another group
│   └── FiguresTaken         a plan asks sites for figures of a model that they have given in another group
├── NotAllowed
│   └── UploadNotAllowed     a blob is sent that no task asks for
└── InvalidInput
    └── AnswerIncomplete     an answer lacks its message
"""

from backend.common.errors import Conflict, InvalidInput, NotAllowed


class AnsweredOtherwise(Conflict):
    """The task has another answer already; answers do not change."""

    code = "jobs.answered_otherwise"


class NotLeased(Conflict):
    """The task was never handed out, so nobody can have done it."""

    code = "jobs.not_leased"


class BudgetTooSmall(Conflict):
    """A private job would pass the privacy budget that a site has told; the site would refuse it."""

    code = "jobs.budget"


class BlobMissing(Conflict):
    """The answer names a blob that the site has not sent whole."""

    code = "jobs.blob_missing"


class StatisticsTaken(Conflict):
    """The sites gave these statistics in another group; the two together would tell what single sites have."""

    code = "jobs.statistics_taken"


class FiguresTaken(Conflict):
    """The sites gave these figures of this model in another group; the two together would tell single sites'."""

    code = "jobs.figures_taken"


class UploadNotAllowed(NotAllowed):
    """No task of the site asks for this blob."""

    code = "jobs.upload_not_allowed"


class AnswerIncomplete(InvalidInput):
    """The answer lacks what its kind of task asks for."""

    code = "jobs.answer_incomplete"
