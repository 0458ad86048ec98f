"""A running link, a federation of two sites and their clients.

Django's settings are read after this file, so whatever needs them is imported inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.backend.link.mailbox import Mailbox


@pytest.fixture
def mailbox(transactional_db: None, settings: object, tmp_path: object) -> Iterator[Mailbox]:
    """Return a federation whose sites can be asked things, and clients that speak as its sites."""
    from tests.backend.link.mailbox import Mailbox
    from tests.backend.link.server import link_server

    settings.PRIMIA_STORAGE = tmp_path / "storage"
    with link_server() as address, Mailbox(address) as mailbox:
        yield mailbox
