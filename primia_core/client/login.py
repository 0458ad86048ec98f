"""A person's session: log in by name and password, as the browser does, for what no token may do."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from primia_core.client.session import answer


class Login:
    """A session of one person; leave the block to forget it here.

    Args:
        address: of the platform.
        username: of the person.
        password: of the person.
    Raises:
        ApiError: the platform does not know them.
    """

    def __init__(self, address: str, username: str, password: str) -> None:
        self._address = address
        self._http = httpx.Client(base_url=f"{address.rstrip('/')}/api/v1/", timeout=30.0)
        self._csrf = str(answer(self._http, "GET", "auth/session")["csrf"])
        self._csrf = str(self.post("auth/session", {"username": username, "password": password})["csrf"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()

    def post(self, path: str, body: Mapping[str, object] | None = None) -> Any:
        """Post ``body`` and return the answer's JSON."""
        headers = {"X-CSRFToken": self._csrf, "Referer": self._address}
        return answer(self._http, "POST", path, json=body or {}, headers=headers)


def sign_in(address: str, username: str, password: str, *, name: str, scopes: list[str]) -> str:
    """Exchange a user name and password for a scoped token.

    Returns:
        The token. The platform keeps only its hash and will not show it again.
    """
    with Login(address, username, password) as login:
        token: str = login.post("auth/tokens", {"name": name, "scopes": scopes})["token"]
        return token
