"""``primia site descriptors`` and ``countersign``, against a hub that is a few lines of HTTP."""

import json

import pytest
import typer
from typer.testing import CliRunner

from primia_core.diagnosis import verify
from primia_core.diagnosis.errors import ForgedDescriptor, UntrustedParty
from primia_core.diagnosis.vouching import Signature
from primia_core.secagg import Identity
from tests.core.diagnosis.parties import described, node, signed
from tests.workers.site.hospitals import make_hospital
from workers.site import commands
from workers.site.errors import DescriptorUnknown
from workers.site.policy import SitePolicy


class Wire:
    """Stands where the link's client stands: gives descriptors, takes signatures."""

    def __init__(self, *descriptors):
        self.descriptors, self.taken = [each.to_json() for each in descriptors], []

    def json(self, method, path, body):
        assert (method, path, body) == ("GET", "descriptors", {})
        return {"descriptors": self.descriptors}

    def post(self, path, body):
        self.taken.append((path, body))
        return {}

    def close(self):
        pass


@pytest.fixture
def hospital(tmp_path, hub):
    """Return an enrolled hospital's folder."""
    coordinator = Identity.create(tmp_path / "coordinator", "Coordinator").public
    return make_hospital(tmp_path, "north", hub, coordinator, SitePolicy())


def primia(*words):
    app = typer.Typer()
    commands.register(app)
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


def countersign(hospital, wire, monkeypatch, *words, compared=("north", "south")):
    monkeypatch.setattr(commands, "LinkClient", lambda _address: wire)
    options = [word for name in compared for word in ("--compared", node(name).public.fingerprint)]
    return primia("site", "countersign", *words, *options, "--folder", hospital.path, "--json")


def test_a_site_sees_who_computes_before_it_vouches(hospital, monkeypatch):
    promise = signed(described())
    monkeypatch.setattr(commands, "LinkClient", lambda _address: Wire(promise))
    out = primia("site", "descriptors", "--folder", hospital.path).output
    for fingerprint in (node("north").public.fingerprint, node("south").public.fingerprint):
        assert fingerprint in out
    assert promise.descriptor.digest[:16] in out
    assert "by no site yet" in out


def test_a_countersignature_is_by_the_sites_keys_and_stands_in_its_journal(hospital, monkeypatch):
    promise = signed(described())
    wire = Wire(promise)
    digest = promise.descriptor.digest
    done = countersign(hospital, wire, monkeypatch, digest[:12])
    assert json.loads(done.output) == {"countersigned": digest}
    ((path, body),) = wire.taken
    assert path == f"descriptors/{digest}/countersign"
    keys = Identity.load(hospital.identity).public
    given = {"signer": keys.fingerprint, "role": "site", "name": keys.name, "identity": keys, **body}
    verify(promise.descriptor, Signature.model_validate(given))
    rows = primia("site", "journal", "--folder", hospital.path, "--last").output
    assert "descriptor.countersign" in rows


def test_a_site_does_not_vouch_for_parties_that_nobody_has_spoken_with(hospital, monkeypatch):
    wire = Wire(signed(described()))
    with pytest.raises(UntrustedParty):
        countersign(hospital, wire, monkeypatch, signed(described()).descriptor.digest, compared=("north",))
    assert wire.taken == []


def test_a_descriptor_that_its_parties_have_not_signed_is_not_even_listed(hospital, monkeypatch):
    promise = signed(described())
    changed = promise.model_copy(
        update={"descriptor": promise.descriptor.model_copy(update={"intended_use": "everything"})}
    )
    wire = Wire(changed)
    with pytest.raises(ForgedDescriptor):
        countersign(hospital, wire, monkeypatch, changed.descriptor.digest)
    assert wire.taken == []


def test_a_digest_that_nobody_or_two_have_is_refused(hospital, monkeypatch):
    wire = Wire(signed(described()), signed(described(intended_use="Another.")))
    for wanted in ("0" * 64, ""):
        with pytest.raises(DescriptorUnknown):
            countersign(hospital, wire, monkeypatch, wanted)
    assert wire.taken == []
