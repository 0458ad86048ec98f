"""Tests in two processes at once (`pytest -n 2`): files are dealt out whole, those of the real platform to one process.

One platform is a dozen processes. Two at once would slow each other down on a small machine until time limits pass; one
beside tests that only compute keeps both cores busy. Its tests take longest as a whole, so they are dealt out first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from xdist.scheduler.protocol import Scheduling

PLATFORM = "tests/integration/"


def share_of(node: str) -> str:
    """Return which tests this one is dealt out with."""
    return PLATFORM if node.startswith(PLATFORM) else node.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Scheduling:
    """Deal out shares in the order of collection."""
    from xdist.scheduler import LoadScopeScheduling

    class Shares(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return share_of(nodeid)

    config.option.loadscopereorder = False
    return Shares(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the platform's tests first where a process is one of several."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.nodeid.startswith(PLATFORM))
