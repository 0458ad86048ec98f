"""The Python client of the platform's API: what a program may do with a scoped token. It decides nothing by itself."""

from primia_core.client.errors import ApiError, ClientError, Unreachable
from primia_core.client.session import Client, sign_in

__all__ = ["ApiError", "Client", "ClientError", "Unreachable", "sign_in"]
