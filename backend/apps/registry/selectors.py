"""Read model versions, starting at what a user may see: those of the federations they are a member of."""

from uuid import UUID

from django.db.models import QuerySet

from backend.apps.accounts.models import User
from backend.apps.federations.selectors import visible_to as federations_visible_to
from backend.apps.registry.models import ModelVersion


def visible_to(user: User) -> QuerySet[ModelVersion]:
    """Return the model versions of the user's federations."""
    return ModelVersion.objects.filter(federation__in=federations_visible_to(user))


def model_version_get(*, user: User, version_id: UUID) -> ModelVersion | None:
    """Return one model version with its job, or ``None`` where the user may not see it."""
    return visible_to(user).filter(pk=version_id).select_related("job", "artifact", "federation").first()
