"""Both clients against a platform over HTTP: results, resumption, batches, and what can go wrong on the way."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ComputedRadiographyImageStorage, ExplicitVRLittleEndian

from primia_core.client.conversation import Progress
from primia_core.client.diagnosis import AsyncDiagnosisClient, DiagnosisClient
from primia_core.client.errors import ApiError, NoPictures, NotAnswered, RequestFailed, Unreachable
from primia_core.diagnosis.answer import softmax
from primia_core.diagnosis.errors import AnswerForged, AnswerToAnother, ColourPhoto, DamagedImage, NotAnImage, TooSmall
from primia_core.diagnosis.input import integers
from primia_core.imaging.phantoms import phantom
from tests.core.client.fake_platform import CLASSES, TOKEN, FakePlatform, Refusal, logits_of, wait_until


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "chest.png"
    Image.fromarray(phantom("viral", size=96, seed=(1,))).save(path)
    return path


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "kept"


@pytest.fixture
def client(platform: FakePlatform, kept: Path) -> Iterator[DiagnosisClient]:
    with DiagnosisClient(platform.url, TOKEN, keep=kept, within_s=20) as made:
        yield made


def cut_dicom(path: Path) -> bytes:
    """Return a DICOM picture that lost its second half."""
    image = Dataset()
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.SOPClassUID, image.SOPInstanceUID = ComputedRadiographyImageStorage, "1.2.3"
    image.PhotometricInterpretation, image.SamplesPerPixel, image.PixelRepresentation = "MONOCHROME2", 1, 0
    image.Rows = image.Columns = 96
    image.BitsAllocated = image.BitsStored = 8
    image.HighBit, image.PixelData = 7, phantom("normal", size=96, seed=(2,)).tobytes()
    image.save_as(path, enforce_file_format=True)
    return path.read_bytes()[:-5000]


def pending(kept: Path) -> list[Path]:
    return list(kept.glob("*.pending.json"))


def expected(platform: FakePlatform, picture: Path) -> np.ndarray:
    """Return the probabilities that the fake network gives to a picture."""
    logits = logits_of(integers(picture, platform.descriptor)[0]) / platform.descriptor.output.scale
    return softmax(logits)


# ---- one picture ----------------------------------------------------------------------------------------------------


def test_the_requester_alone_gets_the_networks_answer(
    platform: FakePlatform, client: DiagnosisClient, picture: Path, kept: Path
) -> None:
    result = client.diagnose(picture, client.service(platform.page))
    assert result.probabilities is not None
    assert list(result.probabilities) == list(CLASSES)
    np.testing.assert_allclose(list(result.probabilities.values()), expected(platform, picture), atol=1e-12)
    assert result.label == CLASSES[int(expected(platform, picture).argmax())]
    assert not pending(kept)


async def test_the_asynchronous_client_gets_the_same(platform: FakePlatform, picture: Path) -> None:
    async with AsyncDiagnosisClient(platform.url, TOKEN) as client:
        service = await client.service(platform.service)
        results = await asyncio.gather(*(client.diagnose(picture, service) for _ in range(4)))
    for result in results:
        assert result.probabilities is not None
        np.testing.assert_allclose(list(result.probabilities.values()), expected(platform, picture), atol=1e-12)
    assert len({result.diagnosis for result in results}) == 4


def test_requests_of_one_client_for_one_picture_do_not_take_each_others_answers(
    platform: FakePlatform, picture: Path, kept: Path
) -> None:
    platform.answering = False

    async def ask() -> list[Any]:
        async with AsyncDiagnosisClient(platform.url, TOKEN, keep=kept) as client:
            service = await client.service(platform.service)
            asked = [asyncio.create_task(client.diagnose(picture, service)) for _ in range(3)]
            while len(platform.rows) < 3:
                await asyncio.sleep(0.01)
            platform.work_off()
            return await asyncio.gather(*asked)

    assert len({result.diagnosis for result in asyncio.run(ask())}) == 3
    assert not pending(kept)


def test_every_step_is_told_and_timed(platform: FakePlatform, picture: Path) -> None:
    news: list[Progress] = []
    with DiagnosisClient(platform.url, TOKEN, tell=news.append) as client:
        found = client.diagnose_in_detail(picture, client.service(platform.page))
    steps = [one.step for one in news]
    assert steps == [
        "verifying",
        "reading",
        "sending",
        "queued",
        "computing",
        "phase",
        "answered",
        "collecting",
        "opened",
    ]
    assert set(found.seconds) == {"seal", "send", "wait", "collect", "open"}
    assert all(seconds >= 0 for seconds in found.seconds.values())
    assert found.platform == {"p0": {"online_s": 0.1}, "p1": {"online_s": 0.1}}


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda path: path.write_bytes(b"not a picture"), NotAnImage),
        (lambda path: path.write_bytes(b""), DamagedImage),
        (lambda path: path.write_bytes(cut_dicom(path)), DamagedImage),
        (lambda path: Image.fromarray(np.tile(np.uint8([255, 0, 0]), (96, 96, 1))).save(path, "png"), ColourPhoto),
        (lambda path: Image.fromarray(phantom("normal", size=96, seed=(0,))[:20, :20]).save(path, "png"), TooSmall),
    ],
)
def test_a_file_that_is_no_x_ray_is_never_sent(
    platform: FakePlatform, client: DiagnosisClient, tmp_path: Path, kept: Path, make: Any, error: type[Exception]
) -> None:
    make(tmp_path / "file.png")
    with pytest.raises(error):
        client.diagnose(tmp_path / "file.png", client.service(platform.page))
    assert not platform.rows
    assert not pending(kept)


def test_nobody_at_the_address_is_told_at_once(picture: Path) -> None:
    with DiagnosisClient("http://127.0.0.1:9", TOKEN) as client, pytest.raises(Unreachable, match="no answer from"):
        client.service("3f9a2b1c-0000-4000-8000-000000000001")


def test_a_wrong_token_is_the_platforms_refusal(platform: FakePlatform) -> None:
    with DiagnosisClient(platform.url, "wrong") as client, pytest.raises(ApiError) as caught:
        client.service(platform.page)
    assert caught.value.code == "request.not_authenticated"


def test_something_else_at_the_address_is_no_platform(platform: FakePlatform) -> None:
    with DiagnosisClient(platform.pages[0].url, TOKEN) as client, pytest.raises(ApiError, match="PriMIA") as caught:
        client.service(platform.service)
    assert caught.value.code == "client.bad_answer"


@pytest.mark.parametrize(
    ("status", "code"), [(409, "service.closed"), (429, "diagnosis.budget_used_up"), (413, "diagnosis.share_too_large")]
)
def test_a_refused_request_is_not_kept(
    platform: FakePlatform, client: DiagnosisClient, picture: Path, kept: Path, status: int, code: str
) -> None:
    service = client.service(platform.page)
    platform.refuse("diagnoses", Refusal(status, code))
    with pytest.raises(ApiError) as caught:
        client.diagnose(picture, service)
    assert caught.value.code == code
    assert platform.count("POST", "diagnoses") == 1
    assert not pending(kept)


def test_a_throttled_request_is_sent_again_when_the_platform_says(
    platform: FakePlatform, client: DiagnosisClient, picture: Path
) -> None:
    platform.refuse("diagnoses", Refusal(429, "request.throttled", headers={"Retry-After": "0.01"}), times=2)
    assert client.diagnose(picture, client.service(platform.page)).label
    assert platform.count("POST", "diagnoses") == 3


def test_a_failed_request_says_why_and_is_not_kept(
    platform: FakePlatform, client: DiagnosisClient, picture: Path, kept: Path
) -> None:
    platform.fail_with = {
        "node": "p1", "phase": "computing", "code": "mpc.peer_lost", "message": "the party went away",
        "next_step": "Send it again.",
    }  # fmt: skip
    with pytest.raises(RequestFailed, match=r"the party went away\. Send it again \(computing at p1\)") as caught:
        client.diagnose(picture, client.service(platform.page))
    assert caught.value.code == "mpc.peer_lost"
    assert not pending(kept)


def test_an_answer_that_a_party_did_not_sign_is_refused(
    platform: FakePlatform, client: DiagnosisClient, picture: Path, kept: Path
) -> None:
    honest = platform.answers
    platform.answers = lambda row: [{**one, "party": 1 - one["party"]} for one in honest(row)]  # type: ignore[method-assign]
    with pytest.raises(AnswerForged):
        client.diagnose(picture, client.service(platform.page))
    assert not pending(kept)


def test_another_requests_answer_is_refused(platform: FakePlatform, client: DiagnosisClient, picture: Path) -> None:
    service, honest, first = client.service(platform.page), platform.answers, []

    def replayed(row: Any) -> Any:
        first.append(honest(row))
        return first[0]

    platform.answers = replayed  # type: ignore[method-assign]
    client.diagnose(picture, service)
    with pytest.raises(AnswerToAnother):
        client.diagnose(picture, service)


def test_without_stock_it_waits_and_says_so(platform: FakePlatform, picture: Path) -> None:
    platform.answering, platform.stock = False, {"p0": 0, "p1": 0, "low": 2, "full": 4}
    news: list[Progress] = []

    def tell(one: Progress) -> None:
        news.append(one)
        if one.step == "outlook":
            platform.work_off()

    with DiagnosisClient(platform.url, TOKEN, tell=tell) as client:
        assert client.diagnose(picture, client.service(platform.page)).label
    [waiting] = [one for one in news if one.step == "outlook"]
    assert waiting.about["stock"]["p0"] == 0
    assert waiting.about["position"] == 1


# ---- a process that dies --------------------------------------------------------------------------------------------


def test_an_answer_that_came_too_late_is_collected_by_the_same_call_again(
    platform: FakePlatform, picture: Path, kept: Path
) -> None:
    platform.answering = False
    with DiagnosisClient(platform.url, TOKEN, keep=kept, within_s=0.1) as client:
        service = client.service(platform.page)
        with pytest.raises(NotAnswered):
            client.diagnose(picture, service)
        assert len(pending(kept)) == 1
        platform.work_off()
        assert client.diagnose(picture, service).label
    assert len(platform.rows) == 1
    assert platform.count("POST", "diagnoses") == 1
    assert not pending(kept)


def test_what_a_dead_process_left_is_collected_by_another(platform: FakePlatform, picture: Path, kept: Path) -> None:
    platform.answering = False
    with DiagnosisClient(platform.url, TOKEN, keep=kept, within_s=0.1) as client, pytest.raises(NotAnswered):
        client.diagnose(picture, client.service(platform.page))
    platform.work_off()
    with DiagnosisClient(platform.url, TOKEN, keep=kept) as client:
        [row] = client.collect()
    assert row.result is not None
    assert row.result.probabilities is not None
    np.testing.assert_allclose(list(row.result.probabilities.values()), expected(platform, picture), atol=1e-12)
    assert not pending(kept)


def test_a_request_whose_sending_was_cut_off_is_one_request(
    platform: FakePlatform, client: DiagnosisClient, picture: Path
) -> None:
    platform.hang_up_on("diagnoses")
    assert client.diagnose(picture, client.service(platform.page)).label
    assert platform.count("POST", "diagnoses") == 2
    assert len(platform.rows) == 1


def never_arrived(platform: FakePlatform, picture: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a request that was kept and could not be sent."""
    with DiagnosisClient(platform.url, TOKEN, keep=kept) as client, monkeypatch.context() as patch:
        service = client.service(platform.page)
        patch.setattr("primia_core.client.patience.TRIES", 1)
        platform.web.drop = True
        with pytest.raises(Unreachable):
            client.diagnose(picture, service)
        platform.web.drop = False
    assert len(pending(kept)) == 1
    assert not platform.rows


