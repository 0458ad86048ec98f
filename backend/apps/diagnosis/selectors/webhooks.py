"""Read webhooks: each is its user's alone."""

from django.db.models import QuerySet

from backend.apps.accounts.models import User
from backend.apps.diagnosis.models import Webhook


def webhooks_visible_to(user: User) -> QuerySet[Webhook]:
    """Return the user's own webhooks."""
    return Webhook.objects.filter(user=user) if user.is_authenticated else Webhook.objects.none()
