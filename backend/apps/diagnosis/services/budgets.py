"""How often one user may ask a service in 24 hours, and one token any: a person's curiosity about a model has a bound.

The caller holds the service, so that two requests at once cannot both be the last one.
"""

import math
from datetime import datetime, timedelta

from django.db.models import QuerySet

from backend.apps.accounts.models import ApiToken, User
from backend.apps.diagnosis.errors import BudgetUsedUp, TokenQuotaUsedUp
from backend.apps.diagnosis.models import Diagnosis, DiagnosisService

WINDOW = timedelta(days=1)


def budgets_check(*, service: DiagnosisService, user: User, token: ApiToken | None, now: datetime) -> None:
    """Pass a request that neither the user's budget nor the token's quota forbids.

    Raises:
        BudgetUsedUp, TokenQuotaUsedUp: with the seconds after which the next request is taken.
    """
    own = Diagnosis.objects.filter(requester=user, created_at__gt=now - WINDOW)
    limit = service.per_user_daily
    if free_at := _free_at(own.filter(service=service), limit):
        raise BudgetUsedUp(
            f"You have asked this service {limit} times in 24 hours, which is the limit; the next request is taken "
            f"at {free_at:%Y-%m-%d %H:%M} UTC. Wait, or ask its coordinator.",
            retry_after_s=math.ceil((free_at - now).total_seconds()),
        )
    if token is None or (quota := token.diagnoses_per_day) is None:
        return
    ApiToken.objects.select_for_update(no_key=True).filter(pk=token.pk).first()  # it may be asking another service
    if free_at := _free_at(own.filter(token=token), quota):
        raise TokenQuotaUsedUp(
            f"This token has sent {quota} requests in 24 hours, which is its quota; the next one is taken at "
            f"{free_at:%Y-%m-%d %H:%M} UTC. Wait, or make a token with a larger quota.",
            retry_after_s=math.ceil((free_at - now).total_seconds()),
        )


def _free_at(asked: QuerySet[Diagnosis], limit: int) -> datetime | None:
    """Return when the next request is taken, or none where one is taken now."""
    times = list(asked.order_by("-created_at").values_list("created_at", flat=True)[:limit])
    return times[-1] + WINDOW if len(times) == limit else None
