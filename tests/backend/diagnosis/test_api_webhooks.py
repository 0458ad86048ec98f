"""Webhooks: signed as a receiver checks it, repeated with pauses, given up at last, never into a private network."""

import hashlib
import hmac
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from backend.apps.diagnosis import webhook_sender, webhook_target
from backend.apps.diagnosis.errors import WebhookTargetRefused
from backend.apps.diagnosis.models import Webhook, WebhookDelivery
from backend.apps.diagnosis.services.webhook_delivery import PAUSES, webhook_deliver, webhooks_due
from backend.apps.federations.models import Role
from backend.common import at_rest
from primia_core.client.webhooks import verified
from tests.backend.diagnosis.offer import asked, body, compute, offered, program, refuse
from tests.backend.diagnosis.receiver import dripping, receiving
from tests.backend.world import NOW, consortium, member, person

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/webhooks"
PUBLIC = "https://radiology.example.org/primia"


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.PRIMIA_STORAGE = tmp_path


@pytest.fixture
def sent(monkeypatch):
    """Collect the ids of deliveries that are handed to the queue."""
    ids = []
    monkeypatch.setattr(
        "backend.config.celery.app.send_task",
        lambda name, kwargs, **_: ids.append(kwargs["delivery_id"]) if name == "webhooks.deliver" else None,
    )
    return ids


@pytest.fixture
def receiver(settings):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def api(as_user):
    return as_user(person())


def refusal(answer):
    return answer.status_code, answer.json()["code"]


def made(api, url, *kinds):
    answer = api.post(ADDRESS, {"url": url, **({"kinds": list(kinds)} if kinds else {})})
    assert answer.status_code == 201, answer.json()
    return answer.json()


