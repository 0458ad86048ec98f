"""Reports of model versions: who may read them, in which forms, and what is in them."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache

from backend.apps.artifacts import store
from backend.apps.artifacts.services import artifact_publish
from backend.apps.evidence.models import AttackAudit, Demonstration, Evaluation
from backend.apps.evidence.reports.assembly import dossier_of
from backend.apps.evidence.reports.drawing import ReportFailed, draw
from backend.apps.federations.models import Role
from backend.apps.privacy.models import StudySpending
from backend.apps.registry.services import model_register
from primia_core.reporting.dossier import Dossier
from tests.backend.world import NOW, consortium, draft_job, hospital, member, person
from tests.core.reporting.whole import audit, evaluation

CLASSES = ["normal", "bacterial", "viral"]
TEST = {"round": 7, "n": 90, "accuracy": 0.8, "mcc": 0.7, "low": 0.6, "high": 0.8, "mean_loss": 0.5,
        "confusion": [[40, 5, 0], [3, 32, 0], [2, 2, 6]]}  # fmt: skip
PRIVATE = {"epsilon_pld": 2.1, "epsilon_rdp": 2.4, "delta": 1e-5, "rounds": 8, "steps": 8, "mode": "distributed",
           "unit": "patient", "noise_multiplier": 1.1, "sample_rate": 0.02, "clip": 1.0}  # fmt: skip


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.PRIMIA_STORAGE = tmp_path
    cache.clear()
    yield
    cache.clear()


def version(federation, *, epsilon=None, name="lungs"):
    """Return a model version as a job registers it."""
    artifact = artifact_publish(blob=store.put_chunks([b"weights"]), kind="weights", now=NOW)
    return model_register(
        federation_id=federation.pk,
        job_id=draft_job(federation, title=name).pk,
        name=name,
        artifact=artifact,
        card={
            "title": name, "task": "chest", "classes": CLASSES,
            "model": {"name": "small_cnn", "normalisation": "batch"},
            "image_size": 64, "normalisation": {"mean": 0.5, "std": 0.2}, "strategy": "fedavg", "best_round": 7,
            "ended": "all_rounds", "intended_use": "research; not a medical device",
        },
        lineage={
            "job": "x", "plan_hash": "a" * 64, "initial_model": "b" * 64, "model_hash": evaluation().model.hash,
            "sites": ["east", "north"], "signatures": {"east": "c2ln", "north": ""}, "secure": True, "epsilon": epsilon,
            "rounds": [{"number": 1, "kind": "update", "round": 1, "survivors": ["east", "north"]}],
        },
        evaluation={"validation": None, "test": TEST},
        now=NOW,
    )  # fmt: skip


def examined(model):
    """Give a version an evaluation and an audit with its demonstration."""
    found = audit(model=evaluation().model.hash)
    figures = {**found.model_dump(mode="json"), "pictures": []}
    Evaluation.objects.create(
        federation=model.federation, model_version=model, job=draft_job(model.federation), split="test", n=356,
        per_site=False, document=evaluation().model_dump(mode="json"), created_at=NOW + timedelta(days=1),
    )  # fmt: skip
    row = AttackAudit.objects.create(
        federation=model.federation, model_version=model, job=draft_job(model.federation), verdict=found.verdict,
        document=figures, created_at=NOW + timedelta(days=2),
    )  # fmt: skip
    drawn = found.model_dump(mode="json") | {"images": {"kind": "phantom", "image_size": 32, "split": "train"}}
    Demonstration.objects.create(audit=row, state="done", asked_at=NOW, finished_at=NOW, document=drawn)


def address(model, form=None):
    return f"/api/v1/model-versions/{model.pk}/report" + (f"?format={form}" if form else "")


@pytest.mark.django_db
def test_report_is_made_of_the_rows(as_user):
    model = version(consortium(), epsilon=PRIVATE)
    examined(model)
    site, _ = hospital(model.federation)
    StudySpending.objects.create(
        site=site, job=model.job, study="chest", rounds=8, steps=8, epsilon=2.1, cumulative=3.4, delta=1e-5, budget=6.0,
        reported_at=NOW,
    )  # fmt: skip
    dossier = Dossier.model_validate(dossier_of(model))
    assert [(one.site, one.cumulative, one.budget) for one in dossier.privacy.accounts] == [("North", 3.4, 6.0)]
    assert [found.split for found in dossier.evaluations] == ["test"]
    assert dossier.counted == ()
    assert len(dossier.audits) == 2
    assert dossier.privacy.spent.epsilon_pld == 2.1
    assert [(site.site, site.signed) for site in dossier.lineage.sites] == [("east", True), ("north", False)]
    assert dossier.dates.latest == NOW + timedelta(days=2)


@pytest.mark.django_db
def test_counts_of_training_stand_in_where_nothing_was_evaluated():
    dossier = Dossier.model_validate(dossier_of(version(consortium())))
    assert [(one.split, one.made, one.round) for one in dossier.counted] == [("test", "secure sum of 2 sites", 7)]
    assert dossier.counted[0].figures(dossier.model.classes).n == 90
    assert dossier.privacy.spent is None


@pytest.mark.django_db
def test_member_reads_every_form_and_nothing_runs_in_it(as_user):
    federation = consortium()
    model = version(federation)
    client = as_user(member(federation, Role.AUDITOR, "auditor"))
    page = client.get(address(model))
    assert page.status_code == 200
    assert page["Content-Type"] == "text/html; charset=utf-8"
    assert page["Content-Disposition"] == 'inline; filename="alpine-v1-report.html"'
    policy = page["Content-Security-Policy"]
    assert "script-src 'none'" in policy
    assert "default-src 'none'" in policy
    digest = Dossier.model_validate(dossier_of(model)).content_hash
    assert digest in page.content.decode()
    paper = client.get(address(model, "pdf"))
    assert paper.content.startswith(b"%PDF-")
    table = client.get(address(model, "csv"))
    assert table["Content-Disposition"] == 'attachment; filename="alpine-v1-report.csv"'
    assert digest in table.content.decode()
    assert json.loads(client.get(address(model, "json")).content)["content_hash"] == digest
    assert client.get(address(model)).content == page.content


@pytest.mark.django_db
def test_report_is_hidden_from_others_and_form_is_checked(as_user, client):
    model = version(consortium())
    assert as_user(person("stranger")).get(address(model)).status_code == 404
    assert client.get(address(model)).status_code in (401, 403)
    answer = as_user(model.federation.memberships.first().user).get(address(model, "docx"))
    assert answer.status_code == 400
    assert "format" in answer.json()["fields"]


@pytest.mark.django_db
def test_records_that_do_not_fit_together_fail_without_telling_what_is_in_them():
    model = version(consortium())
    examined(model)
    broken = dossier_of(model)
    broken["model"]["state_hash"] = "0" * 64
    with pytest.raises(ReportFailed) as failure:
        draw(broken, "csv")
    assert "0000" not in failure.value.message


def test_drawing_process_is_given_no_secrets(monkeypatch):
    """The environment of the platform holds its keys; a report needs none of it."""
    seen = {}

    def run(command, **options):
        seen.update(options)
        raise TimeoutError

    monkeypatch.setattr("backend.apps.evidence.reports.drawing.subprocess.run", run)
    with pytest.raises(TimeoutError):
        draw({"title": Path(__file__).name}, "csv")
    assert seen["env"] == {}
