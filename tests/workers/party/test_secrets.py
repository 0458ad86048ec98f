"""What a party writes where others may look: no share, seed or weight in logs, rows, or what the hub is told."""

import base64
import logging
import uuid

import httpx
import pytest

from primia_core.diagnosis.framing import decode64, unframe
from primia_core.diagnosis.identity import NodeIdentity
from primia_core.diagnosis.sealing import mask_seed_info, share_info
from tests.workers.party.trio import Trio

PIECE = 24
"""Bytes of a secret that are looked for: so many do not occur by chance."""


def pieces(secret):
    """Return the beginning of a secret in the spellings in which it could be written down."""
    piece = secret[:PIECE]
    return [piece, piece.hex().encode(), base64.b64encode(piece), base64.urlsafe_b64encode(piece), repr(piece).encode()]


def found(secrets, content):
    return {name for name, secret in secrets.items() if any(piece in content for piece in pieces(secret))}


@pytest.fixture
def answered(trio, caplog):
    """A request that was answered, its secrets by name, and all that was logged."""
    with caplog.at_level(logging.DEBUG):
        trio.publish(sets=2)
        asked = trio.ask()
        trio.compute(asked)
    secrets = {}
    for number in (0, 1):
        role = f"p{number}"
        identity = NodeIdentity.load(trio.folders[role].identity)
        _, payload = unframe(identity.open(asked.request.shares[number], share_info(trio.service, number)))
        seed = identity.open(decode64(trio.masked["seeds"][number]), mask_seed_info(trio.service, number))
        secrets |= {f"image {role}": payload, f"weights {role}": trio.shares[number], f"mask {role}": seed}
    secrets["opened weights"] = (trio.folders["p0"].service(trio.service) / "opened").read_bytes()
    return trio, secrets, caplog.text.encode()


def test_logs_rows_and_the_hub_hold_no_secret_of_a_party(answered):
    trio, secrets, logged = answered
    assert found(secrets, logged) == set()
    assert found(secrets, b"".join(trio.hub.seen)) == set()
    for role in ("p0", "p1"):
        rows = [path for path in trio.folders[role].path.iterdir() if ".sqlite" in path.name]
        assert {"node.sqlite", "ledger.sqlite"} <= {path.name for path in rows}
        assert found(secrets, b"".join(path.read_bytes() for path in rows)) == set()


def test_search_finds_what_a_party_does_keep(answered):
    trio, secrets, _ = answered
    for number in (0, 1):
        kept = [path for path in trio.folders[f"p{number}"].path.rglob("*") if path.is_file()]
        held = found(secrets, b"".join(path.read_bytes() for path in kept))
        assert held == {f"weights p{number}", f"mask p{number}", "opened weights"}  # of the image nothing is kept


def test_files_of_a_party_are_its_owners_alone(answered):
    trio, _, _ = answered
    for role in ("p0", "p1"):
        for path in trio.folders[role].service(trio.service).rglob("*"):
            assert path.stat().st_mode & 0o077 == 0, path.name


def test_party_shows_its_keys_and_what_it_has_signed(trio):
    descriptor = trio.publish(sets=0)
    for number in (0, 1):
        origin = trio.folders[f"p{number}"].settings().origin
        answer = httpx.get(f"{origin}/.well-known/primia-node.json")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        shown = answer.json()
        assert shown["node"] == trio.public(f"p{number}").to_json()
        (signed,) = shown["descriptors"]
        assert (signed["service"], signed["digest"]) == (trio.service, descriptor.digest)
        trio.public(f"p{number}").verify(
            b"primia descriptor v1\0" + bytes.fromhex(descriptor.digest), decode64(signed["signature"])
        )


def test_party_takes_the_hubs_word_only_where_its_operator_said_so(hub, tmp_path):
    trio = Trio(hub, tmp_path / "trio", trust="pinned")
    try:
        everybody = [trio.public(role).fingerprint for role in trio.folders]
        trio.masked = {"mask": "ab" * 16, "epoch": 1, "seeds": ["", ""]}
        for task in trio.open():
            assert task.error["code"] == "node.not_confirmed"
        for station in trio.stations.values():
            for fingerprint in everybody:
                station.node.trust.confirm(fingerprint, "by telephone")
        trio.service = str(uuid.uuid4())
        assert trio.publish(sets=1).service == uuid.UUID(trio.service)
    finally:
        trio.close()
