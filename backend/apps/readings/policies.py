"""Who may lead a study, who reads in it, and who may know the truth before it is closed.

A reader stays blinded until the study is closed, whatever else they are in the federation, and also once withdrawn.
"""

from backend.apps.accounts.models import User
from backend.apps.federations.policies import has_role, require_role
from backend.apps.readings.errors import Blinded
from backend.apps.readings.models import Rater, ReaderStudy
from backend.apps.readings.roles import LEAD


def is_reader(*, user: User, study: ReaderStudy) -> bool:
    """Say whether the user reads in the study, or did."""
    return Rater.objects.filter(study=study, user=user).exists()


def is_blinded(*, user: User, study: ReaderStudy) -> bool:
    """Say whether truth and comparison are hidden from the user."""
    leads = has_role(user=user, federation_id=study.federation_id, roles=LEAD)
    return is_hidden(study, leads=leads, reads=is_reader(user=user, study=study))


def is_hidden(study: ReaderStudy, *, leads: bool, reads: bool) -> bool:
    """Say whether truth and comparison are hidden: before the end from all but a coordinator who never read in it."""
    return study.state != ReaderStudy.State.CLOSED and (reads or not leads)


def require_unblinded(*, user: User, study: ReaderStudy) -> None:
    """Pass only whom the truth is not hidden from.

    Raises:
        Blinded: naming the reason.
    """
    if is_blinded(user=user, study=study):
        why = "you read in it" if is_reader(user=user, study=study) else "only a coordinator who does not read sees it"
        raise Blinded(f"Truth and comparison stay hidden until the study is closed: {why}.")


def require_lead(*, user: User, study: ReaderStudy) -> None:
    """Pass only a coordinator of the study's federation.

    Raises:
        RoleMissing: they are none.
    """
    require_role(user=user, federation_id=study.federation_id, roles=LEAD)