def checked(receiver, secret, number=-1):
    """Return a message after checking it exactly as the documentation tells a receiver to."""
    headers, raw = receiver.got[number]
    parts = dict(part.split("=", 1) for part in headers["Primia-Signature"].split(","))
    want = hmac.new(secret.encode(), parts["t"].encode() + b"." + raw, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(want, parts["v1"])
    sent_at = datetime.fromtimestamp(int(parts["t"]), UTC)
    assert verified(raw, headers["Primia-Signature"], secret, now=sent_at) == json.loads(raw)
    return int(parts["t"]), json.loads(raw)


def deliver(now):
    """Make every attempt that is due."""
    waiting = WebhookDelivery.objects.filter(delivered_at=None, failed_at=None, next_at__lte=now)
    for delivery_id in list(waiting.order_by("created_at").values_list("id", flat=True)):
        webhook_deliver(delivery_id=delivery_id, now=now)


def test_secret_is_shown_once_and_is_not_in_the_database(api):
    given = made(api, PUBLIC)
    assert given["secret"].startswith("primia-hook-")
    assert given["kinds"] == ["diagnosis.answered", "diagnosis.expired", "diagnosis.failed"]
    (row,) = api.get(ADDRESS).json()["results"]
    assert "secret" not in row
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM diagnosis_webhook")
        (kept,) = cursor.fetchone()
    assert given["secret"] not in kept
    assert at_rest.decrypt(kept, context=f"webhook.{given['id']}") == given["secret"]


def test_kept_secret_is_read_in_its_own_place_and_under_its_own_key_only(settings):
    kept = at_rest.encrypt("s3cret", context="a")
    assert at_rest.encrypt("s3cret", context="a") != kept
    with pytest.raises(at_rest.Unreadable):
        at_rest.decrypt(kept, context="b")
    settings.SECRET_KEY = "another key"
    with pytest.raises(at_rest.Unreadable, match="PRIMIA_SECRET_KEY was changed"):
        at_rest.decrypt(kept, context="a")


def test_requester_hears_of_answer_and_failure_in_signed_messages(receiver, as_user):
    service = offered(consortium())
    paul = as_user(member(service.federation, Role.PATIENT, "paul"))
    hook = made(paul, receiver.url)
    for end in (compute, lambda request: refuse(request, "diagnosis.share_corrupt")):
        mine = asked(service)
        paul.post("/api/v1/diagnoses", body(mine))
        end(mine)
    now = timezone.now()
    deliver(now)
    told = [checked(receiver, hook["secret"], number) for number in range(2)]
    assert [message["kind"] for _, message in told] == ["diagnosis.answered", "diagnosis.failed"]
    assert {message["service"] for _, message in told} == {str(service.pk)}
    assert told[1][1]["diagnosis"] == str(mine.diagnosis)
    assert set(told[0][1]) == {"id", "kind", "diagnosis", "service", "time"}
    assert abs(told[0][0] - now.timestamp()) < 2
    headers, _ = receiver.got[0]
    assert headers["Content-Type"] == "application/json"
    assert headers["Host"].startswith("localhost:")
    rows = paul.get(f"{ADDRESS}/{hook['id']}/deliveries").json()["results"]
    assert [(row["kind"], row["attempts"], row["last_status"]) for row in rows] == [
        ("diagnosis.failed", 1, 204), ("diagnosis.answered", 1, 204),
    ]  # fmt: skip
    deliver(now + timedelta(days=1))
    assert len(receiver.got) == 2


def test_webhook_hears_only_the_kinds_that_it_asked_for_and_nobody_elses(receiver, as_user):
    service = offered(consortium())
    paul, petra = (member(service.federation, Role.PATIENT, name) for name in ("paul", "petra"))
    made(as_user(paul), receiver.url, "diagnosis.failed")
    made(as_user(petra), receiver.url)
    mine = asked(service)
    as_user(paul).post("/api/v1/diagnoses", body(mine))
    compute(mine)
    assert not WebhookDelivery.objects.exists()


def test_test_message_is_signed_like_any_other(receiver, api):
    hook = made(api, receiver.url)
    answer = api.post(f"{ADDRESS}/{hook['id']}/test")
    assert (answer.status_code, answer.json()["kind"], answer.json()["attempts"]) == (201, "webhook.test", 0)
    deliver(timezone.now())
    _, message = checked(receiver, hook["secret"])
    assert (message["id"], message["diagnosis"]) == (answer.json()["id"], None)


def test_message_is_repeated_with_growing_pauses_and_then_given_up(receiver, api):
    receiver.statuses = [500]
    hook = made(api, receiver.url)
    api.post(f"{ADDRESS}/{hook['id']}/test")
    now = timezone.now()
    for number, pause in enumerate(PAUSES, 1):
        deliver(now)
        row = WebhookDelivery.objects.get()
        assert (row.attempts, row.next_at, row.last_status, row.failed_at) == (number, now + pause, 500, None)
        deliver(now + pause - timedelta(seconds=1))
        assert len(receiver.got) == number
        now += pause
    deliver(now)
    row = WebhookDelivery.objects.get()
    assert (row.attempts, row.failed_at) == (len(PAUSES) + 1, now)
    deliver(now + timedelta(days=9))
    assert len(receiver.got) == len(PAUSES) + 1
    assert len({json.loads(raw)["id"] for _, raw in receiver.got}) == 1


def test_repetition_is_signed_anew_so_that_a_receiver_can_refuse_old_messages(receiver, api):
    receiver.statuses = [503, 204]
    hook = made(api, receiver.url)
    api.post(f"{ADDRESS}/{hook['id']}/test")
    now = timezone.now()
    deliver(now)
    deliver(now + PAUSES[0])
    (first, message), (second, again) = (checked(receiver, hook["secret"], number) for number in range(2))
    assert second - first == PAUSES[0].seconds
    assert message == again
    assert WebhookDelivery.objects.get().delivered_at == now + PAUSES[0]


def test_receiver_that_is_not_there_counts_as_a_failure(receiver, api):
    hook = made(api, "http://localhost:9/nobody")
    api.post(f"{ADDRESS}/{hook['id']}/test")
    deliver(timezone.now())
    row = WebhookDelivery.objects.get()
    assert (row.attempts, row.last_status) == (1, None)


def test_receiver_that_answers_a_byte_at_a_time_is_left(settings, api, monkeypatch):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    monkeypatch.setattr(webhook_sender, "LONGEST_S", 0.3)
    with dripping() as url:
        hook = made(api, url)
        api.post(f"{ADDRESS}/{hook['id']}/test")
        began = time.monotonic()
        deliver(timezone.now())
        assert time.monotonic() - began < 5
    row = WebhookDelivery.objects.get()
    assert (row.attempts, row.last_status) == (1, None)


def test_redirect_is_not_followed(receiver, api):
    receiver.statuses = [302, 204]
    hook = made(api, receiver.url)
    api.post(f"{ADDRESS}/{hook['id']}/test")
    deliver(timezone.now())
    assert len(receiver.got) == 1
    assert WebhookDelivery.objects.get().last_status == 302


def test_address_that_fails_is_spared_and_hears_the_rest_once_it_answers(
    receiver, api, sent, django_capture_on_commit_callbacks
):
    receiver.statuses = [500, 204]
    hook = made(api, receiver.url)
    now = timezone.now()
    for _ in range(4):
        api.post(f"{ADDRESS}/{hook['id']}/test")
    first = WebhookDelivery.objects.order_by("created_at").first()
    webhook_deliver(delivery_id=first.pk, now=now + timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        webhooks_due(now=now + timedelta(seconds=5))
        api.post(f"{ADDRESS}/{hook['id']}/test")
    assert sent == []
    later = now + timedelta(seconds=1) + PAUSES[0]
    with django_capture_on_commit_callbacks(execute=True):
        webhooks_due(now=later)
    assert sent == [str(first.pk)]
    with django_capture_on_commit_callbacks(execute=True):
        webhook_deliver(delivery_id=first.pk, now=later)
    while len(sent) < 5:
        with django_capture_on_commit_callbacks(execute=True):
            webhook_deliver(delivery_id=sent[-1], now=later)
    deliver(later)
    assert not WebhookDelivery.objects.filter(delivered_at=None).exists()
    assert len(receiver.got) == 6


def test_attempt_that_is_asked_for_twice_is_made_once(receiver, api):
    receiver.statuses = [500]
    hook = made(api, receiver.url)
    delivery = api.post(f"{ADDRESS}/{hook['id']}/test").json()["id"]
    for _ in range(3):
        webhook_deliver(delivery_id=delivery, now=timezone.now())
    assert len(receiver.got) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://radiology.example.org/",
        "https://user:secret@radiology.example.org/",
        "https://127.0.0.1/",
        "https://10.0.0.8/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fd00::1]/",
        "https://[2002:7f00:1::]/",
        "https://[64:ff9b::7f00:1]/",
        "https://0.0.0.0/",
        "https://100.64.1.1/",
        "https://localhost/",
        "https://redis:6379/",
    ],
)
def test_address_in_a_private_network_is_refused_when_it_is_registered(api, url):
    answer = api.post(ADDRESS, {"url": url})
    assert answer.status_code == 400
    assert answer.json()["code"] in {"webhooks.target_refused", "request.invalid"}
    assert list(answer.json()["fields"]) == ["url"]
    assert not Webhook.objects.exists()


