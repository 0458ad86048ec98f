"""Nodes: invited, enrolled with their own keys, confirmed by a person; and the addresses that they may call."""

import secrets
import threading
import time
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from django.utils import timezone

from backend.apps.diagnosis import store
from backend.apps.diagnosis.errors import InvitationRefused, NodeDiffers, NodeTaken, PublicNodeRefused
from backend.apps.diagnosis.models import Node, NodeTask, SealedBlob
from backend.apps.diagnosis.services.nodes import node_confirm, node_enrol, node_invite
from backend.apps.diagnosis.services.sealed_blobs import blobs_sweep
from backend.apps.federations.errors import RoleMissing
from backend.apps.federations.models import Role
from backend.common.errors import InvalidInput
from tests.backend.diagnosis.institutions import identity
from tests.backend.diagnosis.stage import NODE_WEIGHTS
from tests.backend.link.server import client as site_client
from tests.backend.world import NOW, consortium, hospital, member, person

PLACE = {"origin": "http://127.0.0.1:7100", "address": "127.0.0.1:7000"}


def invited(federation, role="p0", now=NOW):
    """Return an invitation's secret."""
    return node_invite(federation_id=federation.pk, role=role, name="Party north", by=person(), now=now)[1]


@pytest.mark.django_db
def test_an_invitation_makes_one_node_of_one_role_with_the_keys_that_it_brings():
    federation, public = consortium(), identity("p0").public
    node, credential = node_enrol(token=invited(federation), public=public.to_json(), role="p0", now=NOW, **PLACE)
    assert (node.slug, node.name, node.role, node.confirmed) == ("party-north", public.name, "p0", False)
    assert node.fingerprint == public.fingerprint
    assert credential not in str(node.__dict__)
    with pytest.raises(NodeTaken):
        node_enrol(token=invited(federation), public=public.to_json(), now=NOW, **PLACE)
    other, _ = node_enrol(token=invited(federation), public=identity("spare").public.to_json(), now=NOW, **PLACE)
    assert other.slug == "party-north-2"


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "slug"), [("_North_ 2", "north-2"), ("Zürich", "zurich"), ("北", "dealer")])
def test_a_node_is_called_after_its_name_in_small_letters(name, slug):
    invitation, _ = node_invite(federation_id=consortium().pk, role="dealer", name=name, by=person(), now=NOW)
    assert invitation.slug == slug


@pytest.mark.django_db
def test_an_invitation_is_good_once_for_a_while_and_for_its_role():
    federation, public = consortium(), identity("p0").public.to_json()
    token = invited(federation)
    with pytest.raises(InvitationRefused, match="role p0"):
        node_enrol(token=token, public=public, role="dealer", now=NOW, **PLACE)
    with pytest.raises(InvitationRefused, match="too old"):
        node_enrol(token=token, public=public, now=NOW + timedelta(days=8), **PLACE)
    with pytest.raises(InvitationRefused):
        node_enrol(token="primia-join-nothing", public=public, now=NOW, **PLACE)
    _, first = node_enrol(token=token, public=public, now=NOW, **PLACE)
    node, second = node_enrol(token=token, public=public, now=NOW, **PLACE)  # its answer was lost on the way
    assert first != second
    with pytest.raises(InvitationRefused, match="used"):
        node_enrol(token=token, public=identity("spare").public.to_json(), now=NOW, **PLACE)
    Node.objects.filter(pk=node.pk).update(last_seen_at=NOW)
    with pytest.raises(InvitationRefused, match="used"):
        node_enrol(token=token, public=public, now=NOW, **PLACE)


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"name": "Somebody else"}, {"signature": "AAAA"}, {"sealing_key": "AAAA"}])
def test_keys_that_are_not_signed_by_themselves_are_refused(change):
    token, public = invited(consortium()), {**identity("p0").public.to_json(), **change}
    with pytest.raises(PublicNodeRefused):
        node_enrol(token=token, public=public, now=NOW, **PLACE)
    assert not Node.objects.exists()


@pytest.mark.django_db
def test_a_party_brings_an_origin_and_who_is_dialled_an_address():
    federation = consortium()
    for role, place, field in (("p1", {}, "origin"), ("p0", {"origin": PLACE["origin"]}, "address"),
                               ("dealer", {}, "address")):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            node_enrol(token=invited(federation, role), public=identity("p0").public.to_json(), now=NOW, **place)
        assert field in refused.value.fields
    node_enrol(token=invited(federation, "owner"), public=identity("owner").public.to_json(), now=NOW)


