"""A diagnosis through real processes: four nodes, a published network, pictures asked about by every Python client.

The network's weights are drawn. What counts is that the encrypted answer is the plain network's, whoever is killed.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from primia_core.client.conversation import Progress
from primia_core.client.diagnosis import AsyncDiagnosisClient, DiagnosisClient
from primia_core.client.errors import ApiError, ServiceShut, UntrustedParty
from primia_core.imaging.phantoms import CLASSES
from tests.integration.harness import ROOT, wait_for
from tests.integration.service.offered import TOLERANCE, Offered

pytestmark = [pytest.mark.platform, pytest.mark.slow]

ANSWERED_WITHIN_S = 120.0


def command(offered: Offered, kept: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", "from primia_core.cli.main import main; main()", "diagnose", *arguments],
        env={**os.environ, "PRIMIA_TOKEN": offered.person.token, "PRIMIA_DIAGNOSES": str(kept)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_command_line_gets_the_plain_networks_answer(offered: Offered, tmp_path: Path):
    asked = command(offered, tmp_path, str(offered.pictures[0]), "--service", offered.page, "--json")
    out, err = asked.communicate(timeout=ANSWERED_WITHIN_S)
    assert asked.returncode == 0, out + err
    [row] = json.loads(out)["results"]
    plain = offered.plain(offered.pictures[0])
    np.testing.assert_allclose(list(row["probabilities"].values()), plain, atol=TOLERANCE)
    assert row["label"] == CLASSES[int(np.argmax(plain))]
    assert set(row["platform"]) == {"p0", "p1"}


async def _all_at_once(offered: Offered) -> list[Any]:
    async with AsyncDiagnosisClient(offered.consortium.url, offered.person.token) as client:
        service = await client.service(offered.page)
        return await asyncio.gather(*(client.diagnose(picture, service) for picture in offered.pictures))


def test_ten_at_once_are_all_answered(offered: Offered):
    for picture, result in zip(offered.pictures, asyncio.run(_all_at_once(offered)), strict=True):
        np.testing.assert_allclose(list(result.probabilities.values()), offered.plain(picture), atol=TOLERANCE)


def test_a_killed_client_is_collected_later(offered: Offered, tmp_path: Path):
    asked = command(offered, tmp_path, str(offered.pictures[1]), "--service", offered.page)
    wait_for(lambda: bool(list(tmp_path.glob("*.pending.json"))), within_s=60, what=lambda: "the request is kept")
    asked.send_signal(signal.SIGKILL)
    asked.communicate()
    later = command(offered, tmp_path, "--collect", "--service", offered.page, "--json")
    out, err = later.communicate(timeout=ANSWERED_WITHIN_S)
    assert later.returncode == 0, out + err
    [row] = json.loads(out)["results"]
    np.testing.assert_allclose(list(row["probabilities"].values()), offered.plain(offered.pictures[1]), atol=TOLERANCE)
    assert not list(tmp_path.glob("*.pending.json"))


@pytest.mark.parametrize("party", ["p0", "p1"])
def test_a_killed_party_costs_no_answer(offered: Offered, party: str):
    killed: list[str] = []

    def kill_once(news: Progress) -> None:
        if news.step == "computing" and not killed:
            killed.append(party)
            offered.consortium.kill(f"node-{party}")

    with DiagnosisClient(offered.consortium.url, offered.person.token, tell=kill_once) as client:
        result = client.diagnose(offered.pictures[2], client.service(offered.page))
    assert killed == [party]
    assert result.probabilities is not None
    np.testing.assert_allclose(list(result.probabilities.values()), offered.plain(offered.pictures[2]), atol=TOLERANCE)
    offered.consortium.platform.wait_for_process(f"node-{party}")


def test_a_wrong_token_is_refused(offered: Offered):
    with DiagnosisClient(offered.consortium.url, "wrong") as client, pytest.raises(ApiError) as caught:
        client.service(offered.page)
    assert caught.value.status == 401


def test_pinned_fingerprints_are_compared(offered: Offered):
    prints = [offered.nodes[role]["fingerprint"] for role in ("p0", "p1")]
    url, token = offered.consortium.url, offered.person.token
    with DiagnosisClient(url, token, trust=prints) as client:
        assert [party.by for party in client.service(offered.page).parties] == ["pinned", "pinned"]
    with DiagnosisClient(url, token, trust=["0" * 64]) as client, pytest.raises(UntrustedParty):
        client.service(offered.page)


def test_answers_are_gone_from_the_platform_once_collected(offered: Offered):
    question = "SELECT count(*) FROM diagnosis_diagnosis WHERE answers IS NOT NULL"
    assert offered.rows(question) == [(0,)]
    left = list((offered.consortium.platform.state.storage / "sealed").rglob("*"))
    assert not [path for path in left if path.is_file()]


def test_a_closed_service_takes_no_more(offered: Offered):
    with DiagnosisClient(offered.consortium.url, offered.person.token) as client:
        service = client.service(offered.page)
        offered.consortium.client.post(f"services/{offered.service}/close")
        with pytest.raises(ApiError) as caught:
            client.diagnose(offered.pictures[3], service)
        assert caught.value.code == "service.closed"
        with pytest.raises(ServiceShut):
            client.service(offered.page)
