"""A websocket without a network: what a browser would send to the application, and what it would get."""

from urllib.parse import urlsplit

from asgiref.testing import ApplicationCommunicator

from backend.config.asgi import application

PATIENCE_S = 30


class LiveSocket:
    """One connection to ``address``. Leaving it always ends the application's side too."""

    def __init__(self, address: str, headers: list[tuple[bytes, bytes]]) -> None:
        parts = urlsplit(address)
        scope = {
            "type": "websocket",
            "path": parts.path,
            "query_string": parts.query.encode(),
            "headers": headers,
            "subprotocols": [],
        }
        self._ends = ApplicationCommunicator(application, scope)

    async def __aenter__(self) -> "LiveSocket":
        await self._ends.send_input({"type": "websocket.connect"})
        assert (await self._ends.receive_output(PATIENCE_S))["type"] == "websocket.accept"
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._ends.send_input({"type": "websocket.disconnect", "code": 1000})
        await self._ends.wait(PATIENCE_S)

    async def text(self) -> str:
        """Return the next frame."""
        message = await self._ends.receive_output(PATIENCE_S)
        assert message["type"] == "websocket.send", message
        return message["text"]

    async def closed_with(self) -> int:
        """Return the code with which the application closes next."""
        message = await self._ends.receive_output(PATIENCE_S)
        assert message["type"] == "websocket.close", message
        return message["code"]

    async def is_silent(self) -> bool:
        """Say whether nothing comes for a moment."""
        return await self._ends.receive_nothing(timeout=0.05)
