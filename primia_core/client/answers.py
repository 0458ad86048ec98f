"""An HTTP answer as JSON, or as the error that it tells of. Sends nothing."""

from typing import Any

import httpx

from primia_core.client.errors import ApiError


def read(response: httpx.Response) -> Any:
    """Return the JSON of an answer, ``None`` for an empty one.

    Raises:
        ApiError: the platform refused, with its own code; or the answer is not the platform's.
    """
    asked = f"{response.request.method} {response.request.url.path}"
    if response.is_success:
        try:
            return response.json() if response.content else None
        except ValueError:
            raise ApiError(
                response.status_code,
                "client.bad_answer",
                f"{asked} was answered with something that is no JSON; is there a PriMIA platform at this address?",
            ) from None
    try:
        body = response.json()
        code, message = str(body["code"]), str(body["message"])
    except (ValueError, KeyError, TypeError):
        said = f"{asked} was answered {response.status_code}: {response.text[:200]}"
        raise ApiError(response.status_code, "client.bad_answer", said) from None
    raise ApiError(response.status_code, code, message, body.get("fields"), retry_after_s=_retry_after(response))


def _retry_after(response: httpx.Response) -> float | None:
    try:
        return float(response.headers["Retry-After"])
    except (KeyError, ValueError):
        return None