def test_a_request_that_never_arrived_is_sent_by_the_next_call(
    platform: FakePlatform, picture: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    never_arrived(platform, picture, kept, monkeypatch)
    [file] = pending(kept)
    with DiagnosisClient(platform.url, TOKEN, keep=kept) as client:
        assert client.diagnose(picture, client.service(platform.page)).label
    assert [f"{name}.pending.json" for name in platform.rows] == [file.name]
    assert not pending(kept)


def test_a_kept_request_that_the_platform_no_longer_takes_is_made_anew(
    platform: FakePlatform, picture: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    never_arrived(platform, picture, kept, monkeypatch)
    [file] = pending(kept)
    with DiagnosisClient(platform.url, TOKEN, keep=kept) as client:
        service = client.service(platform.page)
        platform.refuse("diagnoses", Refusal(409, "diagnosis.wrong_descriptor"))
        assert client.diagnose(picture, service).label
    assert [f"{name}.pending.json" for name in platform.rows] != [file.name]
    assert not pending(kept)


def test_collected_answers_survive_until_they_are_opened(
    platform: FakePlatform, picture: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(_: object) -> None:
        raise KeyboardInterrupt

    with DiagnosisClient(platform.url, TOKEN, keep=kept) as client:
        service = client.service(platform.page)
        with monkeypatch.context() as patch:
            patch.setattr("primia_core.client.flight.opened", dies)
            with pytest.raises(KeyboardInterrupt):
                client.diagnose(picture, service)
        assert [row.state for row in platform.rows.values()] == ["answered"]
        assert client.diagnose(picture, service).label
    assert [row.state for row in platform.rows.values()] == ["collected"]
    assert platform.count("POST", "diagnoses") == 1
    assert not pending(kept)


def test_an_answer_that_is_lost_on_the_way_comes_again(
    platform: FakePlatform, client: DiagnosisClient, picture: Path
) -> None:
    platform.hang_up_on("collect")
    assert client.diagnose(picture, client.service(platform.page)).label
    [row] = platform.rows.values()
    assert platform.count("POST", f"diagnoses/{row.id}/collect") == 2
    assert (row.state, row.answers) == ("collected", None)


def test_a_process_that_dies_before_the_answer_is_kept_loses_nothing(
    platform: FakePlatform, picture: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with DiagnosisClient(platform.url, TOKEN, keep=kept) as client, monkeypatch.context() as patch:
        service = client.service(platform.page)
        patch.setattr("primia_core.client.pending.Pending.collected", dies)
        with pytest.raises(KeyboardInterrupt):
            client.diagnose(picture, service)
    [row] = platform.rows.values()
    assert row.receipt is not None
    with DiagnosisClient(platform.url, TOKEN, keep=kept) as client:
        [found] = client.collect()
    assert found.result is not None
    assert (row.state, row.answers) == ("collected", None)


def test_an_answer_that_somebody_else_has_collected_is_named_lost(
    platform: FakePlatform, client: DiagnosisClient, picture: Path, kept: Path
) -> None:
    platform.answering = False
    waiting = threading.Thread(target=lambda: (wait_until(lambda: bool(platform.rows)), take_first(platform)))
    waiting.start()
    with pytest.raises(ApiError) as caught:
        client.diagnose(picture, client.service(platform.page))
    waiting.join()
    assert caught.value.code == "diagnosis.collected"
    assert not pending(kept)


def take_first(platform: FakePlatform) -> None:
    """Answer, and be quicker than the requester with a receipt of one's own."""
    with platform.lock:
        [row] = platform.rows.values()
        row.receipt = "c29tZWJvZHkgZWxzZQ=="
        platform.work_off()


def test_a_result_is_handed_over_though_its_acknowledgement_fails(
    platform: FakePlatform, picture: Path, kept: Path
) -> None:
    heard: list[Progress] = []
    platform.refuse("acknowledge", Refusal(503, "request.failed"))
    with DiagnosisClient(platform.url, TOKEN, keep=kept, tell=heard.append) as client:
        assert client.diagnose(picture, client.service(platform.page)).label
    assert [news.about["code"] for news in heard if news.step == "unacknowledged"] == ["request.failed"]
    assert not pending(kept)


def test_an_earlier_request_that_failed_is_sent_anew(platform: FakePlatform, picture: Path, kept: Path) -> None:
    platform.answering = False
    with DiagnosisClient(platform.url, TOKEN, keep=kept, within_s=0.1) as client:
        service = client.service(platform.page)
        with pytest.raises(NotAnswered):
            client.diagnose(picture, service)
    platform.fail_with = {"code": "diagnosis.expired", "message": "nobody answered"}
    platform.work_off()
    platform.fail_with = None
    with DiagnosisClient(platform.url, TOKEN, keep=kept) as client:
        assert client.diagnose(picture, service).label
    assert sorted(row.state for row in platform.rows.values()) == ["collected", "failed"]


# ---- folders --------------------------------------------------------------------------------------------------------


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
