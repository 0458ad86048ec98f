"""Read studies: whoever leads or audits a federation sees its own, a reader those that they read in."""

from uuid import UUID

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery

from backend.apps.accounts.models import User
from backend.apps.federations.models import Membership
from backend.apps.federations.selectors import visible_to as federations_visible_to
from backend.apps.readings.models import Look, Rater, ReaderStudy, StudyCase
from backend.apps.readings.roles import WATCH
from backend.common.errors import NotFound

State = ReaderStudy.State


def studies_visible_to(user: User) -> QuerySet[ReaderStudy]:
    """Return the studies that the user may see; drafts only if they lead or watch."""
    watched = Membership.objects.filter(user=user, role__in=WATCH).values("federation")
    own = Rater.objects.filter(user=user).values("study")
    seen = Q(federation__in=watched) | Q(pk__in=own) & ~Q(state=State.DRAFT)
    return ReaderStudy.objects.filter(seen, federation__in=federations_visible_to(user)).select_related("federation")


def study_get(*, user: User, study_id: UUID) -> ReaderStudy:
    """Return one study that the user may see.

    Raises:
        NotFound: there is none, or not for this user.
    """
    study = studies_visible_to(user).filter(pk=study_id).first()
    if study is None:
        raise NotFound("There is no such study, or you do not take part in it.")
    return study


def with_progress(studies: QuerySet[ReaderStudy]) -> QuerySet[ReaderStudy]:
    """Add each study's number of cases, and its raters with how many cases each has read, as ``counted_raters``."""
    cases = (
        StudyCase.objects.filter(study=OuterRef("pk")).order_by().values("study").annotate(n=Count("pk")).values("n")
    )
    raters = raters_with_progress().order_by("created_at", "name")
    return studies.annotate(case_count=Subquery(cases)).prefetch_related(
        Prefetch("raters", raters, to_attr="counted_raters")
    )


def raters_with_progress() -> QuerySet[Rater]:
    """Return raters, each with the cases it has ``read`` and the readings it has ``amended``."""
    return Rater.objects.select_related("user", "model_version").annotate(
        read=Count("readings", filter=Q(readings__revision=1)),
        amended=Count("readings", filter=Q(readings__revision__gt=1)),
    )


def who_looked(study: ReaderStudy) -> QuerySet[Look]:
    """Return who saw the comparison before the study was closed, and after how many readings, if there were any."""
    looks = Look.objects.filter(study=study, what=Look.What.COMPARISON, readings__gt=0)
    return looks.select_related("user").order_by("at")
