"""A node's own calls to the hub, beside those of every agent: sealed blobs, weights, descriptors, stock levels."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from workers.link import NODE, LinkAddress, LinkClient
from workers.link.client import exchange_token, raise_for
from workers.link.errors import HubUnavailable

BLOB_S = 300.0
PIECE_BYTES = 1 << 20


class NodeLink(LinkClient):
    """Calls of one node to its hub. Safe to share between threads."""

    def __init__(self, address: LinkAddress, *, http: httpx.Client | None = None) -> None:
        assert address.realm == NODE
        super().__init__(address, http=http)

    def put_blob(self, task_id: str, content: bytes, *, reader: str) -> dict[str, Any]:
        """Leave a sealed blob for another node of the task's service, and return its id, hash and size.

        Args:
            reader: role of the node that may read it.
        """
        answer = self.request(
            "PUT",
            f"tasks/{UUID(task_id)}/blob",
            params={"reader": reader},
            content=content,
            headers={"Content-Type": "application/octet-stream"},
            timeout=BLOB_S,
        )
        return dict(answer.json())

    def get_blob(self, blob: str) -> bytes:
        """Return a sealed blob that is addressed to this node."""
        return self.request("GET", f"blobs/{UUID(blob)}", timeout=BLOB_S).content

    def delete_blob(self, blob: str) -> None:
        """Say that a blob has been read. Deleting it again changes nothing at the hub."""
        self.request("DELETE", f"blobs/{UUID(blob)}", timeout=10)

    def get_weights(self, version: str, path: Path) -> Path:
        """Download the weights of a model version whose service this node prepares, whole or not at all."""
        part = path.with_name(f".{path.name}.new")
        what = f"weights/{UUID(version)}"
        try:
            with self.stream(what, {}) as response, part.open("wb") as file:
                if response.is_error:
                    response.read()
                    raise_for(response, what, who=NODE.name)
                for piece in response.iter_bytes(PIECE_BYTES):
                    file.write(piece)
        except httpx.TransportError as error:
            raise HubUnavailable(f"{self.address} stopped sending {what} ({type(error).__name__})") from error
        return part.replace(path)

    def descriptor(self, service: str) -> dict[str, Any]:
        """Return the signed descriptor of a service."""
        return self.json("GET", f"descriptors/{UUID(service)}", {})

    def put_stock(self, service: str, level: int, *, low: int | None = None, full: int | None = None) -> None:
        """Report how many correlation sets of a service are ready here."""
        body: dict[str, object] = {"service": service, "level": level}
        body |= {name: value for name, value in (("low", low), ("full", full)) if value is not None}
        self.json("PUT", "stock", body)


def enrol(base_url: str, body: Mapping[str, object]) -> dict[str, Any]:
    """Exchange a one-time token for this node's credential, which the hub shows this once."""
    return exchange_token(base_url, NODE, body)