@pytest.mark.django_db
def test_only_a_coordinator_invites_and_confirms():
    federation = consortium()
    clinician = member(federation, Role.CLINICIAN, "cleo")
    node, _ = node_enrol(token=invited(federation), public=identity("p0").public.to_json(), now=NOW, **PLACE)
    with pytest.raises(RoleMissing):
        node_invite(federation_id=federation.pk, role="p0", name="x", by=clinician, now=NOW)
    with pytest.raises(RoleMissing):
        node_confirm(node_id=node.pk, fingerprint=node.fingerprint, by=clinician, now=NOW)
    with pytest.raises(NodeDiffers):
        node_confirm(node_id=node.pk, fingerprint="0" * 64, by=person(), now=NOW)
    spaced = " ".join(node.fingerprint[place : place + 4].upper() for place in range(0, 64, 4))
    assert node_confirm(node_id=node.pk, fingerprint=spaced, by=person(), now=NOW).confirmed
    with pytest.raises(InvalidInput):
        node_invite(federation_id=federation.pk, role="p2", name="x", by=person(), now=NOW)


def test_a_node_enrols_over_the_link_and_hears_its_name_and_role(stage):
    _, token = node_invite(
        federation_id=stage.federation.pk, role="dealer", name="Second dealer", by=stage.ada, now=timezone.now()
    )
    body = {"token": token, "role": "dealer", "public": identity("second").public.to_json(), "address": "host:7003"}
    answer = httpx.post(stage.address + "enrol", json=body)
    said = answer.raise_for_status().json()
    assert (said["node"], said["role"], said["federation"]) == ("second-dealer", "dealer", "alpine")
    assert said["hub"]["document"]
    worker = httpx.Client(base_url=stage.address, headers={"Authorization": f"Node {said['credential']}"})
    with worker:
        now = timezone.now().isoformat()
        greeted = worker.post("hello", json={"agent_version": "1", "protocol": 1, "time": now}).json()
        assert (greeted["node"], greeted["role"]) == ("second-dealer", "dealer")
        assert worker.post("hello", json={"agent_version": "1", "protocol": 2, "time": now}).status_code == 409
    for wrong in ({"address": "no port"}, {"origin": "ftp://x"}, {"misspelt": 1}):
        assert httpx.post(stage.address + "enrol", json={**body, **wrong}).status_code == 400


def test_sites_and_nodes_do_not_get_through_each_others_doors(stage):
    _, credential = hospital(stage.federation, "north")
    for scheme in ("Site", "Node", "Bearer"):
        answer = httpx.post(stage.address + "lease", headers={"Authorization": f"{scheme} {credential}"}, json={})
        assert (answer.status_code, answer.json()["code"]) == (401, "nodes.credential_unknown")
    with site_client(stage.address.replace("/node/", "/link/"), credential) as site:
        assert site.post("lease", json={}).status_code == 200
    node = stage.p0.http.headers["Authorization"].removeprefix("Node ")
    refused = httpx.post(
        stage.address.replace("/node/", "/link/") + "lease", headers={"Authorization": f"Site {node}"}, json={}
    )
    assert refused.json()["code"] == "federations.credential_unknown"


def test_one_node_can_do_nothing_with_the_tasks_and_blobs_of_another(published):
    asked = published.ask()
    task = published.p0.lease()
    for what in ("renew", "result", "ack", "release"):
        body = {"result": {}} if what == "result" else {}
        assert published.p1.http.post(f"tasks/{task['id']}/{what}", json=body).status_code == 404
    blob = SealedBlob.objects.get(diagnosis=asked.id, node__role="p0")
    for other in (published.p1, published.dealer, published.owner):
        assert other.http.get(f"blobs/{blob.pk}").json()["code"] == "diagnosis.blob_gone"
        assert other.http.delete(f"blobs/{blob.pk}").status_code == 200
    assert published.p0.blob(str(blob.pk)) == asked.shares[0]


def test_a_blob_that_was_read_is_gone_for_good(published):
    asked = published.ask()
    blob = SealedBlob.objects.get(diagnosis=asked.id, node__role="p1")
    for _ in range(2):
        assert published.p1.http.delete(f"blobs/{blob.pk}").status_code == 200
    assert published.p1.http.get(f"blobs/{blob.pk}").status_code == 404
    assert not store.path_of(blob.pk).exists()


def test_a_blob_is_sent_whole_or_from_a_byte_on(published):
    asked = published.ask()
    blob = SealedBlob.objects.get(diagnosis=asked.id, node__role="p1")
    rest = published.p1.http.get(f"blobs/{blob.pk}", headers={"Range": "bytes=100-"})
    assert (rest.status_code, rest.content) == (206, asked.shares[1][100:])
    assert store.path_of(blob.pk).stat().st_mode & 0o777 == 0o600


