"""What a model is worth and what it gives away, found by real processes: the sums say what all images together say."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from primia_core.evaluation.document import EvaluationDocument
from primia_core.evaluation.documenting import document_of
from primia_core.evaluation.scores import Scored
from primia_core.evaluation.sums import ScoreSums, SumShape
from primia_core.imaging import CohortPixels, Normalisation
from primia_core.models.weights import load
from primia_core.training import predict
from tests.integration.consortium import THREE, Consortium
from tests.integration.harness import RunningPlatform
from workers.site.audit_pages import AuditPages
from workers.site.cohort import SiteCohort
from workers.site.folder import SiteFolder

pytestmark = [pytest.mark.platform, pytest.mark.slow]

QUICK = {"score_bins": 64, "replicates": 100}
TINY = {
    "views": ["gradient"], "batch_sizes": [2], "victims": 1, "positive_victims": 1, "iterations": 10, "gallery": 100,
}  # fmt: skip
ENOUGH_FOR_A_GALLERY = 2400
DRAWN = "SELECT 1 FROM evidence_demonstration WHERE audit_id = %s AND state <> 'waiting'"


@pytest.fixture(scope="module")
def module_consortium(
    module_platform: RunningPlatform, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Consortium]:
    """One consortium with many patients for all tests of the module."""
    folder = tmp_path_factory.mktemp("consortium")
    with closing(Consortium(module_platform, folder, patients=ENOUGH_FOR_A_GALLERY)) as consortium:
        yield consortium


@pytest.fixture
def consortium(module_consortium: Consortium, platform: RunningPlatform) -> Consortium:
    """The module's consortium on a running platform, with three hospitals."""
    module_consortium.enrol(THREE)
    return module_consortium


@pytest.fixture(scope="module")
def models() -> dict[str, str]:
    """What the module has trained, once."""
    return {}


@pytest.fixture
def model(consortium: Consortium, models: dict[str, str]) -> str:
    """The id of a model version that these hospitals have trained."""
    if not models:
        job = consortium.job(strategy={"rounds": 1}, training={"steps": 20})
        assert job.wait_for_end() == ("succeeded", None)
        [version] = list(consortium.client.all("models"))
        models["id"] = version["id"]
    return models["id"]


def pooled(consortium: Consortium, model: str, folder: Path, told: EvaluationDocument) -> EvaluationDocument:
    """Evaluate on this machine, with the images of all hospitals, what the job evaluated at each of them."""
    loaded = load(consortium.client.download(f"models/{model}/weights", folder / "weights.safetensors"))
    scale = loaded.manifest.normalisation
    answers, truth, patients = [], [], []
    for slug in THREE:
        site = SiteFolder(consortium.sites / slug)
        cohort = SiteCohort.open(site, site.settings().data)
        data = CohortPixels(cohort.cohort, cohort.pixels(loaded.manifest.image_size))
        images = data.split("test")
        found = predict(loaded.network(), images, Normalisation(mean=scale.mean, std=scale.std))
        answers.append(found.probabilities)
        truth.append(np.array(images.labels))
        patients += [f"{slug}/{name}" for name in data.patients("test")]
    shape = SumShape(classes=3, bins=QUICK["score_bins"], replicates=0)
    sums = ScoreSums.of(shape, Scored.of(np.concatenate(truth), np.concatenate(answers)), patients=patients)
    return document_of(
        sums.tally(), classes=told.classes, split="test", model=told.model, cohort=told.cohort, made=told.made,
        mean_loss=sums.tally().log_loss,
    )  # fmt: skip


def test_an_evaluation_over_hospitals_says_what_their_pooled_images_say(
    consortium: Consortium, model: str, tmp_path: Path
):
    job = consortium.examination(model, "evaluate", QUICK)
    assert job.wait_for_end() == ("succeeded", None)
    row = consortium.client.evaluation(consortium.client.job(job.id)["evaluation"])
    document = EvaluationDocument.model_validate(row["document"])
    here = pooled(consortium, model, tmp_path, document)
    assert (document.n, document.patients, document.confusion) == (here.n, here.patients, here.confusion)
    for name in ("accuracy", "mcc", "balanced_accuracy", "kappa_quadratic"):
        assert getattr(document, name) == getattr(here, name)
    for name in ("auc_ovr_macro", "auc_ovo_weighted", "brier", "log_loss", "expected_calibration_error"):
        assert getattr(document, name) == pytest.approx(getattr(here, name), abs=2e-3), "batches round differently"
    assert document.accuracy_by_patient is not None
    assert document.sites == ()
    [(result,)] = job.rows("SELECT result::text FROM jobs_round WHERE job_id = %s")
    assert json.loads(result)["scores"]["confusion"] == [list(row) for row in document.confusion]
    assert not [slug for slug in THREE if f'"site": "{slug}"' in result]


def test_a_hospital_refuses_to_have_its_own_figures_published(consortium: Consortium, model: str):
    job = consortium.examination(model, "evaluate", {**QUICK, "per_site": True})
    state, failure = job.wait_for_end()
    assert state == "failed"
    assert "release_own_figures" in failure["reason"]


def test_an_audit_leaves_pictures_at_the_hospitals_and_shows_drawings(consortium: Consortium, model: str):
    job = consortium.examination(model, "audit", TINY)
    assert job.wait_for_end() == ("succeeded", None)
    audit = consortium.client.job(job.id)["attack_audit"]
    consortium.wait_for_row(DRAWN, audit, within_s=180)
    told = consortium.client.attack_audit(audit)
    assert told["document"]["pictures"] == []
    assert told["document"]["positive"]["rows"][0]["n"] == len(THREE)
    assert (told["demonstration_state"], told["demonstration_reason"]) == ("done", "")
    assert told["demonstration"]["images"]["kind"] == "phantom"
    assert told["demonstration"]["pictures"]
    for slug in THREE:
        (page,) = AuditPages(SiteFolder(consortium.sites / slug).audits).all()
        assert page.job == job.id
        assert "data:image/png" in page.page.read_text()
    for table, column in (("jobs_round", "result"), ("jobs_job", "run_state"), ("evidence_attackaudit", "document")):
        assert not consortium.rows(f"SELECT 1 FROM {table} WHERE {column}::text LIKE '%%data:image%%'")  # noqa: S608
