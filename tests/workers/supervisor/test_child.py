"""The exec wrapper: it waits with a bound, gives the program its own environment, and ties its life to the parent's."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.harness import wait_for
from workers.supervisor import child
from workers.supervisor.program import CHILD, Program
from workers.supervisor.state_folder import is_alive

WRAPPED = [sys.executable, "-I", str(CHILD)]
AS_NOBODY = """
import os, sys
sys.path.insert(0, sys.argv[1])
import child
from pathlib import Path
child._enter_namespace_of_one = lambda: False
child.stop_being_root(Path(sys.argv[2]))
print(os.getuid(), os.getgid())
"""


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*WRAPPED, *arguments], capture_output=True, text=True, check=False, timeout=60)


def test_program_gets_the_environment_of_the_file_and_no_other(tmp_path: Path):
    file = tmp_path / "env.json"
    file.write_text(json.dumps({"PATH": os.environ["PATH"], "ONLY": "this"}))
    done = _run("--env-file", str(file), "--", "env")
    assert set(done.stdout.split()) == {f"PATH={os.environ['PATH']}", "ONLY=this"}


def test_wait_gives_up_by_name_when_the_bound_is_over(tmp_path: Path):
    done = _run("--wait", f"file:{tmp_path}/never", "--within", "0.2", "--", "echo", "started")
    assert (done.returncode, done.stdout) == (child.EX_UNAVAILABLE, "")
    assert f"file:{tmp_path}/never was not there within 0 s" in done.stderr


def test_wait_ends_when_the_file_comes(tmp_path: Path):
    marker = tmp_path / "marker"
    command = [*WRAPPED, "--wait", f"file:{marker}", "--within", "60", "--", "echo", "started"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as waiting:
        assert waiting.poll() is None
        marker.touch()
        assert waiting.communicate(timeout=30)[0] == "started\n"


def test_wrong_parent_is_not_served():
    assert _run("--parent", "1", "--", "echo", "started").returncode == child.EX_UNAVAILABLE


@pytest.mark.parametrize("wait", [(), ("--wait", "file:/nowhere/at/all")], ids=["program", "still waiting"])
def test_child_dies_with_a_killed_parent(wait: tuple[str, ...]):
    script = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen({[*WRAPPED, *wait]!r} + ['--', 'sleep', '600'])\n"
        "print(child.pid, flush=True)\n"
        "child.wait()\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        # Before its exec the wrapper may not have asked the kernel yet; it asks before it waits or becomes the program.
        wait_for(lambda: _has_asked(pid, bool(wait)), within_s=30, what=lambda: "the wrapper is under way")
        parent.send_signal(signal.SIGKILL)
    wait_for(lambda: not is_alive(pid), within_s=30, what=lambda: f"{pid} died")


def _has_asked(pid: int, waits: bool) -> bool:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return words[0] == b"sleep" or (waits and "nanosleep" in Path(f"/proc/{pid}/wchan").read_text())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to stop being root")
def test_root_becomes_somebody_else_whose_files_stay_usable(tmp_path: Path):
    done = _run("--not-root", str(tmp_path), "--", "sh", "-c", f"id -u && touch {tmp_path}/made")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() != "0"
    assert (tmp_path / "made").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to stop being root")
def test_without_namespaces_root_becomes_nobody_or_says_what_to_do(tmp_path_factory: pytest.TempPathFactory):
    open_to_all = Path("/tmp") / f"primia-nobody-{os.getpid()}"  # noqa: S108  pytest's own folder is closed to others
    open_to_all.mkdir()
    closed = tmp_path_factory.mktemp("closed")
    try:
        for folder, code, said in ((open_to_all, 0, "65534 65534"), (closed, child.EX_NOPERM, "DATABASE_URL")):
            command = [sys.executable, "-c", AS_NOBODY, str(CHILD.parent), str(folder)]
            done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
            assert done.returncode == code, done.stderr
            assert said in done.stdout + done.stderr
    finally:
        open_to_all.rmdir()


def test_program_shows_no_variable_when_printed():
    assert "hush" not in repr(Program("web", ("web",), variables={"SECRET": "hush"}))
