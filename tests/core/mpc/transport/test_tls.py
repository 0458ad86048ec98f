"""Identities and pinning: made once, for their owner only, and one certificate is one peer."""

import ssl
import stat

import pytest

from primia_core.mpc.errors import PeerLost, SessionError
from primia_core.mpc.transport.tls import Certificate, Pinned, Plain, load_identity, make_identity


@pytest.fixture
def zero(tmp_path):
    return make_identity("party-0", tmp_path / "keys")


@pytest.fixture
def one(tmp_path):
    return make_identity("party-1", tmp_path / "keys")


def test_an_identity_comes_back_from_its_folder(zero, tmp_path):
    assert load_identity("party-0", tmp_path / "keys") == zero
    assert Certificate.read(zero.certificate_file) == zero.certificate
    assert len(zero.certificate.fingerprint) == 64


def test_the_key_is_its_owners_alone_and_is_never_shown(zero):
    assert stat.S_IMODE(zero.key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(zero.key_file.parent.stat().st_mode) == 0o700
    assert "key.pem" not in repr(zero)
    assert "PRIVATE" not in zero.certificate.pem


def test_an_identity_is_never_overwritten(zero, tmp_path):
    before = zero.key_file.read_bytes()
    with pytest.raises(SessionError, match="exists already"):
        make_identity("party-0", tmp_path / "keys")
    assert zero.key_file.read_bytes() == before


@pytest.mark.parametrize("name", ["", "../out", "a b", ".hidden", "x" * 64])
def test_a_name_is_a_file_name(name, tmp_path):
    with pytest.raises(SessionError):
        make_identity(name, tmp_path)


@pytest.mark.parametrize("content", [None, "", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "ü"])
def test_what_is_no_certificate_is_refused(content, tmp_path):
    if content is not None:
        (tmp_path / "p.pem").write_text(content, "utf-8")
    with pytest.raises(SessionError, match=r"p\.pem is no readable certificate"):
        Certificate.read(tmp_path / "p.pem")


def test_one_certificate_is_one_party(zero, one):
    with pytest.raises(SessionError, match="same certificate"):
        Pinned(zero, {1: one.certificate, 2: one.certificate})
    with pytest.raises(SessionError, match="same certificate"):
        Pinned(zero, {1: zero.certificate})


def test_a_peer_is_known_by_its_certificate_alone(zero, one, tmp_path):
    two = make_identity("party-2", tmp_path)
    pinned = Pinned(zero, {1: one.certificate, 2: two.certificate})
    assert pinned.peer_of(ssl.PEM_cert_to_DER_cert(two.certificate.pem), [1, 2]) == 2
    for shown in (ssl.PEM_cert_to_DER_cert(two.certificate.pem), None):
        with pytest.raises(PeerLost, match="pinned for none"):
            pinned.peer_of(shown, [1])


def test_only_tls_1_3_with_certificates_is_spoken(zero, one):
    pinned = Pinned(zero, {1: one.certificate})
    for context in (pinned.listening([1]), pinned.dialling(1)):
        assert context.minimum_version == ssl.TLSVersion.TLSv1_3
        assert context.verify_mode == ssl.CERT_REQUIRED
    with pytest.raises(SessionError, match=r"\[2\]"):
        pinned.dialling(2)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1"])
def test_plain_may_stay_within_the_machine(host):
    Plain.check(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "192.0.2.1", "fe80::1%eth0"])  # noqa: S104
def test_plain_may_not_leave_it(host):
    with pytest.raises(SessionError, match="only loopback"):
        Plain.check(host)
