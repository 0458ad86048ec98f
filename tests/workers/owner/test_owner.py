"""A model owner with its real folder and tasks: what it tells, what it keeps, and what no byte of it gives away."""

import hashlib
import json
import stat
import uuid
from contextlib import contextmanager

import numpy as np
import pytest

from primia_core.diagnosis.descriptor import Accuracy, Input, Output, Price
from primia_core.diagnosis.identity import NodeIdentity
from primia_core.diagnosis.sealing import model_share_info
from primia_core.imaging.phantoms import CLASSES
from primia_core.mpc.cost import exact_costs
from primia_core.mpc.model import expand_share, secret_tensors, share_from_bytes
from primia_core.mpc.program.encoding import to_words
from primia_core.mpc.program.model import SecureModel
from primia_core.mpc.program.operations import SecureProgram
from tests.workers.node.node_hub import NodeHub
from tests.workers.owner.models import draw_pictures, keep_rates, weights_file
from workers.node import Node
from workers.node.station import Station
from workers.owner.prepared import MODEL, RECORD
from workers.owner.role import ROLE

SERVICE, VERSION, MASK = str(uuid.uuid4()), str(uuid.uuid4()), "ab" * 16


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    return weights_file(tmp_path_factory.mktemp("weights") / "model.safetensors")


@pytest.fixture
def hub(weights):
    hub = NodeHub()
    hub.weights[VERSION] = weights
    yield hub
    hub.close()


@pytest.fixture
def folder(hub, tmp_path):
    folder = hub.join(tmp_path / "owner", "owner")
    keep_rates(folder.path)
    keep_rates(folder.path, "fss", "precise")
    return folder


@pytest.fixture
def parties(tmp_path):
    return [NodeIdentity.create(tmp_path / f"party{number}", f"Party {number}") for number in (0, 1)]


@contextmanager
def working(folder):
    station = Station(Node(folder), ROLE)
    try:
        yield station
    finally:
        station.close()


def prepare(hub, station, **changes):
    payload = {
        "service": SERVICE, "model_version": VERSION, "attempt": 1, "policy": "logits", "protocol": "tables",
        "profile": "fast", "classes": list(CLASSES), "federation": "demo", "name": "m", "intended_use": "tests",
    }  # fmt: skip
    return hub.do(station, "owner", "service.prepare", **{**payload, **changes})


def share(hub, station, parties, **changes):
    payload = {
        "service": SERVICE, "version": VERSION, "attempt": 1, "mask": MASK, "epoch": 1,
        "parties": [party.public.to_json() for party in parties],
    }  # fmt: skip
    return hub.do(station, "owner", "service.share", **{**payload, **changes})


def model_of(folder):
    return SecureModel.load(folder.service(SERVICE) / MODEL)


@pytest.mark.parametrize(("policy", "protocol", "profile"), [("logits", "tables", "fast"), ("label", "fss", "precise")])
def test_what_is_told_is_what_a_descriptor_takes(hub, folder, policy, protocol, profile):
    with working(folder) as station:
        result = prepare(hub, station, policy=policy, protocol=protocol, profile=profile).result
    program = SecureProgram.model_validate(result["program"])
    given, output = Input.model_validate(result["input"]), Output.model_validate(result["output"])
    assert (given.size, given.channels, given.mean, given.std) == (32, 1, 0.5, 0.25)
    assert given.scale == program.scales[0]
    assert given.limit >= 0.5 / 0.25  # black and white both fit
    assert (output.policy, output.words) == (policy, 3 if policy == "logits" else 1)
    assert output.ring_bits == (32 if profile == "fast" else 24)
    price, costs = Price.model_validate(result["price"]), exact_costs(program, protocol)
    assert price.rounds == sum(cost.rounds for cost in costs)
    assert price.bytes_each_way == sum(cost.most_sent for cost in costs)
    assert price.stock_bytes == sum(sum(cost.material) for cost in costs)
    assert price.online_seconds > 0
    accuracy = Accuracy.model_validate(result["accuracy"])
    assert accuracy.images == 32
    assert accuracy.labels_agree >= 31
    assert result["report"]["calibration"] == {"images": 32, "source": "phantoms", "left_out": 0}
    assert any("chests that the project draws" in note for note in result["report"]["notes"])


