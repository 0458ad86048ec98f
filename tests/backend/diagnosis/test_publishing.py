"""From a model version to an open service, over the real node link, and every way in which that can fail."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.apps.audit.models import AuditEntry
from backend.apps.diagnosis import store
from backend.apps.diagnosis.errors import ModelUnfit, NodeUnfit
from backend.apps.diagnosis.models import DescriptorSignature, Node, NodeTask, SealedBlob
from backend.apps.diagnosis.selectors.descriptors import log_entries, signed_descriptor
from backend.apps.diagnosis.services.node_tasks import LEASES
from backend.apps.diagnosis.services.publishing import service_retry
from backend.apps.diagnosis.services.service_end import service_close, service_expire
from backend.apps.diagnosis.services.service_steps import service_advance
from backend.apps.federations.errors import RoleMissing
from backend.apps.registry.models import ModelVersion
from backend.common.errors import IllegalTransition, InvalidInput, NotFound
from primia_core.diagnosis import check
from tests.backend.world import consortium, person

STEPS = ("service.prepare", "service.mask", "service.share", "service.open", "descriptor.sign")


def test_a_service_opens_after_all_nodes_have_done_their_part(stage):
    service = stage.publish()
    assert (service.state, service.failure) == ("open", None)
    asked = [kind for _, kind, _ in stage.tasks() if not kind.startswith("stock.")]
    assert asked == [*STEPS[:3], *[STEPS[3]] * 2, *[STEPS[4]] * 2]
    assert {state for _, _, state in stage.tasks()} == {"done"}
    assert service.facts["input"]["scale"] == "8.0"
    assert service.facts["accuracy"]["largest_logit_error"] == "1e-07"


def test_the_descriptor_is_signed_by_both_parties_and_logged(stage):
    service = stage.publish()
    signed = signed_descriptor(service)
    trusted = {stage.rows[role].fingerprint for role in ("p0", "p1")}
    descriptor = check(signed, trusted=trusted)
    assert descriptor.digest == service.descriptor_digest
    assert (descriptor.federation, descriptor.classes) == ("alpine", ("normal", "bacterial", "viral"))
    assert [(entry.seq, entry.kind, entry.digest) for entry in log_entries(service)] == [
        (1, "published", service.descriptor_digest)
    ]
    assert {"service.created", "service.opened"} <= set(AuditEntry.objects.values_list("action", flat=True))


def test_model_shares_are_gone_once_the_parties_have_read_them(stage):
    stage.publish()
    blobs = SealedBlob.objects.all()
    assert {blob.node.role for blob in blobs} == {"p0", "p1"}
    assert all(blob.deleted_at for blob in blobs)
    assert list(store.kept()) == []


def test_the_order_in_which_the_parties_answer_does_not_matter(stage):
    stage.create()
    for _ in range(3):
        stage.hub()
        [worker.work() for worker in (stage.owner, stage.dealer)]
    stage.hub()
    assert stage.reload().state == "opening"
    for first, second in ((stage.p1, stage.p0), (stage.p1, stage.p0)):
        assert first.work()
        stage.hub()
        assert not first.work()
        assert second.work()
        stage.hub()
    assert stage.reload().state == "open"


@pytest.mark.parametrize(("role", "kind"), [
    ("owner", "service.prepare"), ("dealer", "service.mask"), ("owner", "service.share"), ("p0", "service.open"),
    ("p1", "service.open"), ("p0", "descriptor.sign"), ("p1", "descriptor.sign"),
])  # fmt: skip
def test_any_error_fails_the_service_with_node_phase_reason_and_next_step_and_a_retry_opens_it(stage, role, kind):
    stage.workers[role].fails(kind, "node.disk_full")
    failed = stage.publish()
    assert failed.state == "failed"
    assert (failed.failure["node"], failed.failure["phase"], failed.failure["code"]) == (role, kind, "node.disk_full")
    assert failed.failure["reason"] == "it did not work"
    assert failed.failure["next_step"]
    assert not stage.tasks(state__in=["queued", "leased"])
    assert list(store.kept()) == []
    service_retry(service_id=failed.pk, by=stage.ada, now=timezone.now())
    stage.run()
    opened = stage.reload()
    assert (opened.state, opened.attempt, opened.failure) == ("open", 2, None)
    check(signed_descriptor(opened))
    assert [entry.kind for entry in log_entries(opened)] == ["published"]


def test_an_answer_of_another_shape_fails_the_service_by_the_names_of_its_fields(stage):
    stage.dealer.instead["service.mask"] = [lambda _payload: {"mask": "zz", "epoch": -1, "seeds": []}]
    failure = stage.publish().failure
    assert (failure["node"], failure["code"]) == ("dealer", "nodes.bad_answer")
    assert "result.mask" in failure["reason"]
    assert "zz" not in failure["reason"]


def test_facts_that_contradict_each_other_fail_the_service(stage):
    def boastful(payload):
        return {**stage.owner.service_prepare(payload), "accuracy": {"images": -1}}

    stage.owner.instead["service.prepare"] = [boastful]
    failure = stage.publish().failure
    assert (failure["node"], failure["phase"], failure["code"]) == ("owner", "service.prepare", "nodes.bad_answer")


def test_a_signature_of_other_keys_fails_the_service(stage):
    from primia_core.diagnosis import Descriptor, sign

    def forged(payload):
        return {"signature": sign(Descriptor.from_json(payload["descriptor"]), stage.p1.keys, "p1").signature}

    stage.p0.instead["descriptor.sign"] = [forged]
    service = stage.publish()
    assert (service.state, service.failure["code"]) == ("failed", "descriptor.forged")
    assert not DescriptorSignature.objects.exists()
    assert log_entries(service) == []


def test_a_share_that_was_never_sent_fails_the_service(stage):
    nobody = "00000000-0000-4000-8000-000000000000"
    stage.owner.instead["service.share"] = [lambda _payload: {"blobs": [nobody, nobody]}]
    failure = stage.publish().failure
    assert (failure["phase"], failure["code"]) == ("service.share", "nodes.bad_answer")


def test_advancing_twice_asks_nobody_twice(stage):
    service = stage.create()
    stage.owner.work()
    for _ in range(2):
        service_advance(service_id=service.pk, now=timezone.now())
    assert stage.tasks() == [("owner", "service.prepare", "done"), ("dealer", "service.mask", "queued")]


def test_the_parts_must_be_taken_by_confirmed_nodes_of_their_role(stage):
    with pytest.raises(NodeUnfit, match="enrolled as p1"):
        stage.create(p0_id=stage.rows["p1"].pk)
    Node.objects.filter(role="dealer").update(confirmed=False)
    with pytest.raises(NodeUnfit, match="fingerprint"):
        stage.create()
    with pytest.raises(InvalidInput):
        stage.create(dealer_id=stage.service.pk if hasattr(stage, "service") else stage.version.pk)


def test_only_a_released_version_with_classes_is_offered(stage):
    ModelVersion.objects.update(card={})
    with pytest.raises(ModelUnfit, match="classes"):
        stage.create()
    ModelVersion.objects.update(state="draft")
    with pytest.raises(ModelUnfit, match="draft"):
        stage.create()


@pytest.mark.parametrize(
    "changes", [{"policy": "everything"}, {"protocol": "none"}, {"profile": "slow"}, {"stock_low": 9}, {"stock_low": 0}]
)
def test_what_does_not_exist_is_refused_by_name(stage, changes):
    with pytest.raises(InvalidInput) as refused:
        stage.create(**changes)
    assert refused.value.fields


def test_a_service_ends_in_the_future(stage):
    with pytest.raises(InvalidInput):
        stage.create(expires_at=timezone.now())


def test_only_a_coordinator_of_the_models_federation_publishes(stage):
    with pytest.raises(NotFound):  # a patient does not even see the model
        stage.create(by=stage.pat)
    consortium("other", coordinator=person("eve"))
    with pytest.raises(NotFound):
        stage.create(by=person("eve"))


def test_only_a_coordinator_closes_and_only_a_failed_service_is_retried(published):
    with pytest.raises(RoleMissing):
        service_close(service_id=published.service.pk, by=published.pat, now=timezone.now())
    with pytest.raises(IllegalTransition):
        service_retry(service_id=published.service.pk, by=published.ada, now=timezone.now())


def test_closing_tells_every_node_and_is_logged_once(published):
    for _ in range(2):
        service_close(service_id=published.service.pk, by=published.ada, now=timezone.now())
    assert {role for role, kind, state in published.tasks() if (kind, state) == ("service.close", "queued")} == {
        "p0", "p1", "dealer", "owner",
    }  # fmt: skip
    published.run()
    service = published.reload()
    assert [entry.kind for entry in log_entries(service)] == ["published", "closed"]
    assert service.state == "closed"
    assert AuditEntry.objects.filter(action="service.closed").count() == 1


def test_a_service_closes_by_itself_when_its_descriptor_expires(published):
    assert not service_expire(service_id=published.service.pk, now=timezone.now())
    published.later(days=31)
    assert published.reload().state == "closed"
    assert log_entries(published.service)[-1].detail == {"by": "system"}


def test_a_service_that_fails_to_open_can_be_closed_without_a_log_entry(stage):
    stage.owner.fails("service.prepare", "program.unknown_layer")
    service = stage.publish()
    assert "encrypted" in service.failure["next_step"]
    service_close(service_id=service.pk, by=stage.ada, now=timezone.now())
    assert stage.reload().state == "closed"
    assert log_entries(service) == []


def test_a_lost_publishing_lease_goes_back_to_its_node_until_it_was_delivered_too_often(stage):
    stage.create()
    for _ in range(5):
        assert stage.owner.lease()["kind"] == "service.prepare"
        stage.later(seconds=25)
    stage.hub()
    assert stage.reload().failure["code"] == "link.too_many_deliveries"
    assert NodeTask.objects.get(kind="service.prepare").deliveries == 5


def test_publishing_waits_for_both_parties_to_be_there(stage):
    stage.create()
    stage.run(absent=("p0", "p1"))
    Node.objects.filter(role="p1").update(last_seen_at=timezone.now() - timedelta(minutes=2))
    assert stage.p0.lease() is None
    assert stage.p1.lease()["kind"] == "service.open"  # asking is being there
    assert stage.p0.lease()["kind"] == "service.open"


def is_acknowledged(stage, task):
    stage.owner.http.post(f"tasks/{task['id']}/ack", json={}).raise_for_status()


def loses_its_worker(stage, _task):
    stage.owner.hello()


def expires(stage, _task):
    stage.later(seconds=25)


@pytest.mark.parametrize("lapses", [is_acknowledged, loses_its_worker, expires])
def test_a_step_over_which_its_node_dies_again_and_again_fails_the_service_and_says_so(stage, lapses):
    stage.create()
    for delivery in range(1, LEASES.most_lapses + 1):
        task = stage.owner.lease()
        assert (task["kind"], task["deliveries"]) == ("service.prepare", delivery)
        lapses(stage, task)
    assert stage.owner.lease() is None
    stage.hub()
    failure = stage.reload().failure
    assert (failure["node"], failure["code"]) == ("owner", "link.too_many_deliveries")
    assert "dies over this step" in failure["next_step"]
