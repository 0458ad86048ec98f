"""What the coordinator sees of a round: uniform, independent of one site's update, and never masked twice alike.

The statistics use fixed random bytes, so they hold or fail for good. The structural tests read every keystream that is
really used: they fail if a mask is missing, shared or used again, however well its words are distributed.
"""

from collections import Counter, defaultdict
from itertools import combinations

import numpy as np
import pytest

from primia_core.ring import SignedStreams
from primia_core.secagg import VectorSpec, masks
from tests.core.secagg.parties import Parties, names, spec_of

LENGTH = 1 << 16
TWINS = (VectorSpec(name="one", length=LENGTH), VectorSpec(name="two", length=LENGTH))


def assert_uniform(words):
    """Chi-squared on bytes and on neighbouring byte pairs' differences, six standard deviations wide."""
    bytes_ = words.view(np.uint8)
    for sample in (bytes_, bytes_[1:] - bytes_[:-1], bytes_[4:] - bytes_[:-4]):
        counts = np.bincount(sample, minlength=256)
        expected = sample.size / 256
        statistic = float(np.sum((counts - expected) ** 2) / expected)
        assert abs(statistic - 255) < 6 * np.sqrt(2 * 255), statistic


def assert_not_uniform(words):
    with pytest.raises(AssertionError):
        assert_uniform(words)


@pytest.fixture(scope="module")
def played():
    parties = Parties(spec_of(names(3), vectors=TWINS), fixed="view")
    parties.play()
    return parties


class Recorder:
    """Keeps the keys of every keystream, by attempt, site and vector, while the protocol runs."""

    def __init__(self, monkeypatch):
        self.used, self.now = defaultdict(list), ("nobody", "")
        recorder = self

        class Recording(SignedStreams):
            def __init__(self, keys):
                super().__init__(keys)
                recorder.used[recorder.now].append(tuple(keys))

        monkeypatch.setattr(masks, "SignedStreams", Recording)


def masked_keys(monkeypatch, parties):
    """Return {site: {vector: [(key, sign), ...]}} of everything that is added while the sites mask."""
    parties.play(until="submit")
    recorder = Recorder(monkeypatch)
    for site in parties.alive():
        recorder.now = (site, "mask")
        parties.hub.receive_submission(parties.sites[site].mask(parties.words[site], parties.hub.inbox(site)).header)
    monkeypatch.undo()
    order = [vector.name for vector in parties.spec.vectors]
    return {site: dict(zip(order, recorder.used[site, "mask"], strict=True)) for site in parties.alive()}


def test_masked_vectors_are_uniform(played):
    for site in names(3):
        for vector in TWINS:
            assert_uniform(played.vectors[site][vector.name])
            assert_not_uniform(played.words[site][vector.name])


def test_what_is_left_is_uniform_whichever_single_kind_of_mask_is_known(played, monkeypatch):
    """Colluding peers know their pair masks, the opened sum shows the self-mask; either alone leaves the other."""
    parties = Parties(spec_of(names(3), vectors=TWINS), fixed="view")
    keys = masked_keys(monkeypatch, parties)
    for site in names(3):
        for vector in TWINS:
            own, *pairs = keys[site][vector.name]
            assert len(pairs) == 2
            for known in ([own], pairs, [pairs[0]], [pairs[1]], [own, pairs[0]]):
                left = played.vectors[site][vector.name].copy()
                strip(left, known)
                assert_uniform(left)
            bare = played.vectors[site][vector.name].copy()
            strip(bare, [own, *pairs])
            assert np.array_equal(bare, played.words[site][vector.name])


def strip(words, keys):
    streams = SignedStreams([(key, -sign) for key, sign in keys])
    for start in range(0, words.size, masks.CHUNK_WORDS):
        streams.apply_next(words[start : start + masks.CHUNK_WORDS])


def test_differences_of_what_is_seen_are_uniform(played):
    """Equal plain vectors under a reused mask would differ by zero: between vectors, sites and attempts."""
    again = Parties(spec_of(names(3), vectors=TWINS, attempt=2, step=2, model_hash="d" * 64), fixed="again")
    same_keys = Parties(spec_of(names(3), vectors=TWINS, attempt=3, step=3, model_hash="e" * 64), fixed="view")
    again.play()
    same_keys.play()  # even the same ephemeral keys give other masks, because the context differs
    for site in names(3):
        mine = played.vectors[site]
        assert_uniform(mine["one"] - mine["two"])
        for other in (again, same_keys):
            for name in ("one", "two"):
                assert_uniform(mine[name] - other.vectors[site][name])
    for left, right in combinations(names(3), 2):
        for sign in (1, -1):
            assert_uniform(played.vectors[left]["one"] + np.uint32(sign % 2**32) * played.vectors[right]["one"])


