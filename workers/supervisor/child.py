"""Become another program whose life is tied to its parent's. It imports nothing but the standard library.

A supervisor runs `python -I child.py [options] -- program ...` in place of `program ...`. Before the exec, this wrapper
waits (with a bound) for what the program needs, makes the program's environment, and asks the kernel to send a signal
when the parent dies: so `kill -9` of a supervisor leaves nothing behind that a new one would trip over.
"""

import argparse
import ctypes
import json
import os
import resource
import signal
import socket
import struct
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
INNER_ID = 1000
NOBODY = 65534
POLL_S, PROBE_S = 0.05, 2.0
PROTOCOL_3 = 3 << 16
EX_UNAVAILABLE, EX_NOPERM = 69, 77


def main(arguments: list[str]) -> None:
    """Wait, step down, tie the knot, and become the program."""
    options = _parse(arguments)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background jobs inherit it ignored
    environment = _environment(options.env_file)
    if options.not_root:
        stop_being_root(Path(options.not_root))
    tie_to_parent(getattr(signal, f"SIG{options.death_signal}"), options.parent, options.parent_file)
    _wait_for(options.wait, options.within)
    os.nice(options.nice)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold secrets and images
    os.execvpe(options.program[0], options.program, environment)  # noqa: S606


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="child.py", description=__doc__.splitlines()[0])
    parser.add_argument("--parent", type=int, help="process id that must be the parent, else give up")
    parser.add_argument("--parent-file", help="file that holds the process id of the parent")
    parser.add_argument("--death-signal", default="KILL", help="what the program gets when its parent dies")
    parser.add_argument("--not-root", help="leave root first; the folder must then be writable")
    parser.add_argument("--nice", type=int, default=0, help="how far to step back behind other programs")
    parser.add_argument("--env-file", help="JSON of the program's whole environment")
    parser.add_argument("--wait", action="append", default=[], help="tcp:HOST:PORT, postgres:SOCKET or file:PATH")
    parser.add_argument("--within", type=float, default=60.0, help="seconds to wait for all of them")
    parser.add_argument("program", nargs="+")
    return parser.parse_args(arguments)


def _environment(file: str | None) -> dict[str, str]:
    return dict(os.environ) if file is None else json.loads(Path(file).read_text())


def tie_to_parent(death_signal: int, parent: int | None = None, parent_file: str | None = None) -> None:
    """Ask for ``death_signal`` at the parent's death. Give up where the parent has died already."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        raise SystemExit(f"prctl(PR_SET_PDEATHSIG) failed: {os.strerror(ctypes.get_errno())}")
    if parent_file is not None:
        parent = int(Path(parent_file).read_text())
    if parent is not None and os.getppid() != parent:
        sys.exit(EX_UNAVAILABLE)


def stop_being_root(folder: Path) -> None:
    """Run on as an ordinary user: in a user namespace of one, else as `nobody`. Do nothing for who is not root.

    In the namespace the files of root belong to the inner user, so nothing has to change owner. Where the kernel
    forbids namespaces (many containers do), ``folder`` is handed to `nobody`; that fails where a parent is closed.
    """
    if os.geteuid() != 0:
        return
    try:
        if not _enter_namespace_of_one():
            _become_nobody(folder)
    except OSError as error:
        sys.stderr.write(
            "PostgreSQL refuses to run as root. This machine forbids user namespaces, and the user `nobody` cannot use "
            f"{folder} ({error.strerror or error}). Run as an ordinary user, put the state folder below a path that "
            "everybody may enter, or name a PostgreSQL of your own in DATABASE_URL.\n"
        )
        sys.exit(EX_NOPERM)


def _enter_namespace_of_one() -> bool:
    uid, gid = os.geteuid(), os.getegid()
    if ctypes.CDLL(None).unshare(CLONE_NEWUSER) != 0:
        return False
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{INNER_ID} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{INNER_ID} {gid} 1")
    return True


def _become_nobody(folder: Path) -> None:
    for root, _, names in os.walk(folder):
        for path in (root, *(os.path.join(root, name) for name in names)):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise PermissionError(0, "a folder above it is closed to others")


def _wait_for(needs: list[str], within: float) -> None:
    deadline = time.monotonic() + within
    for need in needs:
        while not is_there(need):
            if time.monotonic() > deadline:
                sys.stderr.write(f"gave up: {need} was not there within {within:.0f} s\n")
                sys.exit(EX_UNAVAILABLE)
            time.sleep(POLL_S)


def is_there(need: str) -> bool:
    """Say whether a file exists, a TCP port takes connections, or a PostgreSQL behind a socket takes log-ins."""
    kind, _, where = need.partition(":")
    if kind == "file":
        return Path(where).exists()
    try:
        if kind == "tcp":
            host, _, port = where.rpartition(":")
            socket.create_connection((host, int(port)), timeout=PROBE_S).close()
            return True
        return _asks_for_password(where)
    except OSError:
        return False


def _asks_for_password(path: str) -> bool:
    """Tell a PostgreSQL that serves (its first answer is R) from one that is starting up or shutting down (E)."""
    hello = struct.pack("!i", PROTOCOL_3) + b"user\0primia\0\0"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(PROBE_S)
        probe.connect(path)
        probe.sendall(struct.pack("!i", len(hello) + 4) + hello)
        return probe.recv(1024)[:1] == b"R"  # read whole, or the server's log complains of a reset


if __name__ == "__main__":
    main(sys.argv[1:])
