"""Seconds of a conversation's steps, one after another. It asks for the time and has none of its own."""

from primia_core.client.conversation import Clock, Conversation


class Laps:
    """What each step took; they add up to the whole."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._since: float | None = None

    def lap(self, step: str | None = None) -> Conversation[None]:
        """Begin, or end a step that began where the last one ended."""
        now: float = yield Clock()
        if step is not None and self._since is not None:
            self.seconds[step] = self.seconds.get(step, 0.0) + now - self._since
        self._since = now
