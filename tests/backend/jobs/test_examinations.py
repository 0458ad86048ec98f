"""Jobs that evaluate or audit a model, from draft to the row beside the model; and what no row of the hub says."""

import json

import numpy as np
import pytest
from django.db import DatabaseError, transaction

from backend.apps.audit.models import AuditEntry
from backend.apps.evidence.models import AttackAudit, Demonstration, Evaluation
from backend.apps.evidence.services.demonstration_draw import demonstration_draw
from backend.apps.evidence.services.demonstrations_ask import AGAIN_AFTER, demonstrations_ask
from backend.apps.federations.models import Role
from backend.apps.jobs.models import Job, Round
from backend.apps.jobs.services.weights import weights_load
from backend.apps.registry.models import ModelVersion
from backend.common.errors import InvalidInput
from primia_core.evaluation import confusion_matrix
from primia_core.evaluation.document import EvaluationDocument
from primia_core.imaging import Normalisation
from primia_core.models import build_model
from primia_core.models.spec import ModelSpec
from primia_core.training import predict
from tests.backend.jobs.squares import Squares
from tests.backend.world import member, person

QUICK = {"score_bins": 16, "replicates": 100}
TINY = {
    "views": ["gradient"], "batch_sizes": [2], "victims": 1, "positive_victims": 1, "iterations": 10, "gallery": 100,
}  # fmt: skip


@pytest.fixture
def trained(conduct):
    """Return a platform that has trained one model, with it."""
    platform = conduct(train=330)
    platform.job(strategy={"rounds": 1})
    platform.run()
    return platform, ModelVersion.objects.get()


def pooled_confusion(platform, version, hospitals=None):
    """Return what the model says of all hospitals' test images together, or of some, computed here."""
    hospitals = hospitals or platform.hospitals
    model = build_model(ModelSpec.model_validate(version.card["model"]), seed=0)
    model.load_state_dict(weights_load(version.artifact))
    scale = Normalisation.model_validate(version.card["normalisation"])
    found = [predict(model, hospital.data.split("test"), scale) for hospital in hospitals]
    truth = np.concatenate([hospital.data.split("test").labels for hospital in hospitals])
    said = np.concatenate([one.probabilities.argmax(1) for one in found])
    return confusion_matrix(truth, said, classes=3).tolist()


def test_an_evaluation_ends_with_the_figures_of_all_images_together(trained, as_user):
    platform, version = trained
    job = platform.examination(version, evaluation={**QUICK, "subgroups": ["sex"]})
    platform.run()
    job.refresh_from_db()
    assert (job.state, job.failure) == (Job.State.SUCCEEDED, None)
    assert list(Round.objects.filter(job=job).values_list("kind", "state")) == [("scores", "closed")]
    row = Evaluation.objects.get(job=job)
    document = EvaluationDocument.model_validate(row.document)
    assert [list(cells) for cells in document.confusion] == pooled_confusion(platform, version)
    assert (document.model.name, document.model.number) == ("Squares", 1)
    assert document.made == "secure sum of 3 sites"
    assert document.accuracy_by_patient is not None
    assert (row.n, row.per_site, row.model_version) == (27, False, version)
    assert ModelVersion.objects.count() == 1, "an evaluation makes no model"
    assert platform.events(job)[-1] == "job.succeeded"
    assert AuditEntry.objects.filter(action="evaluation.recorded", subject=str(row.pk)).exists()

    client = as_user(platform.coordinator)
    told = client.get(f"/api/v1/jobs/{job.id}").json()
    assert (told["kind"], told["evaluation"], told["attack_audit"]) == ("evaluate", str(row.pk), None)
    assert told["model"] == {"id": str(version.pk), "name": "Squares", "number": 1}
    assert (told["rounds_total"], told["test"]["n"]) == (0, 27)
    listed = client.get(f"/api/v1/evaluations?model={version.pk}").json()["results"]
    assert [one["id"] for one in listed] == [str(row.pk)]
    assert listed[0]["accuracy"] == row.document["accuracy"]
    assert client.get(f"/api/v1/evaluations/{row.pk}").json()["document"] == row.document
    reader = member(platform.federation, Role.AUDITOR, "rita")
    assert as_user(reader).get(f"/api/v1/evaluations/{row.pk}").status_code == 200
    assert as_user(person("eve")).get(f"/api/v1/evaluations/{row.pk}").status_code == 404


def test_no_row_of_the_hub_says_what_one_site_has_unless_the_plan_publishes_it(trained):
    platform, version = trained
    quiet = platform.examination(version, evaluation=QUICK)
    platform.run()
    assert Evaluation.objects.get(job=quiet).document["sites"] == []
    told = platform.examination(version, evaluation={**QUICK, "per_site": True})
    platform.run()
    sites = Evaluation.objects.get(job=told).document["sites"]
    assert [(one["site"], one["n"]) for one in sites] == [("aalborg", 9), ("basel", 9), ("coimbra", 9)]
    assert Evaluation.objects.get(job=told).per_site
    quiet.refresh_from_db()
    rows = [*Round.objects.filter(job=quiet).values_list("result", "metrics"), quiet.run_state]
    said = json.dumps(rows, default=str)
    for hospital in platform.hospitals:
        assert json.dumps(pooled_confusion(platform, version, [hospital])) not in said
    assert json.dumps(pooled_confusion(platform, version)) in said, "so the search could have found them"


