"""Two parties and a dealer at work on one small network: real folders, keys, doors and TLS; the hub is from memory."""

import socket
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from primia_core.diagnosis import (
    Accuracy,
    AnswerKey,
    Descriptor,
    Input,
    Learns,
    Model,
    Opened,
    Output,
    Party,
    Price,
    SealedRequest,
    open_answers,
    split,
)
from primia_core.diagnosis.identity import NodeIdentity, PublicNode
from primia_core.diagnosis.sealing import model_share_info
from primia_core.mpc.model import share_model, share_to_bytes
from primia_core.mpc.program.encoding import encode
from primia_core.mpc.program.model import SecureModel
from primia_core.mpc.program.preparation import prepare
from tests.workers.node.node_hub import Blob, NodeHub, Task
from workers.dealer.role import ROLE as DEALER
from workers.node import Node, NodeFolder
from workers.node.station import Station
from workers.party.party import Party as PartyWork
from workers.party.role import ROLE as PARTY

SIZE = 8
CLASSES = ("normal", "bacterial", "viral")


def network() -> nn.Module:
    torch.manual_seed(4)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 3)
    ).eval()


def pictures() -> Any:
    return np.random.default_rng(2).normal(size=(6, 1, SIZE, SIZE)).astype(np.float32)


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@dataclass
class Asked:
    """A request as its requester keeps it."""

    id: uuid.UUID
    key: AnswerKey
    request: SealedRequest
    plain: Any
    order: int
    blobs: tuple[str, str] = ("", "")
    tasks: list[Task] = field(default_factory=list)


