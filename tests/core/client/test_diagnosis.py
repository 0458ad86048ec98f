"""Both clients against a platform over HTTP: one picture, its answer, and every refusal on the way."""

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ComputedRadiographyImageStorage, ExplicitVRLittleEndian

from primia_core.client.conversation import Progress
from primia_core.client.diagnosis import AsyncDiagnosisClient, DiagnosisClient
from primia_core.client.errors import ApiError, RequestFailed, Unreachable
from primia_core.diagnosis.errors import AnswerForged, AnswerToAnother, ColourPhoto, DamagedImage, NotAnImage, TooSmall
from primia_core.imaging.phantoms import phantom
from tests.core.client.asked import expected, pending
from tests.core.client.fake_platform import CLASSES, TOKEN, FakePlatform, Refusal


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
