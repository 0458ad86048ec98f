"""Silence what imaging libraries warn about damaged files, safely under threads. Knows nothing of pictures.

``warnings.catch_warnings`` swaps process-wide state, so two threads that enter and leave out of step would restore
each other's filters. Here the first thread in saves them and the last one out restores them.
"""

import warnings
from threading import Lock
from types import TracebackType

_NOISY = r"pydicom|pylibjpeg|openjpeg|PIL|gdcm"


class _Quiet:
    """A context that any number of threads may hold at once. A file that cannot be decoded still raises."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._holders = 0
        self._saved: warnings.catch_warnings[None] | None = None

    def __enter__(self) -> None:
        with self._lock:
            self._holders += 1
            if self._holders == 1:
                self._saved = warnings.catch_warnings()
                self._saved.__enter__()
                warnings.filterwarnings("ignore", module=_NOISY)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._holders -= 1
            if self._holders == 0 and self._saved is not None:
                self._saved.__exit__(kind, error, trace)
                self._saved = None


quiet_decoders = _Quiet()