class Trio:
    """A service between two parties and a dealer.

    Args:
        trust: of all nodes.
        protocol, policy: of the service.
        settings: more of both parties.
    """

    def __init__(
        self,
        hub: NodeHub,
        root: Path,
        *,
        policy: str = "logits",
        protocol: str = "tables",
        trust: str = "hub",
        **settings: Any,
    ):
        self.hub, self.protocol = hub, protocol
        more = {"trust": trust, **settings}
        self.model: SecureModel = prepare(network(), pictures(), policy=policy)
        self.service, self.version = str(uuid.uuid4()), str(uuid.uuid4())
        self.root, self.orders = root, 0
        self.folders: dict[str, NodeFolder] = {
            "p0": hub.join(root / "p0", "p0", **self._places(), **more),
            "p1": hub.join(root / "p1", "p1", **self._places(), **more),
            "dealer": hub.join(root / "dealer", "dealer", address=f"127.0.0.1:{free_port()}", trust=trust),
            "owner": hub.join(root / "owner", "owner"),
        }
        self.stations: dict[str, Station[Any]] = {}
        self.threads = {role: ThreadPoolExecutor(1) for role in self.folders}
        for role in ("p0", "p1", "dealer"):
            self.start(role)
        self.descriptor: Descriptor | None = None
        self.masked: dict[str, Any] = {}

    @staticmethod
    def _places() -> dict[str, str]:
        return {"address": f"127.0.0.1:{free_port()}", "origin": f"http://127.0.0.1:{free_port()}"}

    def start(self, role: str) -> None:
        """Open a node in this process."""
        self.stations[role] = Station(Node(self.folders[role]), DEALER if role == "dealer" else PARTY)

    def stop(self, role: str) -> None:
        """Close a node as at the end of its process."""
        self.stations.pop(role).close()

    def close(self) -> None:
        for station in self.stations.values():
            station.node.stopping.set()
        for thread in self.threads.values():
            thread.shutdown()
        for role in list(self.stations):
            self.stop(role)

    def party(self, number: int) -> PartyWork:
        return self.stations[f"p{number}"].work

    def public(self, role: str) -> PublicNode:
        return NodeIdentity.load(self.folders[role].identity).public

    def begin(self, task: Task) -> "Future[str]":
        """Deliver a task to its node, in that node's own thread."""
        return self.threads[task.role].submit(self.hub.carry_out, self.stations[task.role], task)

    def both(self, kind: str, *, within_s: float = 60.0, **payload: Any) -> list[Task]:
        """Give both parties their halves of one task; values that are lists of two are dealt out."""
        tasks = [
            self.hub.task(f"p{number}", kind, **{name: _half(value, number) for name, value in payload.items()})
            for number in (0, 1)
        ]
        for done in [self.begin(task) for task in tasks]:
            done.result(within_s)
        return tasks

    # -- publishing ---------------------------------------------------------------------------------------------

    def publish(self, sets: int = 2, **expires: Any) -> Descriptor:
        """Mask, share, open, sign, and deliver some correlations."""
        self.masked = self.hub.do(
            self.stations["dealer"], "dealer", "service.mask", service=self.service, version=self.version,
            program=self.program(), protocol=self.protocol, attempt=1,
            parties=[self.public("p0").to_json(), self.public("p1").to_json()],
        ).result  # fmt: skip
        for task in self.open():
            assert task.result == {"model": "opened"}
        self.descriptor = self.described(**expires)
        for task in self.both("descriptor.sign", descriptor=self.descriptor.to_json()):
            assert task.result["signature"]
        if sets:
            self.stock(sets)
        return self.descriptor

    def program(self) -> dict[str, Any]:
        return self.model.program.model_dump(mode="json")

    def open(self, **changes: Any) -> list[Task]:
        blobs = [self.leave(f"p{number}", sealed) for number, sealed in enumerate(self.sealed_model())]
        return self.both("service.open", **{**self.opening(blobs), **changes})

    def opening(self, blobs: list[str]) -> dict[str, Any]:
        node = [{"node": self.public(f"p{n}").to_json(), "address": self.address(f"p{n}")} for n in (0, 1)]
        return {
            "service": self.service, "version": self.version, "program": self.program(), "protocol": self.protocol,
            "mask": self.masked["mask"], "mask_seed": self.masked["seeds"], "epoch": self.masked["epoch"], "batch": 1,
            "order": self.next_order(), "blob": blobs, "peer": node[::-1],
            "dealer": {"node": self.public("dealer").to_json(), "address": self.address("dealer")},
            "owner": {"node": self.public("owner").to_json()},
        }  # fmt: skip

    def sealed_model(self) -> tuple[bytes, bytes]:
        program = self.model.program
        seed, words = share_model(program, self.model.weights)
        self.shares = (seed, share_to_bytes(program, words))
        return self.resealed(0), self.resealed(1)

    def resealed(self, number: int) -> bytes:
        """Seal a party's share of the model once more."""
        return self.public(f"p{number}").seal(self.shares[number], model_share_info(self.service, number))

    def described(self, *, lasts: timedelta = timedelta(days=1), **changes: Any) -> Descriptor:
        program, now = self.model.program, datetime.now(UTC)
        label = program.output.policy == "label"
        facts: dict[str, Any] = {
            "service": self.service,
            "name": "chests",
            "federation": "demo",
            "model": Model(name="chest", number=1, version=self.version, commitment="c0" * 32),
            "classes": CLASSES,
            "intended_use": "Tests.",
            "input": Input(
                size=SIZE, channels=1, mean=0.0, std=1.0, scale=program.scales[0], limit=8.0, ring_bits=32
            ),
            "output": Output(
                policy=program.output.policy,
                scale=1.0 if label else program.scales[-1],
                limit=1000.0,
                words=1 if label else 3,
                ring_bits=16 if label else 32,
                temperature=1.0,
            ),
            "program": program.digest,
            "protocol": self.protocol,
            "profile": program.profile,
            "mask": self.masked["mask"],
            "epoch": self.masked["epoch"],
            "parties": tuple(
                Party(**self.public(role).to_json(), origin=self.folders[role].settings().origin)
                for role in ("p0", "p1")
            ),
            "dealer": self.public("dealer"),
            "owner": self.public("owner"),
            "price": Price(
                bytes_each_way=1, rounds=1, online_seconds=1.0, stock_bytes=1,
                learns=Learns(p0=(), p1=(), dealer=(), hub=(), requester=()),
            ),
            "accuracy": Accuracy(images=6, labels_agree=6, largest_logit_error=0.01),
            "created": now - timedelta(days=2),
            "expires": now + lasts,
        }  # fmt: skip
        return Descriptor(**{**facts, **changes})

    def stock(self, sets: int) -> list[int]:
        """Deal and deliver, and return what both parties say that they have."""
        self.hub.do(self.stations["dealer"], "dealer", "stock.deal", service=self.service, count=sets)
        fetching = self.both("stock.fetch", service=self.service, count=sets)
        self.hub.wait_for(lambda: all(task.answer for task in fetching))
        return [task.result["level"] for task in fetching]

    def levels(self) -> list[int]:
        kind = self.party(0).services.get(uuid.UUID(self.service)).facts.kind
        return [self.party(number).shelf.level(kind) for number in (0, 1)]

    # -- asking -------------------------------------------------------------------------------------------------

    def ask(self, number: int = 0, **changes: Any) -> Asked:
        """Split a picture and leave its halves at the hub."""
        assert self.descriptor is not None
        picture = pictures()[number : number + 1]
        integers = encode(self.model.program, picture, limit=None)[0]
        diagnosis, key = changes.pop("diagnosis", uuid.uuid4()), AnswerKey.create()
        request = split(changes.pop("descriptor", self.descriptor), integers, key.public, diagnosis_id=diagnosis)
        with torch.inference_mode():
            plain = network()(torch.from_numpy(picture)).numpy()[0]
        blobs = (self.leave("p0", request.shares[0]), self.leave("p1", request.shares[1]))
        return Asked(diagnosis, key, request, plain, self.next_order(), blobs)

    def leave(self, reader: str, content: bytes) -> str:
        name = str(uuid.uuid4())
        self.hub.blobs[name] = Blob(reader, content)
        return name

    def halves(self, asked: Asked, **changes: Any) -> list[Task]:
        """Make the two halves of a computation, undelivered."""
        assert self.descriptor is not None
        payload = {
            "service": self.service, "diagnosis": str(asked.id), "order": asked.order, "blob": list(asked.blobs),
            "descriptor": self.descriptor.digest,
        }  # fmt: skip
        payload |= changes
        asked.tasks = [
            self.hub.task(
                f"p{number}", "diagnosis.compute", **{name: _half(value, number) for name, value in payload.items()}
            )
            for number in (0, 1)
        ]
        return asked.tasks

    def compute(self, asked: Asked, **changes: Any) -> list[Task]:
        """Have both parties carry out a request, at the same time."""
        tasks = self.halves(asked, **changes)
        for done in [self.begin(task) for task in tasks]:
            done.result(60)
        return tasks

    def opened(self, asked: Asked) -> Opened:
        """Open the answers as the requester does."""
        assert self.descriptor is not None
        answers = [task.result["answer"] for task in asked.tasks]
        return open_answers(self.descriptor, asked.id, asked.key, answers, request_digest=asked.request.digest)

    def next_order(self) -> int:
        self.orders += 1
        return self.orders

    def address(self, role: str) -> str:
        return self.folders[role].settings().address


def _half(value: Any, number: int) -> Any:
    return value[number] if isinstance(value, list) else value