def test_name_that_leads_into_a_private_network_is_refused_at_every_sending(receiver, api, settings, monkeypatch):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = False
    hook = made(api, PUBLIC)
    port = int(receiver.url.split(":")[2].split("/")[0])
    monkeypatch.setattr(
        "socket.getaddrinfo",
        lambda host, *_args, **_kwargs: [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("127.0.0.1", port))],
    )
    with pytest.raises(WebhookTargetRefused):
        webhook_target.resolve("radiology.example.org", 443)
    api.post(f"{ADDRESS}/{hook['id']}/test")
    deliver(timezone.now())
    row = WebhookDelivery.objects.get()
    assert (row.attempts, row.last_status, receiver.got) == (1, None, [])


def test_connection_goes_to_the_address_that_was_checked_even_if_the_name_changes(receiver, monkeypatch):
    asked_for = []

    def resolve(host, port):
        asked_for.append((host, port))
        return "127.0.0.1"

    monkeypatch.setattr(webhook_sender, "resolve", resolve)
    url = receiver.url.replace("localhost", "hook.invalid")
    assert webhook_sender.post(url, text="{}", headers={}) == 204
    ((headers, _),) = receiver.got
    assert headers["Host"] == url.split("/")[2]
    assert asked_for[0][0] == "hook.invalid"


def test_webhooks_are_their_users_alone_and_few(api, as_user, settings):
    settings.WEBHOOKS_PER_USER = 2
    hooks = [made(api, PUBLIC) for _ in range(2)]
    assert refusal(api.post(ADDRESS, {"url": PUBLIC})) == (409, "webhooks.too_many")
    eve = as_user(person("eve"))
    assert eve.get(ADDRESS).json()["results"] == []
    assert eve.post(f"{ADDRESS}/{hooks[0]['id']}/test").status_code == 404
    assert eve.get(f"{ADDRESS}/{hooks[0]['id']}/deliveries").status_code == 404
    eve.delete(f"{ADDRESS}/{hooks[0]['id']}")
    assert Webhook.objects.count() == 2
    assert [api.delete(f"{ADDRESS}/{hooks[0]['id']}").status_code for _ in range(2)] == [204, 204]
    assert Webhook.objects.count() == 1


def test_webhooks_need_the_scope_for_diagnoses(db):
    allowed, refused = program(person(), "diagnoses"), program(person(), "read", "services")
    hook = made(allowed, PUBLIC)
    assert refused.post(ADDRESS, {"url": PUBLIC}).status_code == 403
    assert refused.get(ADDRESS).status_code == 403
    assert refused.delete(f"{ADDRESS}/{hook['id']}").status_code == 403


def test_message_of_a_deleted_webhook_is_never_sent(receiver, api):
    hook = made(api, receiver.url)
    delivery = api.post(f"{ADDRESS}/{hook['id']}/test").json()["id"]
    api.delete(f"{ADDRESS}/{hook['id']}")
    webhook_deliver(delivery_id=delivery, now=NOW + timedelta(days=400))
    assert receiver.got == []
