"""Who may talk to whom: TLS 1.3 with a certificate at both ends, each known to the other beforehand.

There is no authority and no name to check. Each party holds the certificate of each peer and accepts that one only;
people compare fingerprints by telephone. Nothing here opens a socket.
"""

import datetime
import hashlib
import ipaddress
import os
import re
import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from primia_core.mpc.errors import PeerLost, SessionError

VALID_DAYS = 3 * 365
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


@dataclass(frozen=True)
class Certificate:
    """What a party shows to its peers; everybody may know it."""

    pem: str = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of the certificate, 64 hexadecimal digits: what two people compare."""
        return fingerprint(ssl.PEM_cert_to_DER_cert(self.pem))

    @classmethod
    def read(cls, path: Path) -> "Certificate":
        """Read one certificate in PEM form.

        Raises:
            SessionError: the file cannot be read, or holds something else.
        """
        try:
            pem = path.read_text("ascii")
            x509.load_pem_x509_certificate(pem.encode())
        except (OSError, ValueError) as error:
            raise SessionError(
                f"{path.name} is no readable certificate ({type(error).__name__}); ask its owner for it"
            ) from error
        return cls(pem)


@dataclass(frozen=True)
class Identity:
    """A party's own certificate and the file of its private key, which stays where it is."""

    certificate: Certificate
    certificate_file: Path
    key_file: Path = field(repr=False)


@dataclass(frozen=True)
class Pinned:
    """TLS 1.3 between parties that know each other's certificates.

    Attributes:
        identity: this party's own.
        certificates: the pinned certificate of each peer, by its number.
    """

    identity: Identity
    certificates: Mapping[int, Certificate]

    def __post_init__(self) -> None:
        prints = [certificate.fingerprint for certificate in self.certificates.values()]
        prints.append(self.identity.certificate.fingerprint)
        if len(set(prints)) < len(prints):
            raise SessionError("two parties have the same certificate; make an identity for each")

    def listening(self, peers: Collection[int]) -> ssl.SSLContext:
        """Return what a listener speaks that accepts ``peers``."""
        context = self._context(ssl.PROTOCOL_TLS_SERVER, peers)
        context.num_tickets = 0  # sessions are never resumed, and a ticket would be one more message
        return context

    def dialling(self, peer: int) -> ssl.SSLContext:
        """Return what a caller of ``peer`` speaks."""
        return self._context(ssl.PROTOCOL_TLS_CLIENT, [peer])

    def peer_of(self, der: bytes | None, peers: Collection[int]) -> int:
        """Return which of ``peers`` has shown this certificate.

        Raises:
            PeerLost: none has; OpenSSL has refused it already, this is the second look.
        """
        shown = fingerprint(der or b"")
        for peer in peers:
            if self.certificates[peer].fingerprint == shown:
                return peer
        raise PeerLost(f"the certificate {shown[:16]} is pinned for none of the parties {sorted(peers)}; {ADVICE}")

    def _context(self, protocol: int, peers: Collection[int]) -> ssl.SSLContext:
        if missing := [peer for peer in peers if peer not in self.certificates]:
            raise SessionError(f"no certificate is pinned for the parties {missing}; ask their owners for it")
        context = ssl.SSLContext(protocol)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.check_hostname = False  # the certificate itself is pinned, whatever the address is called
        context.verify_mode = ssl.CERT_REQUIRED
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.load_cert_chain(self.identity.certificate_file, self.identity.key_file)
        context.load_verify_locations(cadata="\n".join(self.certificates[peer].pem for peer in peers))
        return context


@dataclass(frozen=True)
class Plain:
    """No encryption and no proof of who is there: for measurements within one machine, refused anywhere else."""

    @staticmethod
    def check(host: str) -> None:
        """Raise SessionError where ``host`` is not a loopback address."""
        if not ipaddress.ip_address(host.partition("%")[0]).is_loopback:
            raise SessionError(
                f"plain TCP to or from {host} is refused, only loopback may go without TLS; pin certificates"
            )


Security = Pinned | Plain

ADVICE = "compare fingerprints by telephone and pin the right certificate"


def fingerprint(der: bytes) -> str:
    """Return the SHA-256 of a certificate in DER form, in hexadecimal."""
    return hashlib.sha256(der).hexdigest()


def make_identity(name: str, folder: Path) -> Identity:
    """Make a key (Ed25519) and a certificate signed by itself, the key readable by its owner only.

    Args:
        name: of the party, in file names and in the certificate: letters, digits, dots, dashes.
        folder: made where it does not exist.
    Raises:
        SessionError: the name does not fit, or the folder holds an identity of that name; none is overwritten.
    """
    if not _NAME.fullmatch(name):
        raise SessionError(f"a party's name has 1 to 63 letters, digits, dots and dashes, got {name!r}")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = Ed25519PrivateKey.generate()
    certificate = _self_signed(name, key).public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write_once(folder / f"{name}.key.pem", secret)
    _write_once(folder / f"{name}.certificate.pem", certificate)
    return load_identity(name, folder)


def load_identity(name: str, folder: Path) -> Identity:
    """Read the identity that ``make_identity`` has put into ``folder``.

    Raises:
        SessionError: there is none.
    """
    path = folder / f"{name}.certificate.pem"
    return Identity(Certificate.read(path), path, folder / f"{name}.key.pem")


def _self_signed(name: str, key: Ed25519PrivateKey) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))  # clocks of two hospitals differ
        .not_valid_after(now + datetime.timedelta(days=VALID_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=False)
        .sign(key, None)
    )


def _write_once(path: Path, content: bytes) -> None:
    """Write a new file for its owner only."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise SessionError(f"{path.name} exists already; load it, or choose another name or folder") from error
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
