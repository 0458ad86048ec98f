"""Where a webhook may point: at public addresses only, so that nobody can make the hub speak to its own network."""

import ipaddress
import socket
from contextlib import suppress
from typing import NoReturn
from urllib.parse import urlsplit

from django.conf import settings

from backend.apps.diagnosis.errors import WebhookTargetRefused

UNICAST_V6 = ipaddress.ip_network("2000::/3")
TRANSLATED_V6 = (ipaddress.ip_network("2002::/16"), ipaddress.ip_network("2001::/32"))
"""6to4 and Teredo, whose addresses hold another one."""


def check_address(url: str) -> None:
    """Refuse an address to which nothing could ever be sent; what its name resolves to is checked at each sending.

    Raises:
        WebhookTargetRefused: saying why.
    """
    parts = urlsplit(url)
    private = settings.WEBHOOKS_TO_PRIVATE_ADDRESSES
    if parts.scheme != "https" and not (parts.scheme == "http" and private):
        _refuse("Send an address that begins with https://.")
    if parts.username is not None or parts.password is not None:
        _refuse("Leave user name and password out; the signature says that a message is ours.")
    if not parts.hostname:
        _refuse("The address names no host.")
    address = None
    with suppress(ValueError):
        address = ipaddress.ip_address(parts.hostname)
    if address is not None:
        _check(address)
    elif "." not in parts.hostname.rstrip(".") and not private:
        _refuse(f"{parts.hostname} is a name of a private network.")


def resolve(host: str, port: int) -> str:
    """Return an address of ``host`` that may be connected to. Connect to just this one: a name can change its mind.

    Raises:
        WebhookTargetRefused: one of its addresses is not public.
        OSError: the name is not known, or the name service does not answer.
    """
    found = [str(place[0]) for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for address in found:
        _check(ipaddress.ip_address(address.partition("%")[0]))
    return found[0]


def _check(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if not (settings.WEBHOOKS_TO_PRIVATE_ADDRESSES or _is_public(address)):
        _refuse(f"{address} is no public address; the hub does not send into private networks.")


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        plain = address in UNICAST_V6 and not any(address in network for network in TRANSLATED_V6)
        return plain and address.is_global
    return address.is_global and not address.is_multicast


def _refuse(reason: str) -> NoReturn:
    raise WebhookTargetRefused("Messages cannot be sent to this address; see fields.", fields={"url": [reason]})
