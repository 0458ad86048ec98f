"""Where the hub is and who asks: the one address that an agent is given. It opens no connection."""

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from workers.link.errors import AddressError
from workers.link.realm import REALMS, SITE, Realm

SCHEMES = {
    "primia+http": "http",
    "primia+https": "https",
    "primia": "https",
    "http": "http",
    "https": "https",
}


@dataclass(frozen=True)
class LinkAddress:
    """A parsed ``primia+http(s)://<credential>@host:port/``. The credential never shows in ``repr`` or ``str``."""

    base_url: str
    credential: str = field(repr=False)
    realm: Realm = SITE

    @classmethod
    def parse(cls, url: str) -> "LinkAddress":
        """Read a broker address.

        Args:
            url: ``primia+http``, ``primia+https``, or ``primia`` (which means https); the credential stands before
                the ``@``, alone or as the password of any user name. Plain HTTP is for this machine; ``?plain=1``
                allows it to another one, for networks that encrypt by themselves. ``?realm=node`` is a computing node.
        Raises:
            AddressError: another scheme or realm, no host, no credential, or plain HTTP to another machine.
        """
        parts = urlsplit(url)
        scheme = SCHEMES.get(parts.scheme)
        if scheme is None:
            raise AddressError(
                f"the hub's address begins with {parts.scheme!r}; use primia+https://, or primia+http://"
            )
        if not parts.hostname:
            raise AddressError("the hub's address names no host; write primia+https://<credential>@host:port/")
        credential = unquote(parts.password or parts.username or "")
        if not credential:
            raise AddressError("the hub's address holds no credential; enrol first")
        query = dict(parse_qsl(parts.query))
        realm = REALMS.get(query.get("realm", SITE.name))
        if realm is None:
            raise AddressError(f"the hub's address names the realm {query['realm']!r}; use one of {sorted(REALMS)}")
        base_url = hub_url(f"{scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}", plain=query.get("plain") == "1")
        return cls(base_url, credential, realm)

    @property
    def broker_url(self) -> str:
        """Return the address for Celery, with the credential where kombu masks it in logs."""
        plain = {"plain": "1"} if self.base_url.startswith("http://") else {}
        realm = {"realm": self.realm.name} if self.realm != SITE else {}
        query = urlencode({**plain, **realm})
        scheme, _, rest = self.base_url.partition("://")
        address = f"primia+{scheme}://{self.realm.name}:{quote(self.credential, safe='')}@{rest}"
        return f"{address}?{query}" if query else address

    def __str__(self) -> str:
        scheme, _, rest = self.base_url.partition("://")
        return f"primia+{scheme}://**@{rest}"


def hub_url(url: str, *, plain: bool = False) -> str:
    """Return the hub's base address with a trailing slash, refusing plain HTTP across a network.

    Args:
        url: ``http(s)://host:port/``, without credentials.
        plain: allow plain HTTP to another machine.
    Raises:
        AddressError: not HTTP(S), or plain HTTP to a host that is not this machine.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise AddressError(f"{url!r} is no web address of a hub; write https://host:port/")
    if parts.scheme == "http" and not plain and not _is_loopback(parts.hostname):
        raise AddressError(f"plain HTTP to {parts.hostname} would show the credential on the network; use https")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
