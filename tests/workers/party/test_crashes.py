"""What parties remember: over redeliveries, kills, restarts and restored folders."""

import json
import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path
from time import monotonic

import numpy as np

from workers.link.settings_file import write_private

ROOT = Path(__file__).resolve().parents[3]


def test_redelivered_task_resends_the_stored_answer_and_uses_nothing(trio):
    trio.publish(sets=2)
    asked = trio.ask()
    first = [task.answer for task in trio.compute(asked)]
    levels = trio.levels()
    for task in asked.tasks:
        assert trio.begin(task).result(20) == "answered"  # a second, different answer would be refused by the hub
    assert [task.answer for task in asked.tasks] == first
    assert trio.levels() == levels


def test_answered_request_in_another_task_gets_the_very_same_bytes(trio):
    trio.publish(sets=2)
    asked = trio.ask()
    first = [task.result["answer"] for task in trio.compute(asked)]
    levels = trio.levels()
    again = [task.result["answer"] for task in trio.compute(asked)]
    assert again == first
    assert trio.levels() == levels
    assert trio.opened(asked).label == asked.plain.argmax()


def test_killed_party_ends_the_others_run_burns_the_set_and_a_retry_takes_another(trio):
    trio.publish(sets=3)
    asked, kind = trio.ask(), trio.party(0).services.get(uuid.UUID(trio.service)).facts.kind
    trio.stop("p1")
    left, killed = trio.halves(asked)
    command = [sys.executable, "-m", "tests.workers.party.dying", str(trio.folders["p1"].path), _described(killed)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        began = monotonic()
        assert trio.begin(left).result(30) == "answered"
        assert process.wait(30) == -9
    assert left.error["code"] in ("mpc.peer_lost", "mpc.peer_failed")
    assert left.error["phase"] == "computing"
    assert monotonic() - began < 25
    assert killed.answer is None
    trio.start("p1")
    assert [trio.party(number).shelf.level(kind) for number in (0, 1)] == [2, 2]
    tasks = trio.compute(asked)
    assert [task.result["stock"] for task in tasks] == [1, 1]
    assert np.abs(np.array(trio.opened(asked).logits) - asked.plain).max() < 0.01


def test_restarted_parties_serve_without_opening_the_model_again(trio):
    trio.publish(sets=2)
    opened = [_opened_file(trio, number) for number in (0, 1)]
    before = [(path.stat().st_ino, path.read_bytes()) for path in opened]
    for role in ("p0", "p1"):
        trio.stop(role)
        trio.start(role)
    asked = trio.ask()
    trio.compute(asked)
    assert trio.opened(asked).label == asked.plain.argmax()
    assert [(path.stat().st_ino, path.read_bytes()) for path in opened] == before
    assert before[0][1] == before[1][1]


def test_restored_folder_is_refused_and_its_stock_void(trio, tmp_path):
    trio.publish(sets=4)
    trio.stop("p1")
    shutil.copytree(trio.folders["p1"].path, tmp_path / "copy")
    trio.start("p1")
    trio.compute(trio.ask())
    trio.stop("p1")
    shutil.rmtree(trio.folders["p1"].path)
    shutil.copytree(tmp_path / "copy", trio.folders["p1"].path)
    trio.start("p1")
    began = monotonic()
    for _ in range(2):
        left, restored = trio.compute(trio.ask(1))
        assert restored.error["code"] == "mpc.stock_void"
        assert left.error["code"] in ("mpc.peer_failed", "mpc.peer_lost")
    assert monotonic() - began < 15
    assert not list((trio.folders["p1"].stock / "ready").iterdir())


def test_restored_stock_alone_is_refused(trio, tmp_path):
    trio.publish(sets=3)
    trio.stop("p0")
    stock = trio.folders["p0"].stock
    shutil.copytree(stock, tmp_path / "copy")
    trio.start("p0")
    trio.compute(trio.ask())
    trio.stop("p0")
    shutil.rmtree(stock)
    shutil.copytree(tmp_path / "copy", stock)
    trio.start("p0")
    restored, _ = trio.compute(trio.ask(1))
    assert restored.error["code"] == "mpc.stock_void"


def test_request_without_stock_waits_for_it_and_is_answered_after_a_delivery(trio):
    trio.publish(sets=0)
    asked = trio.ask()
    assert [task.error["code"] for task in trio.compute(asked)] == ["diagnosis.no_stock"] * 2
    assert trio.stock(1) == [1, 1]
    trio.compute(asked)  # the sealed halves are gone from the hub: both parties have kept theirs
    assert trio.opened(asked).label == asked.plain.argmax()


def test_closed_service_leaves_nothing_but_the_ledger(trio):
    trio.publish(sets=2)
    trio.compute(trio.ask())
    for task in trio.both("service.close", service=trio.service):
        assert task.result == {"closed": True}
    for number in (0, 1):
        folder = trio.folders[f"p{number}"]
        assert not folder.service(trio.service).exists()
        assert not list((folder.stock / "ready").iterdir())
    assert {task.error["code"] for task in trio.compute(trio.ask())} == {"service.unknown"}


def test_opening_again_after_one_party_lost_its_answer_gives_the_same_model(trio):
    trio.publish(sets=1)
    blobs = [trio.leave(f"p{number}", b"nobody reads this") for number in (0, 1)]
    for task in trio.both("service.open", **trio.opening(blobs)):
        assert task.result == {"model": "opened"}
    _opened_file(trio, 1).unlink()
    sealed = [trio.leave(f"p{number}", trio.resealed(number)) for number in (0, 1)]
    for task in trio.both("service.open", **trio.opening(sealed)):
        assert task.result == {"model": "opened"}
    assert _opened_file(trio, 0).read_bytes() == _opened_file(trio, 1).read_bytes()


def test_share_of_a_request_that_nobody_ended_goes_after_a_day(trio):
    trio.publish(sets=2)
    kept = trio.party(0).services.get(uuid.UUID(trio.service)).kept
    old, new = kept.inbox(uuid.uuid4()), kept.inbox(uuid.uuid4())
    for path in (old, new):
        write_private(path, b"sealed")
    os.utime(old, (1, 1))
    trio.compute(trio.ask())
    trio.stop("p0")  # what is done after an answer is done by then
    assert (old.exists(), new.exists()) == (False, True)


def _opened_file(trio, number):
    return trio.folders[f"p{number}"].service(trio.service) / "opened"


def _described(task):
    return json.dumps({"id": task.id, "kind": task.kind, "payload": task.payload})
