"""A coordinator's whole way in a real browser, on the real platform with three hospitals that train."""

import os
import subprocess

import pytest

from tests.integration.consortium import Consortium
from tests.integration.harness import ROOT
from tests.required import missing

NODE = ROOT / ".node" / "bin"
PLAYWRIGHT = ROOT / "frontend" / "node_modules" / ".bin" / "playwright"
BUILT = ROOT / "frontend" / "dist" / "index.html"
WITHIN_S = 900


@pytest.mark.platform
@pytest.mark.slow
@pytest.mark.timeout(WITHIN_S + 60)
def test_a_coordinator_starts_a_job_and_watches_it_live(consortium: Consortium) -> None:
    for part in (NODE / "node", PLAYWRIGHT, BUILT):
        if not part.exists():
            missing(f"{part.relative_to(ROOT)} (make setup)")
    access = consortium.access
    done = subprocess.run(
        [PLAYWRIGHT, "test", "--project=platform"],
        cwd=ROOT / "frontend",
        env={
            **os.environ,
            "PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}",
            "PRIMIA_URL": consortium.url,
            "PRIMIA_USER": access.username,
            "PRIMIA_PASSWORD": access.password,
        },
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-2000:]}"
    assert "1 passed" in done.stdout
