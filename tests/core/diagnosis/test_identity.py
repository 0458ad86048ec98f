"""A node is its three keys: the signing key vouches for the others, and nobody can put another one in."""

import json
import stat
from pathlib import Path

import pytest

from primia_core.diagnosis.errors import NodeError, Unsealable
from primia_core.diagnosis.framing import encode64
from primia_core.diagnosis.identity import SEALING_FILE, NodeIdentity, PublicNode
from primia_core.diagnosis.sealing import SealingKey, share_info
from primia_core.secagg.errors import ForgedSignature
from tests.core.diagnosis.parties import node, party

INFO = share_info("service", 0)


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "north"


def test_a_node_comes_back_from_its_folder(folder):
    made = NodeIdentity.create(folder, "Krankenhaus Süd")
    again = NodeIdentity.load(folder)
    assert again.public == made.public
    assert again.public.fingerprint == made.public.fingerprint
    made.public.verify(b"message", again.sign(b"message"))
    assert again.open(made.public.seal(b"secret", INFO), INFO) == b"secret"
    assert again.tls.certificate == made.public.tls


def test_private_keys_are_their_owners_alone(folder):
    NodeIdentity.create(folder, "north")
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_keys_are_never_overwritten(folder):
    before = NodeIdentity.create(folder, "north").public
    with pytest.raises(NodeError):
        NodeIdentity.create(folder, "another")
    assert NodeIdentity.load(folder).public == before


def test_a_folder_without_keys_says_so(folder):
    with pytest.raises(NodeError):
        NodeIdentity.load(folder)


def test_a_public_node_survives_json():
    public = node("north").public
    again = PublicNode.from_json(json.loads(json.dumps(public.to_json())))
    assert again == public
    assert again.fingerprint == public.fingerprint


def test_an_origin_beside_a_node_changes_no_fingerprint():
    assert party("north").fingerprint == node("north").public.fingerprint
    assert party("north").public == node("north").public


@pytest.mark.parametrize("name", ["name", "identity", "sealing_key", "certificate", "signature"])
def test_nothing_of_another_node_can_be_put_in(name):
    mixed = {**node("north").public.to_json(), name: node("south").public.to_json()[name]}
    with pytest.raises(NodeError):
        PublicNode.from_json(mixed)


@pytest.mark.parametrize(
    "change",
    [
        {"sealing_key": encode64(SealingKey.create().public)},
        {"sealing_key": encode64(bytes(65))},
        {"sealing_key": "%"},
        {"certificate": "no certificate"},
        {"signature": encode64(bytes(64))},
        {"identity": {"name": "north", "document": "e30="}},
        {"identity": "north"},
        {"identity": {"name": "north", "document": 5}},
        {"identity": {"name": "north", "document": "bm8gSlNPTg=="}},
        {"extra": 1},
        {"name": ""},
    ],
)
def test_other_keys_are_refused(change):
    with pytest.raises(NodeError):
        PublicNode.from_json({**node("north").public.to_json(), **change})


def test_every_key_is_in_the_fingerprint():
    public = node("north").public
    changed = {
        public.model_copy(update={name: getattr(node("south").public, name)}).fingerprint
        for name in ("name", "identity", "sealing_key", "certificate")
    }
    assert len(changed) == 4
    assert public.fingerprint not in changed


def test_a_signature_of_another_node_is_refused():
    with pytest.raises(ForgedSignature):
        node("north").public.verify(b"message", node("south").sign(b"message"))


def test_what_is_sealed_for_one_node_opens_at_no_other():
    sealed = node("north").public.seal(b"secret", INFO)
    with pytest.raises(Unsealable):
        node("south").open(sealed, INFO)


def test_no_private_key_is_printed(folder):
    made = NodeIdentity.create(folder, "north")
    pem = (folder / SEALING_FILE).read_text()
    assert "PRIVATE" not in repr(made)
    assert pem.splitlines()[1] not in repr(made)
