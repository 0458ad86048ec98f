"""The link's calls: what connecting finds out, and what an outage does to them."""

from datetime import timedelta

import pytest

from tests.workers.link.fake_hub import CREDENTIAL
from workers.link import LinkAddress, LinkClient, enrol, hub_url
from workers.link.errors import (
    AddressError,
    AgentStopping,
    ClockSkew,
    CredentialRefused,
    HubRefused,
    HubUnavailable,
    ProtocolMismatch,
)
from workers.link.patience import patiently


@pytest.fixture
def client(hub):
    client = LinkClient(LinkAddress.parse(hub.broker_url))
    yield client
    client.close()


def test_hello_says_who_we_are(client):
    greeting = client.hello()
    assert (greeting.site, greeting.federation) == ("north", "demo")
    assert abs(greeting.skew_s) < 5


@pytest.mark.parametrize(
    ("break_hub", "error", "says"),
    [
        (lambda hub: setattr(hub, "protocol", 2), ProtocolMismatch, "version 2"),
        (lambda hub: setattr(hub, "skew", timedelta(hours=1)), ClockSkew, r"\+3600 s"),
        (lambda hub: setattr(hub, "skew", timedelta(minutes=-5)), ClockSkew, "-300 s"),
        (lambda hub: hub.fail_next("hello", 503), HubUnavailable, "503"),
        (lambda hub: hub.fail_next("hello", 403), CredentialRefused, "enrol"),
        (lambda hub: hub.stop(), HubUnavailable, "does not answer"),
    ],
)
def test_hello_raises_a_clear_error_when_something_is_wrong(hub, client, break_hub, error, says):
    break_hub(hub)
    with pytest.raises(error, match=says):
        client.hello()


def test_a_wrong_credential_is_refused(hub):
    client = LinkClient(LinkAddress.parse(hub.broker_url.replace(CREDENTIAL, "wrong")))
    with pytest.raises(CredentialRefused, match="enrol this site again") as caught:
        client.hello()
    assert "wrong" not in str(caught.value)
    client.close()


def test_a_closed_client_finds_the_hub_unavailable(client):
    client.close()
    with pytest.raises(HubUnavailable, match="closed"):
        client.hello()


def test_lease_hands_out_each_task_once_until_its_lease_ends(hub, client):
    task = hub.add("secagg.advertise", {"spec": 1})
    leased = client.lease(0)
    assert (leased.id, leased.kind, leased.payload, leased.deliveries) == (task.id, task.kind, {"spec": 1}, 1)
    assert "spec" not in repr(leased)
    assert client.lease(0) is None
    hub.expire(task)
    assert client.lease(0).deliveries == 2


def test_the_same_answer_twice_is_harmless_and_another_is_refused(hub, client):
    task = hub.add("plan.review")
    client.answer(task.id, {"result": {"a": 1}})
    client.answer(task.id, {"result": {"a": 1}})
    with pytest.raises(HubRefused, match="409") as caught:
        client.answer(task.id, {"result": {"a": 2}})
    assert caught.value.hub_code == "task.answered"


def test_enrol_exchanges_a_token_once(hub):
    hub.enrolments["one-time"] = "north"
    got = enrol(hub.base_url, token="one-time", identity={"key": "k"})
    assert (got.site, got.credential) == ("north", CREDENTIAL)
    assert CREDENTIAL not in repr(got)
    with pytest.raises(HubRefused, match="used or never given"):
        enrol(hub.base_url, token="one-time", identity={"key": "k"})


def test_patiently_outlasts_an_outage(hub, client):
    hub.stop()
    tried = []

    def start_after_two(_seconds):
        tried.append(1)
        if len(tried) == 2:
            hub.start()

    assert patiently(client.hello, for_s=60, wait=start_after_two).site == "north"
    assert len(tried) == 2


def test_patiently_gives_up_when_its_time_is_over_and_when_the_agent_stops(hub, client):
    hub.stop()
    with pytest.raises(HubUnavailable):
        patiently(client.hello, for_s=0)
    with pytest.raises(AgentStopping):
        patiently(client.hello, for_s=60, stop=lambda: True)


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("primia+http://c@127.0.0.1:8000/", "http://127.0.0.1:8000/"),
        ("primia+https://c@hub.example.org/", "https://hub.example.org/"),
        ("primia://c@hub.example.org:444/primia/", "https://hub.example.org:444/primia/"),
        ("primia+http://site:c@localhost:1/", "http://localhost:1/"),
        ("http://c@[::1]:8000/", "http://[::1]:8000/"),
        ("primia+http://c@web:8000/?plain=1", "http://web:8000/"),
    ],
)
def test_addresses(url, base):
    address = LinkAddress.parse(url)
    assert (address.base_url, address.credential) == (base, "c")
    assert LinkAddress.parse(address.broker_url) == address


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("redis://c@host/", "redis"),
        ("primia+https://hub.example.org/", "no credential"),
        ("primia+https://c@/", "no host"),
        ("primia+http://c@hub.example.org/", "plain HTTP"),
        ("primia+http://c@10.0.0.1:80/", "plain HTTP"),
    ],
)
def test_addresses_that_cannot_be_used(url, says):
    with pytest.raises(AddressError, match=says):
        LinkAddress.parse(url)


def test_an_address_never_shows_its_credential():
    address = LinkAddress.parse("primia+http://site:hunter2%2F@127.0.0.1:1/")
    assert address.credential == "hunter2/"
    assert "hunter2" not in f"{address} {address!r}"


def test_hub_url_wants_a_web_address():
    assert hub_url("https://hub.example.org") == "https://hub.example.org/"
    with pytest.raises(AddressError):
        hub_url("ftp://hub.example.org")
