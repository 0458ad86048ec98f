"""The stock of correlations: ordered, fetched, counted, and never ordered twice."""

from datetime import timedelta

from django.utils import timezone

from backend.apps.diagnosis.models import DiagnosisService, StockSample
from backend.apps.diagnosis.services.service_end import service_close
from backend.apps.diagnosis.services.service_steps import service_advance


def orders(stage, **which):
    return [(role, kind, state) for role, kind, state in stage.tasks(**which) if kind.startswith("stock.")]


def test_a_new_service_is_filled_until_its_stock_is_full(published):
    service = published.reload()
    assert (service.stock_p0, service.stock_p1, service.filling) == (3, 3, False)
    kinds = [(role, kind) for role, kind, _ in orders(published)]
    assert kinds == [("dealer", "stock.deal"), ("p0", "stock.fetch"), ("p1", "stock.fetch")] * 2
    assert [(sample.p0, sample.p1) for sample in StockSample.objects.order_by("pk")][-1] == (3, 3)


def test_the_stock_is_filled_again_only_once_it_is_low(published):
    DiagnosisService.objects.update(stock_low=2)
    before = len(orders(published))
    published.ask()
    published.p0.work()
    published.p1.work()
    assert published.reload().stock_p0 == 2
    published.hub()
    assert len(orders(published)) == before
    published.ask()
    published.run()
    assert published.reload().stock_p0 == 3
    assert len(orders(published)) > before


def test_while_an_order_is_under_way_nothing_more_is_ordered(published):
    DiagnosisService.objects.update(stock_p0=0, stock_p1=0)
    for _ in range(3):
        published.hub()
    assert orders(published, state__in=["queued", "leased"]) == [("dealer", "stock.deal", "queued")]


def test_a_failed_order_is_repeated_after_a_while(published):
    DiagnosisService.objects.update(stock_p0=0, stock_p1=0)
    published.dealer.fails("stock.deal", "dealer.disk_full")
    published.hub()
    published.dealer.work()
    published.hub()
    assert not orders(published, state="queued")
    service_advance(service_id=published.service.pk, now=timezone.now() + timedelta(seconds=20))
    assert orders(published, state="queued") == [("dealer", "stock.deal", "queued")]


def test_a_party_that_could_not_fetch_fetches_later_and_the_other_is_not_asked_again(published):
    DiagnosisService.objects.update(stock_p0=0, stock_p1=0)
    published.p0.level = published.p1.level = 0
    published.p0.fails("stock.fetch", "mpc.peer_lost")
    published.hub()
    published.dealer.work()
    published.p1.work()
    published.p0.work()
    assert not orders(published, state="queued")
    service_advance(service_id=published.service.pk, now=timezone.now() + timedelta(seconds=20))
    assert orders(published, state="queued") == [("p0", "stock.fetch", "queued")]
    published.run()
    assert (published.reload().stock_p0, published.service.stock_p1) == (3, 3)


def test_a_party_that_takes_nothing_in_does_not_make_the_dealer_deal_for_ever(published):
    DiagnosisService.objects.update(stock_p0=0, stock_p1=0)
    published.p0.instead["stock.fetch"] = [lambda _payload: {"taken": 0, "level": 0}] * 50
    before = len(orders(published))
    published.run()
    assert len(orders(published)) == before + 3


def test_a_party_tells_its_level_and_only_of_its_own_services(published):
    body = {"service": str(published.service.pk), "level": 7, "low": 1, "full": 9}
    assert published.p1.http.put("stock", json=body).status_code == 200
    assert published.reload().stock_p1 == 7
    refused = published.dealer.http.put("stock", json=body)
    assert refused.status_code == 404
    assert published.p1.http.put("stock", json={**body, "level": -1}).status_code == 400


def test_a_closed_service_is_filled_no_more(published):
    service_close(service_id=published.service.pk, by=published.ada, now=timezone.now())
    DiagnosisService.objects.update(stock_p0=0)
    published.hub()
    assert not orders(published, state="queued")


def test_old_samples_and_orders_are_forgotten(published):
    assert orders(published)
    published.later(days=8)
    assert not StockSample.objects.exists()
    assert not orders(published)
