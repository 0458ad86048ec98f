"""A host and a port, as people write them in a settings file."""

from typing import NamedTuple
from urllib.parse import urlsplit

from workers.link.errors import FolderError


class Place(NamedTuple):
    """Where something listens."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "Place":
        """Read ``host:port``, ``[ipv6]:port``.

        Raises:
            FolderError: it is something else.
        """
        parts = urlsplit(f"//{text}")
        try:
            port = parts.port
        except ValueError:
            port = None
        if not parts.hostname or port is None:
            raise FolderError(f"{text!r} is no place to listen or call; write host:port in node.toml")
        return cls(parts.hostname, port)

    @classmethod
    def of_origin(cls, origin: str) -> "Place":
        """Return where a web address without a page of its own is served."""
        parts = urlsplit(origin)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise FolderError(f'{origin!r} is no web address; write origin = "https://host" in node.toml')
        return cls(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
