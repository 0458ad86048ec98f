"""The page may ask the parties of open services for their keys, and connect to nobody else."""

import pytest
from django.test import Client

from backend.apps.diagnosis.models import DiagnosisService, Node
from tests.backend.diagnosis.offer import offered
from tests.backend.world import consortium

pytestmark = pytest.mark.django_db


def connects():
    policy = Client().get("/diagnose").headers["Content-Security-Policy"]
    return next(rule.split()[1:] for rule in policy.split("; ") if rule.startswith("connect-src"))


def test_page_may_ask_the_parties_of_an_open_service_and_forgets_them_when_it_closes():
    assert connects() == ["'self'"]
    service = offered(consortium())
    assert connects() == ["'self'", "https://north.example", "https://south.example"]
    service.state = DiagnosisService.State.CLOSED
    service.closed_at = service.opened_at
    service.save(update_fields=["state", "closed_at"])
    assert connects() == ["'self'"]


@pytest.mark.parametrize(
    "origin", ["*", "https://*", "https://a.example;script-src *", "https://a.example https://b.example", "data:", ""]
)
def test_origin_that_would_mean_more_than_one_address_is_left_out(origin):
    service = offered(consortium())
    Node.objects.filter(pk=service.p0_id).update(origin=origin)
    assert connects() == ["'self'", "https://south.example"]
