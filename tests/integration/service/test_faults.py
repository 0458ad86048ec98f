"""Many requests while a party is killed: every one answered once, what was used burnt at both, the rest whole."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from primia_core.client.conversation import Progress
from primia_core.client.diagnosis import AsyncDiagnosisClient
from tests.integration.harness import wait_for
from tests.integration.service.offered import TOLERANCE, Offered

pytestmark = [pytest.mark.platform, pytest.mark.slow]

PARTIES = ("p0", "p1")


def burnt(place: Path) -> set[bytes]:
    """Return the ids of the sets that a party will never use again."""
    with closing(sqlite3.connect(f"file:{place / 'ledger.sqlite'}?mode=ro", uri=True)) as rows:
        return {row[0] for row in rows.execute("SELECT subject FROM chain WHERE kind = 'burn'")}


def ready(place: Path) -> set[bytes]:
    """Return the ids of the sets that wait on a party's shelf."""
    return {bytes.fromhex(path.stem.rpartition("-")[2]) for path in (place / "stock" / "ready").iterdir()}


async def _ask_all(offered: Offered, killed: str) -> list[tuple[float, ...]]:
    gone: list[str] = []

    def kill_once(news: Progress) -> None:
        if news.step == "computing" and not gone:
            gone.append(killed)
            offered.consortium.kill(f"node-{killed}")

    async with AsyncDiagnosisClient(offered.consortium.url, offered.person.token, tell=kill_once) as client:
        service = await client.service(offered.page)
        results = await asyncio.gather(*(client.diagnose(picture, service) for picture in offered.pictures))
    assert gone == [killed]
    return [tuple(result.probabilities.values()) for result in results]


@pytest.mark.parametrize("killed", PARTIES)
def test_ten_requests_and_a_killed_party(offered: Offered, killed: str):
    places = [offered.consortium.platform.state.path / "nodes" / role for role in PARTIES]
    found = asyncio.run(_ask_all(offered, killed))
    for picture, probabilities in zip(offered.pictures, found, strict=True):
        np.testing.assert_allclose(probabilities, offered.plain(picture), atol=TOLERANCE)
    offered.consortium.platform.wait_for_process(f"node-{killed}")
    assert offered.rows("SELECT count(*) FROM diagnosis_diagnosis WHERE state NOT IN ('collected')") == [(0,)]
    wait_for(
        lambda: ready(places[0]) == ready(places[1]) and len(ready(places[0])) > 0,
        within_s=60,
        what=lambda: f"the parties have {[len(ready(place)) for place in places]} sets on their shelves",
    )
    first, second = (burnt(place) for place in places)
    assert len(first & second) >= len(offered.pictures)
    for place in places:
        assert not ready(place) & (first | second)  # what one party has burnt waits at neither


def test_no_answer_of_a_party_was_made_twice(offered: Offered):
    [(asked,)] = offered.rows("SELECT count(*) FROM diagnosis_diagnosis")
    assert asked >= 2 * len(offered.pictures)
    for role in PARTIES:
        place = offered.consortium.platform.state.path / "nodes" / role
        with closing(sqlite3.connect(f"file:{place / 'ledger.sqlite'}?mode=ro", uri=True)) as rows:
            [(answers, requests)] = rows.execute(
                "SELECT count(*) FILTER (WHERE kind = 'request.answer'), count(*) FILTER (WHERE kind = 'request')"
                " FROM chain"
            )
        assert answers == requests == asked
