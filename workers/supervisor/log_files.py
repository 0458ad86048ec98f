"""Reading the logs of the platform's processes together: the last lines of each, then whatever comes."""

from collections.abc import Iterator
from pathlib import Path

from workers.supervisor.errors import NotRunning

BLOCK = 256 * 1024


class LogFiles:
    """The logs in ``folder``, or the one of ``name``. Each line begins with its process's name if there are several."""

    def __init__(self, folder: Path, name: str | None) -> None:
        self._folder, self._pattern = folder, f"{name or '*'}.log"
        self._seen: dict[Path, int] = {}
        if not any(folder.glob(self._pattern)):
            there = ", ".join(sorted(path.stem for path in folder.glob("*.log"))) or "none"
            raise NotRunning(f"no log of {name or 'anything'} in {folder}; there are: {there}")

    def last(self, lines: int) -> Iterator[str]:
        """Yield the last lines of each log."""
        for path in sorted(self._folder.glob(self._pattern)):
            size = path.stat().st_size
            text = self._read(path, max(0, size - BLOCK))
            self._seen[path] = size
            yield from self._named(path, text.splitlines()[-lines:] if lines else [])

    def fresh(self) -> Iterator[str]:
        """Yield what was written since the last call. A log that became shorter was rotated and is read anew."""
        for path in sorted(self._folder.glob(self._pattern)):
            size, seen = path.stat().st_size, self._seen.get(path, 0)
            start = seen if size >= seen else 0
            self._seen[path] = size
            if size > start:
                yield from self._named(path, self._read(path, start, size - start).splitlines())

    def _read(self, path: Path, start: int, length: int = -1) -> str:
        with path.open("rb") as file:
            file.seek(start)
            return file.read(length).decode(errors="replace")

    def _named(self, path: Path, lines: list[str]) -> Iterator[str]:
        prefix = f"{path.stem:<12} | " if "*" in self._pattern else ""
        return (f"{prefix}{line}\n" for line in lines)
