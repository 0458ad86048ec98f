"""Blobs: equal content is one blob, discarding spares what is coming again, names stand for whole content."""

import hashlib

import pytest
from django.test import TestCase

from backend.apps.artifacts import store
from backend.apps.artifacts.models import Artifact
from backend.apps.artifacts.selectors import artifact_readable_by
from backend.apps.artifacts.services import (
    artifact_complete,
    artifact_declare,
    artifact_publish,
    artifacts_discard,
)
from backend.common.errors import NotFound, Unavailable
from tests.backend.world import NOW, consortium, hospital

CONTENT = b"sums of three hospitals"


@pytest.fixture
def sites(db, settings, tmp_path):
    """Return two sites of one federation."""
    settings.PRIMIA_STORAGE = tmp_path / "storage"
    federation = consortium()
    return [hospital(federation, slug)[0] for slug in ("north", "south")]


def publish(*readers):
    """Publish the same content."""
    return artifact_publish(blob=store.put_chunks([CONTENT]), kind=Artifact.Kind.SUMS, readers=readers, now=NOW)


def test_equal_content_is_one_blob_and_publishing_again_adds_readers(sites):
    north, south = sites
    first = publish(north)
    with pytest.raises(NotFound):
        artifact_readable_by(south, first.sha256)
    assert publish(south) == first
    assert artifact_readable_by(north, first.sha256) == artifact_readable_by(south, first.sha256) == first
    assert first.sha256 == hashlib.sha256(CONTENT).hexdigest()


def test_a_discarded_blob_loses_its_file_keeps_its_row_and_can_come_again(sites):
    blob = publish(sites[0])
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert artifacts_discard(ids=[blob.id]) == 1
        assert artifacts_discard(ids=[blob.id]) == 0
    assert not store.path_of(blob.sha256).exists()
    with pytest.raises(NotFound):
        artifact_readable_by(sites[0], blob.sha256)
    assert publish(sites[0]).state == Artifact.State.COMPLETE
    assert store.path_of(blob.sha256).read_bytes() == CONTENT


def test_content_that_is_published_again_before_the_file_goes_is_spared(sites):
    blob = publish(sites[0])
    with TestCase.captureOnCommitCallbacks(execute=True):
        artifacts_discard(ids=[blob.id])
        publish(sites[0])
    assert store.path_of(blob.sha256).exists()


def test_a_blob_whose_file_has_vanished_is_not_published(sites):
    blob = store.put_chunks([CONTENT])
    store.remove(blob.sha256)
    with pytest.raises(Unavailable):
        artifact_publish(blob=blob, kind=Artifact.Kind.SUMS, readers=sites, now=NOW)


def test_a_discarded_submission_may_be_sent_again(sites):
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    values = {"site": sites[0], "sha256": sha256, "size_bytes": len(CONTENT), "kind": "submission", "now": NOW}
    artifact, offset = artifact_declare(**values)
    assert offset == 0
    store.put_chunks([CONTENT])
    artifact_complete(artifact_id=artifact.id, now=NOW)
    assert artifact_declare(**values)[1] == len(CONTENT)
    with TestCase.captureOnCommitCallbacks(execute=True):
        artifacts_discard(ids=[artifact.id])
    assert artifact_declare(**values) == (artifact, 0)
