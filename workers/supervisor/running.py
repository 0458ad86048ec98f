"""A platform for the length of a block: the state folder claimed, the ports free, everything started and stopped."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from workers.supervisor.errors import PortTaken
from workers.supervisor.platform import Platform
from workers.supervisor.secrets_file import free_port, keep, port_is_free, secrets_of
from workers.supervisor.state_folder import StateFolder
from workers.supervisor.watch import Watch


@contextmanager
def running_platform(folder: Path, *, port: int | None = None, say: Callable[[str], None]) -> Iterator[Platform]:
    """Run the platform with its state in ``folder`` until the block ends.

    Args:
        folder: the state folder; made where it is missing.
        port: the dashboard's port from now on; the folder's own, or 8000 if that is free, by default.
        say: takes one line for each thing worth telling: a process that died, a hospital that came.
    Raises:
        FolderInUse: another process runs the platform on this folder.
        PortTaken: another program listens on the port.
        StartFailed: a process gave up.
    """
    state = StateFolder(folder.resolve())
    state.make()
    with state.claimed() as lock:
        _settle_ports(state.path, port)
        platform = Platform(state, lock)
        watch = Watch(platform, say)
        try:
            platform.start()
            watch.start()
            yield platform
        finally:
            watch.rest()
            platform.stop()
            watch.end()


def _settle_ports(folder: Path, port: int | None) -> None:
    """Make sure that both ports are free now. Hospitals know the web port by heart; Redis's may move."""
    secrets = secrets_of(folder)
    if port is not None:
        secrets = keep(folder, replace(secrets, web_port=port))
    if not port_is_free(secrets.web_port):
        raise PortTaken(
            f"another program listens on port {secrets.web_port}; stop it, or choose a port with --port "
            "(hospitals that are enrolled already look for the hub at the old one)"
        )
    if not port_is_free(secrets.redis_port):
        keep(folder, replace(secrets, redis_port=free_port()))
