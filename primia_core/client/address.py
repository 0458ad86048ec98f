"""Where a diagnosis service is: one address that people copy from the dashboard. It opens no connection."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from primia_core.client.errors import BadAddress

PAGES = ("services", "diagnose")
"""Pages of a service in the dashboard: a coordinator's and a patient's."""


@dataclass(frozen=True)
class ServiceAddress:
    """The platform's address, without a trailing slash, and the service's id."""

    platform: str
    service: str

    @classmethod
    def parse(cls, url: str, *, plain: bool = False) -> "ServiceAddress":
        """Read ``http(s)://host/services/<id>``; the page ``/diagnose/<id>`` is the same service.

        Args:
            url: as the browser shows it.
            plain: allow plain HTTP to another machine.
        Raises:
            BadAddress: another address, or plain HTTP to a host that is not this machine.
        """
        parts = urlsplit(url)
        front, _, service = parts.path.rstrip("/").rpartition("/")
        front, _, page = front.rpartition("/")
        if page not in PAGES or not _is_uuid(service):
            raise BadAddress(f"{url!r} is no address of a service; copy it from its page: https://host/services/<id>")
        return cls(platform_address(f"{parts.scheme}://{parts.netloc}{front}", plain=plain), str(UUID(service)))

    def __str__(self) -> str:
        return f"{self.platform}/services/{self.service}"


def platform_address(url: str, *, plain: bool = False) -> str:
    """Return a platform's address without a trailing slash, refusing plain HTTP across a network.

    Raises:
        BadAddress: not HTTP(S), with a password in it, or plain HTTP to a host that is not this machine.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise BadAddress(f"{url!r} is no web address of a platform; write https://host")
    if parts.scheme == "http" and not plain and not _is_loopback(parts.hostname):
        raise BadAddress(
            f"plain HTTP to {parts.hostname} would show the token on the network; use https, or --plain-http where "
            "the network encrypts by itself"
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
