"""Folders of pictures as batches: rows, bounds, interruptions and a budget that is used up."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from primia_core.client.diagnosis import AsyncDiagnosisClient, DiagnosisClient
from primia_core.client.errors import NoPictures
from primia_core.imaging.phantoms import phantom
from tests.core.client.asked import expected, pending
from tests.core.client.fake_platform import CLASSES, TOKEN, FakePlatform, Refusal, wait_until


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "xrays"
    (root / "ward").mkdir(parents=True)
    for number in range(12):
        Image.fromarray(phantom(CLASSES[number % 3], size=64, seed=(number,))).save(root / "ward" / f"{number:02d}.png")
    (root / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    (root / "notes.txt").write_text("no picture")
    (root / ".hidden.png").write_bytes(b"")
    return root


def test_a_folder_is_one_batch_with_a_row_for_each_picture(
    platform: FakePlatform, client: DiagnosisClient, folder: Path, kept: Path
) -> None:
    rows = client.diagnose_folder(folder, client.service(platform.page))
    assert [row.path for row in rows] == ["broken.png", *(f"ward/{number:02d}.png" for number in range(12))]
    assert rows[0].code == "input.damaged"
    for row in rows[1:]:
        assert row.result is not None
        assert row.result.probabilities is not None
        np.testing.assert_allclose(
            list(row.result.probabilities.values()), expected(platform, folder / row.path), atol=1e-12
        )
    [batch] = platform.batches
    assert batch["count"] == 13
    assert batch["name"] == "xrays"
    assert {row.batch for row in platform.rows.values()} == {batch["id"]}
    assert not pending(kept)


def test_a_large_folder_becomes_several_batches(
    platform: FakePlatform, client: DiagnosisClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("primia_core.client.batch.MOST", 5)
    rows = client.diagnose_folder(folder, client.service(platform.page))
    assert [batch["count"] for batch in platform.batches] == [5, 5, 3]
    assert sum(row.result is not None for row in rows) == 12
    assert len({row.batch for row in platform.rows.values()}) == 3


def test_a_batch_keeps_a_bounded_number_on_their_way(platform: FakePlatform, folder: Path, kept: Path) -> None:
    platform.answering = False
    client = DiagnosisClient(platform.url, TOKEN, keep=kept)
    rows: list[Any] = []
    asked = threading.Thread(target=lambda: rows.extend(client.diagnose_folder(folder, client.service(platform.page))))
    asked.start()
    wait_until(lambda: len(platform.rows) == 8)
    assert len(pending(kept)) == 8
    platform.work_off()
    asked.join(20)
    assert sum(row.result is not None for row in rows) == 12
    client.close()


def test_an_interrupted_batch_asks_for_no_picture_twice(platform: FakePlatform, folder: Path, kept: Path) -> None:
    platform.answering = False
    with DiagnosisClient(platform.url, TOKEN, keep=kept, within_s=0.1) as client:
        rows = client.diagnose_folder(folder, client.service(platform.page))
    assert {row.code for row in rows if row.path != "broken.png"} == {"client.not_answered", "client.error"}
    platform.work_off()
    with DiagnosisClient(platform.url, TOKEN, keep=kept) as client:
        rows = client.diagnose_folder(folder, client.service(platform.page))
    assert sum(row.result is not None for row in rows) == 12
    assert len(platform.rows) == 12
    assert not pending(kept)


def test_a_used_up_budget_ends_the_sending_and_keeps_the_results(
    platform: FakePlatform, client: DiagnosisClient, folder: Path
) -> None:
    service, create, sent = client.service(platform.page), platform._create, []

    def three(body: Any) -> Any:
        sent.append(body["id"])
        if len(sent) > 3:
            raise Refusal(429, "diagnosis.budget_used_up", "100 requests a day; try again tomorrow.")
        return create(body)

    platform._create = three  # type: ignore[method-assign]
    rows = client.diagnose_folder(folder, service)
    assert sum(row.result is not None for row in rows) == 3
    assert [row.code for row in rows].count("diagnosis.budget_used_up") == 9
    assert len(sent) == 4, "whatever comes after the refusal would be refused too"


def test_an_empty_folder_is_told(platform: FakePlatform, client: DiagnosisClient, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoPictures, match="holds no JPEG"):
        client.diagnose_folder(tmp_path / "empty", client.service(platform.page))
    assert not platform.batches


async def test_the_asynchronous_client_sends_folders_too(platform: FakePlatform, folder: Path) -> None:
    async with AsyncDiagnosisClient(platform.url, TOKEN) as client:
        rows = await client.diagnose_folder(folder, await client.service(platform.page))
        assert await client.collect() == []
    assert sum(row.result is not None for row in rows) == 12
