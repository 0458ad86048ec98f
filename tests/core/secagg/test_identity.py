"""Identities: made once, for their owner's eyes only, published as PySyft publishes them, and forged by nobody."""

import base64
import json
import stat

import pytest
import syft_crypto_python

from primia_core.secagg import Identity, PublicIdentity
from primia_core.secagg.errors import ForgedSignature, IdentityError


@pytest.fixture
def north(tmp_path):
    return Identity.create(tmp_path / "north", "North Hospital / Süd")


def test_identity_comes_back_from_its_folder(north, tmp_path):
    again = Identity.load(tmp_path / "north")
    assert again.public == north.public
    again.public.verify(b"message", north.sign(b"message"))
    assert again.sign(b"message") == north.sign(b"message")


def test_private_keys_are_their_owners_alone(north, tmp_path):
    folder = tmp_path / "north"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()] == [0o600]


def test_identity_is_never_overwritten(north, tmp_path):
    before = (tmp_path / "north" / "keys.json").read_bytes()
    with pytest.raises(IdentityError):
        Identity.create(tmp_path / "north", "another")
    assert (tmp_path / "north" / "keys.json").read_bytes() == before
    assert len(list((tmp_path / "north").iterdir())) == 1


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"did": "x", "identity": "y", "private_keys": {}}'])
def test_folder_without_an_identity_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "keys.json").write_bytes(content)
    with pytest.raises(IdentityError):
        Identity.load(tmp_path)


def test_published_identity_comes_back(north):
    published = json.loads(json.dumps(north.public.to_json()))
    assert all(isinstance(value, str) for value in published.values())
    again = PublicIdentity.from_json(published)
    assert again == north.public
    assert len(again.fingerprint) == 64


def test_fingerprint_is_the_one_that_pysyft_shows(north, tmp_path):
    stored = json.loads((tmp_path / "north" / "keys.json").read_bytes())
    bundle = syft_crypto_python.SyftPublicKeyBundle.from_did_document(json.loads(north.public.document))
    assert north.public.fingerprint == bundle.identity_fingerprint() == stored["identity_fingerprint"]


@pytest.mark.parametrize("tamper", [b"x", b"message ", b""])
def test_signature_of_another_message_is_refused(north, tamper):
    with pytest.raises(ForgedSignature):
        north.public.verify(tamper, north.sign(b"message"))


def test_signature_of_another_identity_is_refused(north, tmp_path):
    south = Identity.create(tmp_path / "south", "South")
    with pytest.raises(ForgedSignature):
        north.public.verify(b"message", south.sign(b"message"))
    assert south.public.fingerprint != north.public.fingerprint


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"name": "x"},
        {"name": "x", "document": "%%%"},
        {"name": "x", "document": base64.b64encode(b"{}").decode()},
        {"name": "x", "document": base64.b64encode(b"no json").decode()},
    ],
)
def test_what_is_no_published_identity_is_refused(broken):
    with pytest.raises(IdentityError):
        PublicIdentity.from_json(broken)


def test_keys_not_signed_by_their_own_signing_key_are_refused(north, tmp_path):
    """Mixing two identities' documents, so that one's fingerprint would vouch for the other's keys, is noticed."""
    south = Identity.create(tmp_path / "south", "South")
    mixed = json.loads(north.public.document)
    mixed["verificationMethod"] = json.loads(south.public.document)["verificationMethod"]
    document = base64.b64encode(json.dumps(mixed).encode()).decode()
    with pytest.raises(IdentityError):
        PublicIdentity.from_json({"name": "mixed", "document": document})


def test_nothing_private_is_shown(north, tmp_path):
    stored = json.loads((tmp_path / "north" / "keys.json").read_bytes())
    for key in stored["private_keys"].values():
        assert key["d"] not in repr(north)
        assert key["d"].encode() not in north.public.document
