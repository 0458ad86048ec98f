"""The Python client of the platform's API: what a program may do with a scoped token. It decides nothing by itself."""

from primia_core.client.errors import ApiError, ClientError, Unreachable
from primia_core.client.login import Login, sign_in
from primia_core.client.session import Client

__all__ = ["ApiError", "Client", "ClientError", "Login", "Unreachable", "sign_in"]
