"""A patient's way through the real portal: a real X-ray, real parties, and the answer of the network in the clear."""

import json
import os
import subprocess
import tarfile
from pathlib import Path

import numpy as np
import pytest

from tests.integration.harness import ROOT
from tests.integration.service.offered import TOLERANCE, Offered
from tests.required import data_folder, missing

pytestmark = [pytest.mark.platform, pytest.mark.slow]

NODE = ROOT / ".node" / "bin"
PLAYWRIGHT = ROOT / "frontend" / "node_modules" / ".bin" / "playwright"
BUILT = ROOT / "frontend" / "dist" / "index.html"
ARCHIVE = "kermany224.tar"
WITHIN_S = 400


@pytest.fixture
def x_ray(tmp_path: Path) -> Path:
    """Return one real chest X-ray as its hospital exported it."""
    archive = data_folder() / ARCHIVE
    if not archive.is_file():
        missing(f"no {ARCHIVE} in the data folder")
    with tarfile.open(archive) as tar:
        member = next(one for one in tar if one.name.endswith(".jpeg"))
        content = tar.extractfile(member)
        assert content is not None
        path = tmp_path / Path(member.name).name
        path.write_bytes(content.read())
    return path


@pytest.mark.timeout(WITHIN_S + 300)
def test_a_patient_reads_the_plain_networks_answer_and_nobody_else_can(
    offered: Offered,
    x_ray: Path,
    tmp_path: Path,
) -> None:
    for part in (NODE / "node", PLAYWRIGHT, BUILT):
        if not part.exists():
            missing(f"{part.relative_to(ROOT)} (make setup)")
    answer = tmp_path / "answer.json"
    done = subprocess.run(
        [PLAYWRIGHT, "test", "--project=patient"],
        cwd=ROOT / "frontend",
        env={
            **os.environ,
            "PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}",
            "PRIMIA_URL": offered.consortium.url,
            "PRIMIA_USER": offered.person.username,
            "PRIMIA_PASSWORD": offered.person.password,
            "PRIMIA_PICTURE": str(x_ray),
            "PRIMIA_ANSWER": str(answer),
        },
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-2000:]}"
    assert "1 passed" in done.stdout
    read = json.loads(answer.read_text())
    plain = offered.plain(x_ray)
    np.testing.assert_allclose(list(read["probabilities"].values()), plain, atol=TOLERANCE)
    assert read["label"] == list(read["probabilities"])[int(np.argmax(plain))]
