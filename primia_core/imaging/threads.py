"""How many threads decode at once. Pillow and the DICOM decoders work outside the interpreter's lock."""

import os

MOST = 8


def decoding_threads() -> int:
    """Return the cores that this process may run on, 8 at most."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(MOST, available or 1))
