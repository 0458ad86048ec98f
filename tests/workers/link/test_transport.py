"""The link as a kombu transport: lease, acknowledge, release, reconnect."""

import socket

import pytest
from kombu import Connection, Queue
from kombu.exceptions import ChannelError, OperationalError

import workers.link  # noqa: F401  registers the transport
from tests.workers.link.fake_hub import CREDENTIAL
from workers.link import NODE, SITE, LinkAddress, register
from workers.link.errors import AddressError, CredentialRefused, HubUnavailable

register()


@pytest.fixture
def connection(hub):
    with Connection(hub.broker_url, transport_options={"wait_s": 0}) as connection:
        yield connection


def receive(connection, count=1):
    """Consume until ``count`` messages came."""
    got = []
    with connection.Consumer(
        [Queue("site", routing_key="site")],
        callbacks=[lambda body, message: got.append((body, message))],
        prefetch_count=1,
        accept=["json"],
    ):
        while len(got) < count:
            connection.drain_events(timeout=10)
    return got


def test_connecting_greets_the_hub(hub, connection):
    connection.connect()
    assert hub.count("hello") == 1
    assert connection.connected


def test_a_refused_credential_ends_connecting_with_the_reason(hub):
    with (
        Connection(hub.broker_url.replace(CREDENTIAL, "wrong")) as connection,
        pytest.raises(CredentialRefused, match="enrol"),
    ):
        connection.ensure_connection(max_retries=3, interval_start=0)
    assert hub.count("hello") == 1


def test_an_absent_hub_is_tried_again_and_then_reported(hub, connection):
    hub.stop()
    errors = []
    with pytest.raises(OperationalError, match="does not answer"):
        connection.ensure_connection(
            errback=lambda error, _interval: errors.append(error),
            max_retries=2,
            interval_start=0,
            interval_step=0,
        )
    assert all(isinstance(error, HubUnavailable) for error in errors)
    assert len(errors) == 2
    hub.start()
    connection.ensure_connection(max_retries=1)


def test_a_message_is_a_celery_task_with_the_payload(hub, connection):
    task = hub.add("secagg.share", {"session": "abc", "roster": {"é": [1, 2]}})
    [(body, message)] = receive(connection)
    assert body == [[], {"payload": task.payload}, {"callbacks": None, "errbacks": None, "chain": None}]
    assert message.headers["task"] == "secagg.share"
    assert message.headers["id"] == task.id
    assert (message.headers["lease_s"], message.headers["deliveries"]) == (30.0, 1)
    message.ack()


def test_acknowledging_ends_the_task_and_frees_the_slot(hub, connection):
    first, second = hub.add("a"), hub.add("b")
    [(_, message)] = receive(connection)
    with pytest.raises(socket.timeout), connection.Consumer([Queue("site")], channel=message.channel):
        connection.drain_events(timeout=0.1)
    assert second.deliveries == 0
    message.ack()
    assert first.acks == 1


def test_acknowledging_frees_the_slot_even_if_the_hub_does_not_hear_it(hub, connection):
    first = hub.add("a")
    [(_, message)] = receive(connection)
    hub.fail_next("ack", 503)
    message.ack()
    assert message.acknowledged
    assert first.acks == 0
    assert message.channel.qos.can_consume()


def test_requeueing_releases_the_task_and_it_comes_again_as_another_delivery(hub, connection):
    task = hub.add("a")
    [(_, first)] = receive(connection)
    first.requeue()
    assert task.releases == 1
    [(_, again)] = receive(connection)
    assert again.headers["deliveries"] == 2
    assert again.delivery_tag != first.delivery_tag
    assert again.delivery_info["redelivered"]
    again.ack()


def test_rejecting_answers_with_an_error_that_names_the_kind(hub, connection):
    task = hub.add("future.kind")
    [(_, message)] = receive(connection)
    message.reject()
    assert task.answer["error"]["code"] == "site.unknown_task"
    assert "future.kind" in task.answer["error"]["message"]
    assert task.acks == 1


def test_closing_releases_what_is_unacknowledged(hub):
    task = hub.add("a")
    with Connection(hub.broker_url, transport_options={"wait_s": 0}) as connection:
        receive(connection)
    assert task.releases == 1


def test_an_outage_while_polling_is_a_connection_error_and_ends(hub, connection):
    connection.connect()
    with (
        connection.Consumer([Queue("site")], callbacks=[lambda *_: None]),
        hub.outage(),
        pytest.raises(connection.connection_errors),
    ):
        connection.drain_events(timeout=5)
    task = hub.add("a")
    with connection.clone() as again:
        [(_, message)] = receive(again)
        assert message.headers["id"] == task.id
        message.ack()


def test_an_empty_mailbox_is_not_hammered(hub):
    with Connection(hub.broker_url, transport_options={"wait_s": 0.3}) as connection:
        with connection.Consumer([Queue("site")]), pytest.raises(socket.timeout):
            connection.drain_events(timeout=1)
        assert 2 <= hub.count("lease") <= 5


def test_a_worker_that_was_told_to_stop_asks_for_no_more_tasks(hub, connection, monkeypatch):
    task = hub.add("a")
    with connection.Consumer([Queue("site")]):
        monkeypatch.setattr("celery.worker.state.should_stop", 0)
        with pytest.raises(socket.timeout):
            connection.drain_events(timeout=2)
    assert hub.count("lease") == 0
    assert task.deliveries == 0


def test_nothing_can_be_published(connection):
    with pytest.raises(ChannelError, match="nothing can be published"):
        connection.default_channel.basic_publish(
            connection.default_channel.prepare_message("{}"), exchange="", routing_key="site"
        )


def test_logs_never_show_the_credential(hub, connection):
    assert CREDENTIAL not in connection.as_uri()
    assert CREDENTIAL in connection.as_uri(include_password=True)
    assert CREDENTIAL not in repr(connection)


def test_a_nodes_address_says_its_realm_and_comes_back_whole():
    address = LinkAddress.parse("primia+http://node:abc@127.0.0.1:8000/?realm=node")
    assert (address.realm, address.credential) == (NODE, "abc")
    assert LinkAddress.parse(address.broker_url) == address
    assert "abc" not in str(address)


def test_a_hospitals_address_names_no_realm(hub):
    assert LinkAddress.parse(hub.broker_url).realm == SITE
    assert "realm" not in LinkAddress.parse(hub.broker_url).broker_url


def test_an_unknown_realm_is_refused():
    with pytest.raises(AddressError, match="cloud"):
        LinkAddress.parse("primia+http://node:abc@127.0.0.1:8000/?realm=cloud")
