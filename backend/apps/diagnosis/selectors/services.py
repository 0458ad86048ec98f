"""Read services: whoever works in a federation sees all of its services, a patient those that can be asked."""

from uuid import UUID

from django.db.models import Q, QuerySet

from backend.apps.accounts.models import User
from backend.apps.diagnosis.models import Diagnosis, DiagnosisService
from backend.apps.federations.selectors import asked_by
from backend.apps.federations.selectors import visible_to as federations_visible_to
from backend.common.errors import NotFound


def services_visible_to(user: User) -> QuerySet[DiagnosisService]:
    """Return the services that the user may see: as a patient, the open ones and those that they have asked."""
    if not user.is_authenticated:
        return DiagnosisService.objects.none()
    asked = Diagnosis.objects.filter(requester=user).values("service")
    open_ones = Q(state=DiagnosisService.State.OPEN, federation__in=asked_by(user))
    seen = Q(federation__in=federations_visible_to(user)) | open_ones | Q(pk__in=asked)
    return DiagnosisService.objects.filter(seen).select_related(
        "federation", "model_version", "owner", "dealer", "p0", "p1", "created_by"
    )


def service_get(*, user: User, service_id: UUID) -> DiagnosisService:
    """Return one service that the user may see.

    Raises:
        NotFound: there is none, or not for this user.
    """
    service = services_visible_to(user).filter(pk=service_id).first()
    if service is None:
        raise NotFound("There is no such service, or you may not see it.")
    return service
