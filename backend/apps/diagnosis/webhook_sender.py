"""Send one webhook message over HTTP. It keeps nothing and tries nothing twice."""

import asyncio

import httpx

from backend.apps.diagnosis.webhook_target import resolve

LONGEST_S = 5.0
"""For the whole exchange, so that a receiver who answers a byte a second holds nobody up."""


def post(url: str, *, text: str, headers: dict[str, str]) -> int:
    """Post ``text`` and return the status of the answer, whose content is not read.

    The connection goes to the very address that was checked, under the name that the certificate must show. Redirects
    are not followed, and no proxy of the environment is used, since either could lead elsewhere.

    Raises:
        WebhookTargetRefused: the name leads into a private network.
        OSError, httpx.HTTPError: nobody answers in time.
    """
    asked = httpx.URL(url)
    address = resolve(asked.host, asked.port or {"https": 443}.get(asked.scheme, 80))
    request = httpx.Request(
        "POST",
        asked.copy_with(host=address),
        content=text.encode(),
        headers={"Host": asked.netloc.decode("ascii"), "User-Agent": "PriMIA webhook", **headers},
        extensions={"sni_hostname": asked.host, "timeout": httpx.Timeout(LONGEST_S).as_dict()},
    )
    return asyncio.run(_status(request))


async def _status(request: httpx.Request) -> int:
    async with asyncio.timeout(LONGEST_S), httpx.AsyncClient(trust_env=False) as client:
        answer = await client.send(request, stream=True)
        await answer.aclose()
        return answer.status_code
