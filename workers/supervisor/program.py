"""One process that somebody looks after: what runs, in which environment, and what it waits for before it starts."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

CHILD = Path(__file__).with_name("child.py")
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "CUDA_VISIBLE_DEVICES")


@dataclass(frozen=True)
class Program:
    """A command line and the terms on which it runs.

    ``needs`` are ``tcp:HOST:PORT``, ``postgres:SOCKET`` or ``file:PATH``; all within ``within_s`` seconds.
    ``not_root`` names the one folder that the program writes to, if it refuses to be root. ``folder`` is where it runs.
    """

    name: str
    command: tuple[str, ...]
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within_s: int = 5
    death_signal: signal.Signals = signal.SIGKILL
    needs: tuple[str, ...] = ()
    within_s: int = 60
    not_root: Path | None = None
    niceness: int = 0
    folder: Path | None = None
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)

    def wrapped(self, *tie: str) -> list[str]:
        """Return the command line inside its wrapper; ``tie`` says who the parent is, see ``child.py``."""
        options = [*tie, "--death-signal", self.death_signal.name.removeprefix("SIG"), "--within", str(self.within_s)]
        for need in self.needs:
            options += ["--wait", need]
        if self.not_root is not None:
            options += ["--not-root", str(self.not_root)]
        if self.niceness:
            options += ["--nice", str(self.niceness)]
        return [sys.executable, "-I", str(CHILD), *options, "--", *self.command]

    def environment(self) -> dict[str, str]:
        """Return the whole environment: a few harmless variables of our own, and the program's."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        return {**kept, **self.variables}

    def start(self, log: Path, *, pass_fds: tuple[int, ...] = ()) -> subprocess.Popen[bytes]:
        """Start the program as a child that ends with this process and appends what it says to ``log``."""
        with log.open("ab") as output:
            return subprocess.Popen(  # noqa: S603
                self.wrapped("--parent", str(os.getpid())),
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=pass_fds,
            )
