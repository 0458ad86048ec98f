"""The one agent of this process, opened when the worker begins and closed when it ends."""

from dataclasses import dataclass

from workers.site.agent import Agent
from workers.site.errors import SiteError
from workers.site.folder import SiteFolder
from workers.site.held import HeldTasks


@dataclass(frozen=True)
class Current:
    """The agent, and the tasks that it holds for a person."""

    agent: Agent
    held: HeldTasks


_current: list[Current] = []


def open_agent(folder: SiteFolder) -> Current:
    """Open this process's agent, once.

    Raises:
        AlreadyRunning, FolderError, DataError: the folder is taken or not ready.
    """
    if not _current:
        agent = Agent(folder)
        _current.append(Current(agent, HeldTasks(agent)))
    return _current[0]


def current() -> Current:
    """Return this process's agent."""
    if not _current:
        raise SiteError("no agent runs in this process; start one with `primia site run`")
    return _current[0]


def leave() -> None:
    """Close this process's agent; its waiting tasks go back to the hub."""
    while _current:
        gone = _current.pop()
        gone.agent.stopping.set()
        gone.held.stop()
        gone.agent.close()
