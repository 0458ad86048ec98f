"""A request outlives its process: what was sent, collected or lost is taken up by the next call."""

import threading
from pathlib import Path

import numpy as np
import pytest

from primia_core.client.conversation import Progress
from primia_core.client.diagnosis import DiagnosisClient
from primia_core.client.errors import ApiError, NotAnswered, Unreachable
from tests.core.client.asked import expected, pending
from tests.core.client.fake_platform import TOKEN, FakePlatform, Refusal, wait_until


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
