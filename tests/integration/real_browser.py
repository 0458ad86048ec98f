"""One Playwright project of the front end against a running platform, in a real Chromium."""

import os
import subprocess

from tests.integration.harness import ROOT
from tests.required import missing

NODE = ROOT / ".node" / "bin"
PLAYWRIGHT = ROOT / "frontend" / "node_modules" / ".bin" / "playwright"
BUILT = ROOT / "frontend" / "dist" / "index.html"


def browse(project: str, url: str, username: str, password: str, *, within_s: float, **further: object) -> None:
    """Run the one test of a project, which must pass.

    Args:
        url: of the platform.
        further: what else the test is told, as environment variables that begin with PRIMIA_.
    """
    for part in (NODE / "node", PLAYWRIGHT, BUILT):
        if not part.exists():
            missing(f"{part.relative_to(ROOT)} (make setup)")
    told = {"url": url, "user": username, "password": password, **further}
    done = subprocess.run(
        [PLAYWRIGHT, "test", f"--project={project}"],
        cwd=ROOT / "frontend",
        env={
            **os.environ,
            "PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}",
            **{f"PRIMIA_{name.upper()}": str(value) for name, value in told.items()},
        },
        capture_output=True,
        text=True,
        timeout=within_s,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-2000:]}"
    assert "1 passed" in done.stdout