def test_only_the_sum_of_all_survivors_is_not_uniform(played):
    """Take off the self-masks, as the coordinator does: any smaller sum is still uniform, the whole one is plain."""
    sums, _ = played.finish()
    unmasking = played.hub._unmasking()
    seen = {}
    for site in names(3):
        seen[site] = played.vectors[site]["one"].copy()
        (own,) = unmasking.of(site)
        strip(seen[site], [(own["one"][0], 1)])
    for size in (1, 2):
        for group in combinations(names(3), size):
            assert_uniform(sum((seen[site] for site in group), np.zeros(LENGTH, np.uint32)))
    assert np.array_equal(sum(seen.values(), np.zeros(LENGTH, np.uint32)), sums["one"])
    assert_not_uniform(sums["one"])


def test_view_does_not_depend_on_how_the_sum_is_made_up(monkeypatch):
    """Two worlds with one sum: each masked vector of the one is, word for word, possible in the other."""
    one = Parties(spec_of(names(3), vectors=TWINS), fixed="worlds")
    two = Parties(spec_of(names(3), vectors=TWINS), fixed="worlds")
    shift = np.arange(LENGTH, dtype=np.uint32) % 5000
    first, second, _ = names(3)
    two.words[first]["one"] = two.words[first]["one"] + shift
    two.words[second]["one"] = two.words[second]["one"] - shift
    (sums_one, _), (sums_two, _) = one.play(), two.play()
    assert all(np.array_equal(sums_one[name], sums_two[name]) for name in sums_one)
    # The change that turns one world's view into the other's is one that the masks alone could have made.
    change = {site: two.vectors[site]["one"] - one.vectors[site]["one"] for site in names(3)}
    assert np.array_equal(sum(change.values(), np.zeros(LENGTH, np.uint32)), np.zeros(LENGTH, np.uint32))
    for site in names(3):
        assert_uniform(two.vectors[site]["one"])


@pytest.mark.parametrize(("n", "neighbours"), [(3, None), (5, None), (8, 4)])
def test_every_pair_stream_is_used_by_its_pair_alone_and_cancels(monkeypatch, n, neighbours):
    parties = Parties(spec_of(names(n), vectors=TWINS, neighbours=neighbours))
    keys = masked_keys(monkeypatch, parties)
    seen = Counter()
    for vector in TWINS:
        holders = defaultdict(list)
        for site in names(n):
            used = keys[site][vector.name]
            assert len(used) == 1 + len(parties.spec.neighbours_of(site))
            assert len({key for key, _ in used}) == len(used)
            for key, sign in used:
                holders[key].append((site, sign))
        alone = [who for who in holders.values() if len(who) == 1]
        pairs = {
            frozenset(site for site, _ in who): sorted(s for _, s in who) for who in holders.values() if len(who) == 2
        }
        edges = {frozenset((site, peer)) for site in names(n) for peer in parties.spec.neighbours_of(site)}
        assert {site for ((site, _),) in alone} == set(names(n))
        assert set(pairs) == edges
        assert set(map(tuple, pairs.values())) == {(-1, 1)}
        assert len(holders) == n + len(edges)
        seen.update(holders.keys())
    assert set(seen.values()) == {1}, "a keystream serves two vectors"


def test_no_keystream_is_ever_used_again(monkeypatch):
    """Over attempts, rounds, models and jobs, even where the ephemeral keys are the same."""
    changes = (
        {},
        {"attempt": 2},
        {"step": 2},
        {"job": "another"},
        {"plan_hash": "1" * 64},
        {"model_hash": "2" * 64},
        {"dataset_versions": dict.fromkeys(names(3), "3" * 64)},
        {"vectors": (VectorSpec(name="one", length=LENGTH - 1), VectorSpec(name="three", length=LENGTH))},
        {"min_survivors": 2},
    )
    seen = Counter()
    for change in changes:
        parties = Parties(spec_of(names(3), **{"vectors": TWINS, **change}), fixed="keys")
        keys = masked_keys(monkeypatch, parties)
        seen.update({key for of_site in keys.values() for used in of_site.values() for key, _ in used})
    assert len(seen) == len(changes) * 2 * (3 + 3)
    assert set(seen.values()) == {1}


def test_sites_that_were_told_other_participants_do_not_cancel(monkeypatch):
    """The participants are in every mask's context, so a split view gives noise and not a smaller sum."""
    whole = masked_keys(monkeypatch, Parties(spec_of(names(4), vectors=TWINS), fixed="split"))
    parties = Parties(spec_of(names(4), vectors=TWINS), fixed="split")
    parties.gone = set()
    parties.advertise()
    for site in names(4)[:3]:
        parties.hub.receive_shares(parties.sites[site].share(parties.hub.roster()))
    parties.sites[names(4)[3]].share(parties.hub.roster())
    recorder = Recorder(monkeypatch)
    for site in names(4)[:3]:
        recorder.now = (site, "mask")
        parties.sites[site].mask(parties.words[site], parties.hub.inbox(site))
    split = {key for used in recorder.used.values() for streams in used for key, _ in streams}
    assert not split & {key for of_site in whole.values() for used in of_site.values() for key, _ in used}
