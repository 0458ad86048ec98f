"""A service from a file of weights to an opened answer, by owner, dealer and both parties; the hub is from memory."""

import uuid

import numpy as np
import pytest
import torch
from PIL import Image

from primia_core.diagnosis import AnswerKey, Descriptor, Model, integers, split
from primia_core.diagnosis.descriptor import Accuracy, Input, Output, Price
from primia_core.imaging import decode_image
from primia_core.imaging.phantoms import CLASSES, phantom
from primia_core.imaging.square import squash
from primia_core.models.weights import load
from primia_core.mpc.model import expand_share, secret_tensors
from primia_core.mpc.program.encoding import to_words
from primia_core.mpc.program.model import SecureModel
from tests.workers.node.node_hub import NodeHub
from tests.workers.owner.models import SIZE, keep_rates, weights_file
from tests.workers.party.trio import Asked, Trio
from workers.node import Node
from workers.node.station import Station
from workers.owner.prepared import MODEL
from workers.owner.role import ROLE as OWNER

SEARCHED = 64
"""Bytes of the beginning of each tensor."""


class Quartet(Trio):
    """A trio whose model comes from its owner's own worker."""

    def __init__(self, hub, root, weights):
        super().__init__(hub, root)
        self.weights = root / "trained.safetensors"
        hub.weights[self.version] = weights_file(self.weights) if weights is None else weights
        keep_rates(self.folders["owner"].path)
        self.stations["owner"] = Station(Node(self.folders["owner"]), OWNER)

    def publish(self, sets=2, **changes):
        """Prepare, mask, share, open, sign, deal and deliver: each by the worker that does it in earnest."""
        parties = [self.public(f"p{number}").to_json() for number in (0, 1)]
        same = {"service": self.service, "version": self.version, "attempt": 1}
        prepared = self.do(
            "owner", "service.prepare", **same, model_version=self.version, policy="logits", protocol="tables",
            profile="fast", classes=list(CLASSES), federation="demo", name="chest", intended_use="Tests.",
        )  # fmt: skip
        self.masked = self.do(
            "dealer", "service.mask", **same, program=prepared["program"], protocol="tables", parties=parties
        )
        blobs = self.do("owner", "service.share", **same, parties=parties, mask=self.masked["mask"], epoch=1)["blobs"]
        self.model = SecureModel.load(self.folders["owner"].service(self.service) / MODEL)
        for task in self.both("service.open", **self.opening(blobs)):
            assert task.result == {"model": "opened"}
        self.descriptor = self.promised(prepared)
        for task in self.both("descriptor.sign", descriptor=self.descriptor.to_json()):
            assert task.result["signature"]
        self.stock(sets)
        return self.descriptor

    def promised(self, prepared) -> Descriptor:
        parts = {"input": Input, "output": Output, "price": Price, "accuracy": Accuracy}
        facts = {name: part.model_validate(prepared[name]) for name, part in parts.items()}
        model = Model(name="chest", number=1, version=self.version, commitment=prepared["commitment"])
        return self.described(model=model, classes=CLASSES, **facts)

    def ask_about(self, path) -> Asked:
        """Ask about a picture as every client does, and work out what the plain network says of it."""
        assert self.descriptor is not None
        diagnosis, key = uuid.uuid4(), AnswerKey.create()
        request = split(self.descriptor, integers(path, self.descriptor), key.public, diagnosis_id=diagnosis)
        grey = squash(decode_image(path), SIZE).astype(np.float32) / 255
        given = torch.from_numpy((grey - np.float32(0.5)) / np.float32(0.25))[None, None]
        with torch.inference_mode():
            plain = load(self.weights).network()(given).numpy()[0]
        blobs = (self.leave("p0", request.shares[0]), self.leave("p1", request.shares[1]))
        return Asked(diagnosis, key, request, plain, self.next_order(), blobs)

    def do(self, role, kind, **payload):
        return self.hub.do(self.stations[role], role, kind, **payload).result


@pytest.fixture
def hub():
    hub = NodeHub()
    yield hub
    hub.close()


@pytest.fixture
def quartet(hub, tmp_path):
    quartet = Quartet(hub, tmp_path, None)
    yield quartet
    quartet.close()


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "patient.png"
    Image.fromarray(phantom("bacterial", size=120, seed=(8, 1))).save(path)
    return path


def bytes_of(folder):
    return b"\n".join(path.read_bytes() for path in sorted(folder.path.rglob("*")) if path.is_file())


def test_answer_is_that_of_the_plain_network(quartet, picture):
    quartet.publish()
    for _ in range(2):
        asked = quartet.ask_about(picture)
        quartet.compute(asked)
        opened = quartet.opened(asked)
        assert opened.label == asked.plain.argmax()
        assert np.abs(np.array(opened.logits) - asked.plain).max() < 0.01
        assert opened.plausible


def test_weights_lie_in_the_clear_at_their_owner_alone(quartet, picture):
    quartet.publish()
    quartet.compute(quartet.ask_about(picture))
    program, weights = quartet.model.program, quartet.model.weights
    secret = [to_words(program, weights[tensor.name]).tobytes()[:SEARCHED] for tensor in secret_tensors(program)]
    seen = {role: bytes_of(quartet.folders[role]) for role in ("p0", "p1", "dealer")}
    seen["hub"] = b"\n".join(quartet.hub.seen)
    for who, content in seen.items():
        assert not any(words in content for words in secret), who
    seeds = quartet.stations["dealer"].work.shelves.service(quartet.service).seeds
    masks = [expand_share(program, seed) for seed in seeds]
    largest = max((t for t in secret_tensors(program) if t.is_filter), key=lambda t: weights[t.name].size).name
    opened = to_words(program, weights[largest]) + masks[0][largest] + masks[1][largest]
    assert opened.tobytes() in seen["p0"]  # so that the search above could find something
    assert opened.tobytes() not in seen["dealer"]


def test_closed_service_leaves_nothing_at_any_node(quartet, picture):
    quartet.publish()
    for role in quartet.folders:
        assert quartet.folders[role].service(quartet.service).exists()
        assert quartet.do(role, "service.close", service=quartet.service, attempt=1) == {"closed": True}
        assert not quartet.folders[role].service(quartet.service).exists()
    asked = quartet.ask_about(picture)
    for task in quartet.compute(asked):
        assert task.error["code"] == "service.unknown"


def test_owner_and_dealer_may_restart_at_any_time_once_the_service_is_open(quartet, picture):
    quartet.publish(sets=1)
    quartet.stop("owner")
    quartet.stop("dealer")
    quartet.compute(first := quartet.ask_about(picture))
    assert quartet.opened(first).label == first.plain.argmax()
    quartet.start("dealer")
    quartet.stock(1)
    quartet.compute(second := quartet.ask_about(picture))
    assert quartet.opened(second).label == second.plain.argmax()
