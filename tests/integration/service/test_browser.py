"""A patient's way through the real portal: a real X-ray, real parties, and the answer of the network in the clear."""

import json
import tarfile
from pathlib import Path

import numpy as np
import pytest

from tests.integration.real_browser import browse
from tests.integration.service.offered import TOLERANCE, Offered
from tests.required import data_folder, missing

pytestmark = [pytest.mark.platform, pytest.mark.slow]

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
    answer = tmp_path / "answer.json"
    person = offered.person
    browse(
        "patient", offered.consortium.url, person.username, person.password, within_s=WITHIN_S,
        picture=x_ray, answer=answer,
    )  # fmt: skip
    read = json.loads(answer.read_text())
    plain = offered.plain(x_ray)
    np.testing.assert_allclose(list(read["probabilities"].values()), plain, atol=TOLERANCE)
    assert read["label"] == list(read["probabilities"])[int(np.argmax(plain))]