def test_only_the_owner_at_its_share_task_may_send_and_only_so_much(stage):
    stage.create()
    task = stage.owner.lease()

    def put(worker, content=b"sealed", reader="p0"):
        return worker.http.put(f"tasks/{task['id']}/blob", params={"reader": reader}, content=content)

    assert put(stage.owner).json()["code"] == "nodes.blob_not_allowed"  # that is service.prepare
    stage.owner.do(task)
    for _ in range(2):
        stage.hub()
        stage.dealer.work()
    stage.hub()
    task = stage.owner.lease()
    assert task["kind"] == "service.share"
    assert put(stage.dealer).status_code == 409
    assert put(stage.owner, reader="dealer").status_code == 409
    limit = 2 * len(NODE_WEIGHTS) + 2**20
    assert put(stage.owner, secrets.token_bytes(limit + 1)).json()["code"] == "nodes.blob_too_large"
    assert list(store.kept()) == []
    content = secrets.token_bytes(limit)
    sent = put(stage.owner, content).raise_for_status().json()
    assert sent["size_bytes"] == limit
    assert stage.p0.blob(sent["blob"]) == content
    assert stage.owner.http.get(f"blobs/{sent['blob']}").status_code == 404  # not even its sender


def test_an_upload_that_breaks_off_leaves_nothing(stage):
    stage.create()
    stage.owner.work()
    stage.hub()
    stage.dealer.work()
    stage.hub()
    task = stage.owner.lease()

    def broken():
        yield bytes(2**20)
        raise ConnectionAbortedError

    with pytest.raises((ConnectionAbortedError, httpx.HTTPError)):
        stage.owner.http.put(f"tasks/{task['id']}/blob", params={"reader": "p0"}, content=broken())
    until = time.monotonic() + 5
    while list(store.kept()) and time.monotonic() < until:
        threading.Event().wait(0.02)
    assert list(store.kept()) == []
    assert not SealedBlob.objects.exists()


def test_weights_go_to_the_owner_while_it_is_asked_for_them_and_to_nobody_else(stage):
    stage.create()
    address = f"weights/{stage.version.pk}"
    assert stage.owner.http.get(address).status_code == 404
    task = stage.owner.lease()
    assert stage.owner.http.get(address).content == NODE_WEIGHTS
    for worker in (stage.p0, stage.p1, stage.dealer):
        assert worker.http.get(address).status_code == 404
    assert stage.owner.http.get(f"weights/{uuid4()}").status_code == 404
    stage.owner.do(task)
    assert stage.owner.http.get(address).status_code == 404


def test_a_descriptor_is_for_the_nodes_of_its_service(published):
    path = f"descriptors/{published.service.pk}"
    for worker in published.workers.values():
        assert worker.http.get(path).json()["descriptor"]["service"] == str(published.service.pk)
    assert published.p0.http.get(f"descriptors/{uuid4()}").status_code == 404


def test_addresses_and_methods_that_do_not_exist_are_refused_by_name(stage):
    assert stage.p0.http.post("nothing", json={}).json()["code"] == "link.unknown_path"
    assert stage.p0.http.get("hello").json()["code"] == "link.method"
    assert stage.p0.http.post(f"blobs/{uuid4()}", json={}).json()["code"] == "link.method"
    assert stage.p0.http.put("dataset", json={}).json()["code"] == "link.unknown_path"


def test_a_waiting_lease_is_answered_at_once_when_a_request_comes(published, monkeypatch):
    monkeypatch.setattr("backend.apps.link.lease.LOOK_EVERY_S", 60.0)  # so that only the bell can be it
    published.p0.lease(wait_s=0.2)  # the first one subscribes
    took = []

    def wait():
        task = published.p0.lease(wait_s=8)
        took.append((time.monotonic(), task["kind"]))

    waiting = threading.Thread(target=wait)
    waiting.start()
    threading.Event().wait(0.3)
    asked = published.request()
    published.send(asked)
    sent = time.monotonic()
    waiting.join(timeout=10)
    ((came, kind),) = took
    assert kind == "diagnosis.compute"
    assert came - sent < 5  # some 20 ms on a quiet machine; without the bell it is the end of the poll, after 8 s


def test_stray_files_are_swept_and_kept_ones_are_not(published):
    asked = published.ask()
    kept = {blob_id for blob_id, _ in store.kept()}
    stray = uuid4()
    store.put(stray, b"left over")
    assert blobs_sweep(now=timezone.now()) == 0  # it may be one that is being received
    assert blobs_sweep(now=timezone.now() + timedelta(minutes=11)) == 1
    assert {blob_id for blob_id, _ in store.kept()} == kept
    assert published.diagnosis(asked).state == "queued"


def test_no_task_says_more_of_a_request_than_where_its_ciphertext_lies(published):
    published.ask()
    for task in NodeTask.objects.filter(kind="diagnosis.compute"):
        assert set(task.payload) == {"service", "diagnosis", "order", "attempt", "blob", "descriptor"}
