"""Read datasets, starting at what a user may see: those of the federations they are a member of."""

from django.db.models import QuerySet

from backend.apps.accounts.models import User
from backend.apps.datasets.models import Dataset
from backend.apps.federations.selectors import sites_visible_to


def visible_to(user: User) -> QuerySet[Dataset]:
    """Return the datasets of the sites that the user may see."""
    return Dataset.objects.filter(site__in=sites_visible_to(user))
