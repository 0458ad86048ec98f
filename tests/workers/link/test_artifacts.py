"""Blobs over the link: resumed, verified, whole or absent."""

import os

import pytest

from tests.workers.link.fake_hub import sha256_of
from workers.link import ArtifactClient, ArtifactFolder, LinkAddress, LinkClient
from workers.link.errors import ArtifactError, HubRefused, HubUnavailable

BLOB = bytes(range(256)) * 100


@pytest.fixture
def folder(tmp_path):
    return ArtifactFolder(tmp_path / "cache")


@pytest.fixture
def artifacts(hub, folder):
    client = LinkClient(LinkAddress.parse(hub.broker_url))
    yield ArtifactClient(client, folder, chunk_bytes=1000, patience_s=20)
    client.close()


def upload(artifacts, blob=BLOB, **options):
    artifact = artifacts.folder.add(blob)
    artifacts.upload(artifact, kind="submission", task_id="t", **options)
    return artifact.sha256


def test_upload_sends_every_byte_in_chunks_and_says_how_far_it_is(hub, artifacts):
    seen = []
    sha256 = upload(artifacts, progress=lambda done, total: seen.append((done, total)))
    assert hub.blobs[sha256] == BLOB
    assert hub.count("artifacts/") == 26
    assert seen[0] == (0, len(BLOB))
    assert seen[-1] == (len(BLOB), len(BLOB))
    assert seen == sorted(seen)


def test_upload_resumes_where_the_hubs_copy_ends(hub, artifacts):
    hub.blobs[sha256_of(BLOB)] = bytearray(BLOB[:24_500])
    sha256 = upload(artifacts)
    assert hub.blobs[sha256] == BLOB
    assert hub.count("artifacts/") == 2


def test_upload_of_what_the_hub_holds_costs_one_request(hub, artifacts):
    upload(artifacts)
    before = len(hub.requests)
    upload(artifacts)
    assert len(hub.requests) == before + 1


def test_upload_outlasts_failures_and_a_wrong_offset(hub, artifacts):
    hub.fail_next("artifacts", 503, times=2)
    original = hub.blobs.__class__.setdefault

    class Growing(dict):
        def setdefault(self, key, default):  # the hub gains 500 bytes after it has told us its offset
            held = original(self, key, default)
            return held if held else _after(self, key)

    def _after(blobs, key):
        blobs[key] = bytearray(BLOB[:500])
        return bytearray()

    hub.blobs = Growing()
    sha256 = upload(artifacts)
    assert hub.blobs[sha256] == BLOB


def test_an_empty_blob_is_a_blob(hub, artifacts):
    assert hub.blobs[upload(artifacts, b"")] == b""


def test_download_is_verified_and_then_comes_from_the_folder(hub, artifacts):
    sha256 = sha256_of(BLOB)
    hub.readable[sha256] = BLOB
    path = artifacts.download(sha256)
    assert path.read_bytes() == BLOB
    before = len(hub.requests)
    assert artifacts.download(sha256) == path
    assert len(hub.requests) == before


def test_download_resumes_after_a_broken_connection(hub, artifacts):
    sha256 = sha256_of(BLOB)
    hub.readable[sha256] = BLOB
    hub.break_download_after = 20_000
    assert artifacts.download(sha256).read_bytes() == BLOB
    assert hub.count("artifacts/") == 2


def test_a_whole_part_left_by_a_crash_is_taken_over(hub, artifacts, folder):
    sha256 = sha256_of(BLOB)
    hub.readable[sha256] = BLOB
    (folder.folder / f"{sha256}.part").write_bytes(BLOB)
    assert artifacts.download(sha256).read_bytes() == BLOB


def test_a_download_with_another_hash_is_not_kept(hub, artifacts, folder):
    sha256 = sha256_of(b"expected")
    hub.readable[sha256] = b"something else"
    with pytest.raises(ArtifactError, match="twice"):
        artifacts.download(sha256)
    assert not folder.holds(sha256)
    assert list(folder.folder.iterdir()) == []


def test_a_damaged_part_is_thrown_away_and_fetched_anew(hub, artifacts, folder):
    sha256 = sha256_of(BLOB)
    hub.readable[sha256] = BLOB
    (folder.folder / f"{sha256}.part").write_bytes(b"x" * 100)
    assert artifacts.download(sha256).read_bytes() == BLOB


def test_an_unknown_blob_and_a_name_that_is_no_hash_are_refused(artifacts):
    with pytest.raises(HubRefused, match="404"):
        artifacts.download("0" * 64)
    with pytest.raises(ArtifactError, match="SHA-256"):
        artifacts.download("../site.toml")


def test_download_gives_up_when_the_hub_stays_away(hub, folder):
    client = LinkClient(LinkAddress.parse(hub.broker_url))
    hub.stop()
    with pytest.raises(HubUnavailable):
        ArtifactClient(client, folder, patience_s=0).download("0" * 64)
    client.close()


def test_prune_deletes_the_longest_unused_first(folder):
    names = [folder.add(bytes([i]) * 100).sha256 for i in range(4)]
    for age, name in enumerate(names):
        os.utime(folder.path(name), (age, age))
    assert folder.prune(200, keep=frozenset({names[0]})) == 2
    assert [folder.holds(name) for name in names] == [True, False, False, True]
