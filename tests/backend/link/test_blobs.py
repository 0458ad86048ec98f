"""Blobs over HTTP: resumable, verified, and only for whom they are meant."""

import hashlib
import os
import time

import httpx
import pytest
from django.utils import timezone

from backend.apps.artifacts import store
from backend.apps.artifacts.models import Artifact
from backend.apps.artifacts.services import artifact_publish
from tests.backend.link.mailbox import WORDS

CONTENT = bytes(range(4 * WORDS))
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def declare(mailbox, content=CONTENT, **changes):
    """Offer a blob for a task of the site north."""
    task = mailbox.queue(payload=changes.pop("payload", None))
    mailbox.lease()
    offer = {
        "sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content), "kind": "vectors",
        "task": str(task.id), **changes,
    }  # fmt: skip
    return mailbox.north.post("artifacts", json=offer)


def put(mailbox, content, offset, sha256=SHA256):
    """Send a piece."""
    return mailbox.north.put(f"artifacts/{sha256}", params={"offset": offset}, content=content)


def test_a_blob_arrives_in_pieces_and_is_named_after_its_content(mailbox):
    assert declare(mailbox).json() == {"offset": 0}
    assert put(mailbox, CONTENT[:10], 0).json() == {"offset": 10}
    assert declare(mailbox).json() == {"offset": 10}
    assert put(mailbox, CONTENT[10:], 10).json() == {"offset": 32}
    assert store.path_of(SHA256).read_bytes() == CONTENT
    assert declare(mailbox).json() == {"offset": 32}
    assert put(mailbox, CONTENT[10:], 10).json() == {"offset": 32}  # the answer was lost, so the piece comes again


def test_a_piece_at_another_place_is_refused_with_the_offset_that_is_held(mailbox):
    declare(mailbox)
    put(mailbox, CONTENT[:10], 0)
    answer = put(mailbox, CONTENT[20:], 20)
    assert (answer.status_code, answer.json()["offset"]) == (409, 10)


def test_content_with_another_hash_is_thrown_away(mailbox):
    declare(mailbox)
    assert put(mailbox, bytes(32), 0).json()["code"] == "artifact.hash_mismatch"
    assert declare(mailbox).json() == {"offset": 0}


def test_more_bytes_than_declared_are_refused(mailbox):
    declare(mailbox)
    assert put(mailbox, bytes(33), 0).status_code == 413


def test_only_a_submission_of_the_right_size_may_be_sent(mailbox):
    assert declare(mailbox, content=CONTENT + b"1").json()["code"] == "jobs.upload_not_allowed"
    assert declare(mailbox, task="nothing").json()["code"] == "jobs.upload_not_allowed"


def test_a_second_site_cannot_claim_the_same_content(mailbox):
    from backend.apps.jobs.services.site_tasks import site_task_queue

    declare(mailbox)
    task = site_task_queue(
        job=mailbox.job, attempt=mailbox.attempt, site=mailbox.other, kind="step.submit",
        payload={"step": mailbox.round.step}, now=timezone.now(),
    )  # fmt: skip
    offer = {"sha256": SHA256, "size_bytes": 32, "kind": "vectors", "task": str(task.id)}
    assert mailbox.south.post("artifacts", json=offer).json()["code"] == "artifact.not_yours"


def test_nobody_reads_a_submission_back_not_even_its_sender(mailbox):
    declare(mailbox)
    put(mailbox, CONTENT, 0)
    assert mailbox.north.get(f"artifacts/{SHA256}").status_code == 404
    assert mailbox.south.get(f"artifacts/{SHA256}").status_code == 404


def test_a_reader_gets_the_blob_whole_or_from_a_byte_on_and_others_do_not(mailbox):
    blob = store.put_chunks([CONTENT])
    artifact_publish(blob=blob, kind=Artifact.Kind.WEIGHTS, readers=[mailbox.site], now=timezone.now())
    address = f"artifacts/{SHA256}"
    assert mailbox.north.get(address).content == CONTENT
    rest = mailbox.north.get(address, headers={"Range": "bytes=30-"})
    assert (rest.status_code, rest.content, rest.headers["content-range"]) == (206, CONTENT[30:], "bytes 30-31/32")
    assert mailbox.north.get(address, headers={"Range": "bytes=0-1"}).content == CONTENT[:2]
    assert mailbox.north.get(address, headers={"Range": "bytes=32-"}).status_code == 416
    assert mailbox.south.get(address).status_code == 404


def test_an_upload_that_breaks_off_goes_on_where_it_stopped(mailbox):
    content = os.urandom(4 * 2**20)
    step = {"vectors": [{"name": "a", "length": len(content) // 4}]}
    sha256 = hashlib.sha256(content).hexdigest()
    declare(mailbox, content, payload={"step": step})

    def broken():
        yield content[: 3 * 2**20]
        raise ConnectionAbortedError

    with pytest.raises((ConnectionAbortedError, httpx.HTTPError)):
        mailbox.north.put(f"artifacts/{sha256}", params={"offset": 0}, content=broken())
    offset = _settled_offset(mailbox, content)
    assert 0 < offset <= 3 * 2**20
    assert put(mailbox, content[offset:], offset, sha256).json() == {"offset": len(content)}


def _settled_offset(mailbox, content):
    """Ask until the broken connection has been noticed, with a bound."""
    artifact = Artifact.objects.get(sha256=hashlib.sha256(content).hexdigest())
    until = time.monotonic() + 5
    while store.held_bytes(artifact.id) == 0 and time.monotonic() < until:
        time.sleep(0.01)
    return declare(mailbox, content).json()["offset"]


def test_forty_five_megabytes_take_a_moment_each_way(mailbox):
    content = os.urandom(45 * 10**6)
    sha256 = hashlib.sha256(content).hexdigest()
    declare(mailbox, content, payload={"step": {"vectors": [{"name": "a", "length": len(content) // 4}]}})
    began = time.monotonic()
    assert put(mailbox, content, 0, sha256).json() == {"offset": len(content)}
    up_s = time.monotonic() - began
    blob = store.put_chunks([content[::-1]])
    artifact_publish(blob=blob, kind=Artifact.Kind.WEIGHTS, readers=[mailbox.site], now=timezone.now())
    began = time.monotonic()
    assert mailbox.north.get(f"artifacts/{blob.sha256}").content == content[::-1]
    down_s = time.monotonic() - began
    print(f"45 MB up in {up_s:.2f} s, down in {down_s:.2f} s")
    assert up_s < 5
    assert down_s < 5
