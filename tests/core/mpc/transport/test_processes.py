"""Parties in processes of their own, over TLS: they agree, and one that is killed or stalls ends all the others."""

import json
import subprocess
import sys

import pytest

from tests.core.mpc.transport.places import door, pinned

BOUND_S = 60


def start(folder, tasks, **shared):
    """Start one process a party."""
    parties = len(tasks)
    pinned(folder, parties)
    doors = [door() for _ in tasks]
    ports = [each.getsockname()[1] for each in doors]
    common = {"folder": str(folder), "parties": parties, "ports": ports, "session": "s", "timeout_s": 30, **shared}
    processes = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.core.mpc.transport.party",
                json.dumps({**common, "me": me, "door": doors[me].fileno(), **task}),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=[doors[me].fileno()],
        )
        for me, task in enumerate(tasks)
    ]
    for each in doors:
        each.close()
    return processes


def ends(processes):
    """Return what each process printed, None for one that was killed."""
    said = []
    try:
        for process in processes:
            out, _ = process.communicate(timeout=BOUND_S)
            said.append(json.loads(out) if out else None)
    finally:
        for process in processes:
            process.kill()
            process.wait()
    return said


@pytest.mark.parametrize("parties", [2, 3])
def test_processes_agree(tmp_path, parties):
    said = ends(start(tmp_path, [{}] * parties, rounds=20, size=300_000))
    everybody = sum(range(1, parties + 1))
    assert [end["result"] for end in said] == [20 * (everybody - me - 1) for me in range(parties)]
    assert {end["rounds"] for end in said} == {20}
    assert {end["bytes_sent"] for end in said} == {20 * 300_000 * (parties - 1)}


@pytest.mark.parametrize(("parties", "who"), [(2, 0), (2, 1), (3, 1)])
@pytest.mark.parametrize("size", [8, 3_000_000])
def test_a_killed_party_ends_all_others(tmp_path, parties, who, size):
    tasks = [{"kill_at": 3} if me == who else {} for me in range(parties)]
    said = ends(start(tmp_path, tasks, rounds=6, size=size))
    assert said[who] is None
    for me, end in enumerate(said):
        if me != who:
            assert end["error"] in ("mpc.peer_lost", "mpc.peer_failed")
            assert "3:swap" in end["text"]
    assert "mpc.peer_lost" in [end["error"] for end in said if end]


@pytest.mark.parametrize("who", [0, 1])
def test_a_stalled_party_ends_the_other_and_learns_why_when_it_wakes(tmp_path, who):
    processes = start(tmp_path, [{"stall_at": 2} if me == who else {} for me in (0, 1)], rounds=5, size=8, timeout_s=1)
    awake = ends([processes[1 - who]])[0]
    assert awake["error"] == "mpc.peer_stalled"
    assert f"at 2:swap, after 1 s: of party {who} 0 of 8 bytes" in awake["text"]
    assert ends([processes[who]])[0]["error"] in ("mpc.peer_failed", "mpc.peer_lost")


def test_processes_of_two_sessions_part_at_the_first_message(tmp_path):
    said = ends(start(tmp_path, [{"session": "one"}, {"session": "two"}], rounds=3, size=8))
    assert [end["error"] for end in said] == ["mpc.session", "mpc.session"]


def test_processes_of_two_programs_part(tmp_path):
    said = ends(start(tmp_path, [{"size": 8}, {"size": 3_000_000}], rounds=3))
    assert [end["error"] for end in said] == ["mpc.peer_garbage", "mpc.peer_garbage"]
