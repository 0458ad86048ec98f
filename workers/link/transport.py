"""The link as a kombu transport, so that a hospital's agent, or a computing node, is an ordinary Celery worker.

Its one queue is the agent's mailbox at the hub: getting leases a task, acknowledging ends it, requeueing releases it.
Nothing is ever published here: an agent answers through its task's result, not by sending tasks to the hub.
"""

import logging
from collections.abc import Callable
from queue import Empty
from threading import Event
from time import monotonic

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, virtual

from workers.link.address import LinkAddress
from workers.link.client import LinkClient
from workers.link.errors import AddressError, HubUnavailable, LinkError
from workers.link.messages import celery_message

log = logging.getLogger(__name__)

WAIT_S = 3.0
"""One long poll, seconds. A signal is noticed when it ends."""

QUICK_S = 1.0
"""An empty answer that comes sooner is followed by a pause, so that a hub without a bell is not hammered."""


_kept_back: set[str] = set()


def keep_back(task_id: str) -> None:
    """Let the worker be done with a task without the hub hearing of it: its next acknowledgement is not sent.

    For a task that has been answered, which ends it at the hub, and for one that is put aside: whoever does that keeps
    its lease, and answers or releases it later.
    """
    _kept_back.add(task_id)


class QoS(virtual.QoS):
    """Unacknowledged tasks; each of them goes back to the hub, none is dumped to a file."""

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Free the slot; the channel has told the hub."""
        self._quick_ack(delivery_tag)

    def restore_unacked(self) -> list:
        """Release whatever is unacknowledged when the channel closes."""
        self._flush()
        while self._delivered:
            _, message = self._delivered.popitem()
            self.channel.tell("release", message, self.channel.link.release)
        return []


class Channel(virtual.Channel):
    """The mailbox."""

    QoS = QoS
    supports_fanout = False

    def __init__(self, connection: "Transport", **kwargs: object) -> None:
        super().__init__(connection, **kwargs)
        self.link: LinkClient = connection.link
        self._pause = Event()

    def _get(self, queue: str, timeout: float | None = None) -> dict:
        from celery.worker import state  # a worker has it loaded; whoever only enrols does not wait for it

        if state.should_stop is not None:  # Celery looks once more after it was told to stop
            raise TimeoutError("a worker that stops takes no more tasks")
        wait_s = float(self.connection.client.transport_options.get("wait_s", WAIT_S))
        asked = monotonic()
        task = self.link.lease(wait_s)
        if task is None:
            taken = monotonic() - asked
            if taken < min(QUICK_S, wait_s):
                self._pause.wait(min(QUICK_S, wait_s) - taken)
            raise Empty
        return celery_message(task, queue)

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:
        """Acknowledge at the hub. The slot is free afterwards even if the hub did not hear it."""
        try:
            message = self._held(delivery_tag)
            if message is not None and message.headers["id"] in _kept_back:
                _kept_back.discard(message.headers["id"])
            else:
                self.tell("ack", message, self.link.acknowledge)
        finally:
            super().basic_ack(delivery_tag, multiple)

    def basic_reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Release a task that is to run again; answer with an error one that this agent cannot run at all."""
        try:
            message = self._held(delivery_tag)
            if requeue:
                self.tell("release", message, self.link.release)
            elif message is not None:
                self.tell("refuse", message, self._refuse(message))
        finally:
            super().basic_reject(delivery_tag, requeue=requeue)

    def tell(self, what: str, message: virtual.Message | None, call: Callable[[str], None]) -> None:
        """Tell the hub about a task. A hub that is away finds out when the lease runs out."""
        if message is None:
            return
        task_id = message.headers["id"]
        try:
            call(task_id)
        except LinkError as error:
            log.warning("%s of task %s did not reach the hub: %s", what, task_id, error.message)

    def _refuse(self, message: virtual.Message) -> Callable[[str], None]:
        kind = message.headers.get("task")
        who = self.link.address.realm.name
        text = f"this {who}'s agent cannot run tasks of the kind {kind!r}; install the hub's version of PriMIA"
        error = {"code": f"{who}.unknown_task", "message": text, "phase": "waiting"}

        def refuse(task_id: str) -> None:
            self.link.answer(task_id, {"error": error})
            self.link.acknowledge(task_id)

        return refuse

    def _held(self, delivery_tag: str) -> virtual.Message | None:
        try:
            return self.qos.get(delivery_tag)
        except KeyError:
            return None

    def _put(self, queue: str, message: object, **kwargs: object) -> None:
        raise ChannelError("nothing can be published over the site link; answers go back as task results")

    def _purge(self, queue: str) -> int:
        return 0

    def _size(self, queue: str) -> int:
        return 0


class Transport(virtual.Transport):
    """``primia+http://<credential>@host:port/`` and ``primia+https://...``, alias ``primia``."""

    Channel = Channel
    can_parse_url = True
    driver_type = "primia"
    driver_name = "primia"
    default_port = None
    polling_interval = 0.05

    connection_errors = (HubUnavailable,)
    recoverable_connection_errors = (HubUnavailable,)
    channel_errors = (ChannelError,)
    recoverable_channel_errors = ()

    implements = virtual.Transport.implements.extend(asynchronous=False, exchange_type=frozenset({"direct", "topic"}))

    def __init__(self, client: object, **kwargs: object) -> None:
        super().__init__(client, **kwargs)
        self.link: LinkClient | None = None

    def establish_connection(self) -> "Transport":
        """Greet the hub, so that a connection is known to work, or to be refused, before anything runs.

        Raises:
            HubUnavailable: nobody answers; Celery tries again with backoff.
            CredentialRefused, ProtocolMismatch, ClockSkew, AddressError: trying again would not help.
        """
        link = LinkClient(LinkAddress.parse(self.client.hostname))
        try:
            greeting = link.hello()
        except BaseException:
            link.close()
            raise
        log.info("this is %s of %s at %s", greeting.site, greeting.federation, link.address)
        self.link = link
        return super().establish_connection()

    def close_connection(self, connection: "Transport") -> None:
        """Release what is held and drop the HTTP connections."""
        super().close_connection(connection)
        if self.link is not None:
            self.link.close()

    def verify_connection(self, connection: "Transport") -> bool:
        """Say whether the connection has been greeted."""
        return self.link is not None

    def as_uri(self, uri: str, include_password: bool = False, mask: str = "**") -> str:
        """Return the address as it may be logged."""
        try:
            address = LinkAddress.parse(uri)
        except AddressError:
            return "primia://"
        return address.broker_url if include_password else str(address)

    def driver_version(self) -> str:
        """Return the version of the link's protocol."""
        return "1"


def register() -> None:
    """Make ``primia`` addresses known to kombu. Registering twice changes nothing."""
    TRANSPORT_ALIASES["primia"] = "workers.link.transport:Transport"
