"""What a party refuses by itself, each with a code of its own, and without using up correlations."""

import uuid
from datetime import timedelta

import pytest

from primia_core.diagnosis import AnswerKey
from primia_core.diagnosis.framing import encode64, frame, unframe
from primia_core.diagnosis.identity import NodeIdentity
from primia_core.diagnosis.sealing import mask_seed_info, share_info


@pytest.fixture
def service(trio):
    trio.publish(sets=1)
    return trio


def resealed(trio, asked, party, **changes):
    """Put another header before a half's payload, and seal it anew: what a relay that knew the content could do."""
    identity, info = NodeIdentity.load(trio.folders[f"p{party}"].identity), share_info(trio.service, party)
    header, payload = unframe(identity.open(asked.request.shares[party], info))
    return trio.leave(f"p{party}", identity.public.seal(frame({**header, **changes}, payload), info))


def codes(trio, asked, **changes):
    """Have both halves refused, and return the codes; nothing has been used up."""
    before = trio.levels()
    found = [task.error["code"] for task in trio.compute(asked, **changes)]
    assert trio.levels() == before
    assert not [path for folder in trio.folders.values() for path in folder.services.rglob("inbox/*")]
    return found


def test_swapped_halves_do_not_open(service):
    asked = service.ask()
    swapped = [service.leave("p0", asked.request.shares[1]), service.leave("p1", asked.request.shares[0])]
    assert codes(service, asked, blob=swapped) == ["diagnosis.unsealable"] * 2


def test_halves_for_another_service_do_not_open(service):
    foreign = service.described(service=str(uuid.uuid4()))
    assert codes(service, service.ask(descriptor=foreign)) == ["diagnosis.unsealable"] * 2


def test_request_under_another_id_is_refused(service):
    asked = service.ask()
    assert codes(service, asked, diagnosis=str(uuid.uuid4())) == ["diagnosis.wrong_request"] * 2


def test_request_for_another_descriptor_is_refused(service):
    other = service.described(intended_use="Something else.")
    assert codes(service, service.ask(descriptor=other)) == ["diagnosis.wrong_descriptor"] * 2
    assert codes(service, service.ask(), descriptor=other.digest) == ["diagnosis.wrong_descriptor"] * 2


def test_another_policy_is_refused(service):
    asked = service.ask()
    relabelled = [resealed(service, asked, party, policy="label") for party in (0, 1)]
    assert codes(service, asked, blob=relabelled) == ["diagnosis.wrong_policy"] * 2


def test_request_to_an_expired_service_is_refused(service):
    asked = service.ask()
    over = service.described(lasts=timedelta(days=-1))
    for number in (0, 1):
        service.party(number).services.get(uuid.UUID(service.service)).kept.keep_descriptor(over, {"signature": ""})
    assert codes(service, asked, descriptor=over.digest) == ["diagnosis.expired"] * 2


def test_answer_key_of_the_relay_in_one_half_is_found_before_anything_is_used(service):
    asked = service.ask()
    forged = resealed(service, asked, 1, answer_key=encode64(AnswerKey.create().public))
    assert codes(service, asked, blob=[asked.blobs[0], forged]) == ["diagnosis.mismatch"] * 2


def test_halves_of_two_requests_under_one_id_are_found_before_anything_is_used(service):
    asked = service.ask()
    other = service.ask(1, diagnosis=asked.id)
    assert codes(service, asked, blob=[asked.blobs[0], other.blobs[1]]) == ["diagnosis.mismatch"] * 2


def test_other_content_under_an_id_that_came_before_is_refused(service):
    asked = service.ask()
    forged = resealed(service, asked, 1, answer_key=encode64(AnswerKey.create().public))
    codes(service, asked, blob=[asked.blobs[0], forged])
    again = service.ask(1, diagnosis=asked.id)
    assert codes(service, again) == ["diagnosis.replayed"] * 2


def test_unknown_service_is_refused(service):
    assert codes(service, service.ask(), service=str(uuid.uuid4())) == ["service.unknown"] * 2


def test_descriptor_that_promises_something_else_is_not_signed(service):
    for what, other in {
        "mask": service.described(mask="ab" * 16),
        "epoch": service.described(epoch=9),
        "program": service.described(program="cd" * 32),
        "dealer": service.described(dealer=service.public("owner")),
        "owner": service.described(owner=service.public("dealer")),
        "model version": service.described(
            model={"name": "x", "number": 1, "version": str(uuid.uuid4()), "commitment": "c0" * 32}
        ),
    }.items():
        for task in service.both("descriptor.sign", descriptor=other.to_json()):
            assert task.error["code"] == "service.descriptor_refused"
            assert what in task.error["message"]


def test_expired_descriptor_is_not_signed(service):
    over = service.described(lasts=timedelta(days=-1))
    for task in service.both("descriptor.sign", descriptor=over.to_json()):
        assert task.error["code"] == "service.expired"


def test_second_peer_is_refused(service, hub, tmp_path):
    other = hub.join(tmp_path / "other", "owner", name="Another institute")
    payload = service.opening([service.leave("p0", b""), service.leave("p1", b"")])
    stranger = {"node": NodeIdentity.load(other.identity).public.to_json(), "address": "127.0.0.1:1"}
    for task in service.both("service.open", **{**payload, "service": str(uuid.uuid4()), "peer": stranger}):
        assert task.error["code"] == "party.other_peer"


def test_another_share_under_a_used_mask_is_refused(service):
    service.service = str(uuid.uuid4())  # the owner shares the model anew, and somebody offers the mask before
    service.masked["seeds"] = [
        encode64(service.public(f"p{number}").seal(b"m" * 32, mask_seed_info(service.service, number)))
        for number in (0, 1)
    ]
    assert {task.error["code"] for task in service.open()} & {"mpc.mask_reused"}