def test_pictures_of_the_folder_are_used_and_their_classes_calibrate(hub, folder):
    draw_pictures(folder.calibration, 45)
    (folder.calibration / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    with working(folder) as station:
        result = prepare(hub, station).result
    assert result["report"]["calibration"] == {"images": 45, "source": "folder", "left_out": 1}
    assert result["accuracy"]["images"] == 45
    assert float(result["output"]["temperature"]) != 1.0
    assert not any("not calibrated" in note for note in result["report"]["notes"])


def test_few_pictures_are_refused_rather_than_filled_up(hub, folder):
    draw_pictures(folder.calibration, 5)
    with working(folder) as station:
        error = prepare(hub, station).error
    assert error["code"] == "owner.too_few_images"
    assert "5 readable" in error["message"]


def test_shares_add_up_to_the_model_and_each_opens_for_its_party_alone(hub, folder, parties):
    with working(folder) as station:
        prepare(hub, station)
        blobs = share(hub, station, parties).result["blobs"]
    model = model_of(folder)
    sealed = [hub.blobs[blob] for blob in blobs]
    assert [blob.reader for blob in sealed] == ["p0", "p1"]
    seed, words = (
        party.open(blob.content, model_share_info(SERVICE, number))
        for number, (party, blob) in enumerate(zip(parties, sealed, strict=True))
    )
    first, second = expand_share(model.program, seed), share_from_bytes(model.program, words)
    for tensor in secret_tensors(model.program):
        whole = to_words(model.program, model.weights[tensor.name])
        assert np.array_equal(first[tensor.name] + second[tensor.name], whole)
    with pytest.raises(Exception, match="open"):
        parties[0].open(sealed[1].content, model_share_info(SERVICE, 1))


def test_nothing_that_leaves_holds_weights(hub, folder, parties):
    with working(folder) as station:
        prepare(hub, station)
        share(hub, station, parties)
    model, told = model_of(folder), b"\n".join(hub.seen)
    largest = max(model.weights.values(), key=lambda weights: weights.size)
    for spelt in (largest.tobytes(), largest.astype("<u4").tobytes(), largest.astype("<f4").tobytes()):
        assert spelt[:64] not in told
    assert model.digest.encode() not in told
    assert bytes.fromhex(model.digest) not in told


def test_commitment_is_opened_by_what_the_owner_keeps(hub, folder):
    with working(folder) as station:
        first = prepare(hub, station).result["commitment"]
        kept = json.loads((folder.service(SERVICE) / RECORD).read_text())
        assert (
            hashlib.sha256(bytes.fromhex(kept["nonce"]) + bytes.fromhex(model_of(folder).digest)).hexdigest() == first
        )
        second = prepare(hub, station, attempt=2).result["commitment"]
    assert first != second  # the same weights, and nobody can tell


def test_what_is_kept_is_for_the_nodes_user_alone_until_the_service_closes(hub, folder, parties):
    with working(folder) as station:
        prepare(hub, station)
        kept = sorted(path.name for path in folder.service(SERVICE).iterdir())
        assert kept == [MODEL, RECORD]  # and no weights file
        assert {stat.S_IMODE((folder.service(SERVICE) / name).stat().st_mode) for name in kept} == {0o600}
    with working(folder) as station:  # restarted
        assert share(hub, station, parties).result["blobs"]
        for _ in range(2):
            assert hub.do(station, "owner", "service.close", service=SERVICE).result == {"closed": True}
        assert not folder.service(SERVICE).exists()
        assert share(hub, station, parties).error["code"] == "owner.not_prepared"


def test_one_mask_is_used_for_one_prepared_model(hub, folder, parties):
    with working(folder) as station:
        prepare(hub, station)
        share(hub, station, parties)
        assert share(hub, station, parties).result  # delivered again: the same model
        prepare(hub, station, attempt=2)
        assert share(hub, station, parties, attempt=2).error["code"] == "mpc.mask_reused"
        assert share(hub, station, parties, attempt=2, mask="cd" * 16).result


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"classes": ["normal", "ill"]}, "owner.wrong_model"),
        ({"model_version": str(uuid.uuid4())}, None),
        ({"profile": "wide"}, "mpc.profile"),
        ({"policy": "everything"}, "node.payload"),
        ({"protocol": "magic"}, "mpc.cost"),
    ],
)
def test_service_that_cannot_be_prepared_says_why_and_keeps_nothing(hub, folder, changes, code):
    with working(folder) as station:
        error = prepare(hub, station, **changes).error
    assert code is None or error["code"] == code
    assert not list(folder.service(SERVICE).glob("*"))


def test_damaged_weights_are_refused(hub, folder, weights):
    hub.weights[VERSION] = weights[:-4] + bytes(4)
    with working(folder) as station:
        error = prepare(hub, station).error
    assert error["code"].startswith("models.") or "changed or damaged" in error["message"]


def test_parties_whose_keys_nobody_confirmed_get_no_share(hub, tmp_path, parties):
    folder = hub.join(tmp_path / "careful", "owner", trust="pinned")
    keep_rates(folder.path)
    with working(folder) as station:
        prepare(hub, station)
        assert share(hub, station, parties).error["code"] == "node.not_confirmed"
        assert not hub.blobs


def test_another_version_is_not_shared_in_its_place(hub, folder, parties):
    with working(folder) as station:
        prepare(hub, station)
        assert share(hub, station, parties, version=str(uuid.uuid4())).error["code"] == "owner.not_prepared"
        assert share(hub, station, [parties[0], parties[0]]).error["code"] == "node.payload"