def test_a_record_never_changes(trained):
    platform, version = trained
    platform.examination(version, evaluation=QUICK)
    platform.run()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Evaluation.objects.update(n=1)


def test_the_same_figures_are_asked_of_the_same_sites_or_not_at_all(conduct):
    platform = conduct(4)
    platform.job(strategy={"rounds": 1})
    platform.run()
    version = ModelVersion.objects.get()
    gone = platform.hospitals[-1].site.datasets.get()
    gone.ready = False
    gone.save(update_fields=["ready"])
    job = platform.examination(version, evaluation=QUICK)
    assert job.state == Job.State.FAILED
    assert "dresden is not there any more or has another cohort" in job.failure["reason"]
    assert not Evaluation.objects.exists()


@pytest.mark.parametrize(
    ("kind", "given", "field"),
    [
        ("evaluate", {"evaluation": {"score_bins": 7}}, "settings.evaluation.score_bins"),
        ("evaluate", {"audit": {}}, "settings.audit"),
        ("evaluate", {"training": {}}, "settings.training"),
        ("evaluate", {"aggregation": {"min_survivors": 2}}, "settings.aggregation.min_survivors"),
        ("evaluate", {"aggregation": {"clip_weights": 1}}, "settings.aggregation.clip_weights"),
        ("audit", {"audit": {"gallery": 5}}, "settings.audit.gallery"),
    ],
)
def test_a_setting_that_does_not_fit_is_named(trained, as_user, kind, given, field):
    platform, version = trained
    body = {"federation": str(platform.federation.id), "title": "x", "kind": kind, "model": str(version.id)}
    answer = as_user(platform.coordinator).post("/api/v1/jobs", {**body, "settings": given})
    assert answer.status_code == 400
    assert field in answer.json()["fields"]


def test_a_model_is_named_for_these_kinds_and_for_no_other(trained, as_user):
    platform, version = trained
    client = as_user(platform.coordinator)
    body = {"federation": str(platform.federation.id), "title": "x"}
    for more in ({"kind": "evaluate"}, {"kind": "train", "model": str(version.id)}):
        answer = client.post("/api/v1/jobs", {**body, **more})
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["model"])
    preview = client.post("/api/v1/jobs/preview", {**body, "kind": "evaluate", "model": str(version.id)}).json()
    assert preview["rounds"] == 1
    assert preview["upload_bytes_total"] < 100_000
    told = {row["what"]: (row["coordinator"], row["sites"]) for row in preview["visibility"]}
    assert told["Each site's own confusion matrix"] == (False, False)


def test_a_model_whose_layers_stayed_at_the_sites_is_not_examined(trained):
    platform, version = trained
    Job.objects.filter(pk=version.job_id).update(
        plan={**version.job.plan, "strategy": {**version.job.plan["strategy"], "batch_norm": "local"}}
    )
    version.refresh_from_db()
    with pytest.raises(InvalidInput) as refused:
        platform.examination(version, evaluation=QUICK)
    assert "stayed at the sites" in refused.value.fields["model"][0]


def test_an_audit_ends_with_figures_and_only_drawings_have_pictures(trained, as_user):
    platform, version = trained
    job = platform.examination(version, audit=TINY)
    platform.run()
    job.refresh_from_db()
    assert (job.state, job.failure) == (Job.State.SUCCEEDED, None)
    audit = AttackAudit.objects.get(job=job)
    assert audit.document["positive"]["rows"][0]["n"] == 3
    assert (audit.document["pictures"], audit.document["images"]["kind"]) == ([], "real")
    shown = Demonstration.objects.get(audit=audit)
    assert shown.state == "waiting"
    asked = shown.asked_at
    demonstrations_ask(now=asked + AGAIN_AFTER)
    shown.refresh_from_db()
    assert shown.asked_at == asked + AGAIN_AFTER

    demonstration_draw(audit_id=audit.pk, now=platform.now)
    shown.refresh_from_db()
    assert (shown.state, shown.reason) == ("done", "")
    assert shown.document["images"]["kind"] == "phantom"
    assert shown.document["pictures"][0]["original"].startswith("data:image/png;base64,")
    before = shown.document
    demonstration_draw(audit_id=audit.pk, now=platform.now)
    shown.refresh_from_db()
    assert shown.document == before

    told = as_user(platform.coordinator).get(f"/api/v1/attack-audits/{audit.pk}").json()
    assert told["document"] == audit.document
    assert told["demonstration"] == shown.document
    assert (told["verdict"], told["views"], told["demonstration_state"]) == (audit.verdict, ["gradient"], "done")
    job.refresh_from_db()
    assert "data:image" not in json.dumps([job.run_state, list(Round.objects.values_list("result", flat=True))])


def test_an_audit_of_too_few_images_fails_with_the_sites_reason(conduct):
    platform = conduct()
    platform.job(strategy={"rounds": 1})
    platform.run()
    job = platform.examination(ModelVersion.objects.get(), audit=TINY)
    with pytest.raises(Exception, match="100"):  # these hospitals raise what a real agent would answer with
        platform.run()
    assert not AttackAudit.objects.filter(job=job).exists()


def test_squares_are_enough_for_a_gallery():
    assert np.bincount(Squares(0, 330).split("train").labels).min() > 100
