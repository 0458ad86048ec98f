"""Send one webhook message over HTTP. It keeps nothing and tries nothing twice."""

import httpx

from backend.apps.diagnosis.webhook_target import resolve

TIMEOUT = httpx.Timeout(3.0, connect=2.0)


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
    with (
        httpx.Client(timeout=TIMEOUT, trust_env=False) as client,
        client.stream(
            "POST",
            asked.copy_with(host=address),
            content=text.encode(),
            headers={"Host": asked.netloc.decode("ascii"), "User-Agent": "PriMIA webhook", **headers},
            extensions={"sni_hostname": asked.host},
        ) as answer,
    ):
        return answer.status_code
