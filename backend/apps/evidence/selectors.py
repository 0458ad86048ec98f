"""Read evaluations and audits, starting at what a user may see: those of the federations they are a member of."""

from django.db.models import QuerySet

from backend.apps.accounts.models import User
from backend.apps.evidence.models import AttackAudit, Evaluation
from backend.apps.federations.selectors import visible_to as federations_visible_to


def evaluations_visible_to(user: User) -> QuerySet[Evaluation]:
    """Return the evaluations of the user's federations."""
    found = Evaluation.objects.filter(federation__in=federations_visible_to(user))
    return found.select_related("federation", "model_version", "job")


def attack_audits_visible_to(user: User) -> QuerySet[AttackAudit]:
    """Return the attack audits of the user's federations."""
    found = AttackAudit.objects.filter(federation__in=federations_visible_to(user))
    return found.select_related("federation", "model_version", "job", "demonstration")
