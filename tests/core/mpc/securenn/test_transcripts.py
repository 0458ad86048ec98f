"""What each party receives says nothing: it is uniform whatever is computed, and tests notice where it is not."""

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from primia_core.mpc.kernels.securenn import unpack_residues
from primia_core.mpc.securenn import compare
from primia_core.mpc.securenn.draws import PickStream, ResidueStream
from primia_core.mpc.securenn.party import securenn_party
from primia_core.mpc.securenn.ring import RING
from primia_core.mpc.securenn.select import help_relu, relu
from primia_core.mpc.securenn.shares import ModelShare, expand_images, share_images, share_model
from primia_core.mpc.steps import play
from tests.core.mpc.securenn.chance import p_of_bytes, p_value
from tests.core.mpc.securenn.networks import images, integers, network
from tests.core.mpc.securenn.table import TOY, FixedBytes, Recorded, run, seeds_of, split

ROWS = 20_000
SECRETS = [0, -1, 37, -64]
RARE = 1e-4
LAYOUT = {
    (2, 0): ["masked", "compared", "compared"],
    (2, 1): ["masked", "compared", "compared"],
    (0, 1): ["odd", "factors", "factors"],
    (1, 0): ["odd", "factors", "factors"],
    (1, 2): ["dealt odd", "odd", "dealt word", "word", "word", "word"],
}
"""What a ReLU lets a party (first) receive from another (second), in order."""


def relu_view(value, seeds=None):
    """Run many ReLUs of one secret value in the toy ring; return what came, by (receiver, sender)."""
    recorded = Recorded()
    shares = split(np.full(ROWS, value), TOY, seed=3)
    run(
        lambda seat: relu(seat, shares[seat.party]),
        lambda seat: help_relu(seat, ROWS),
        ring=TOY,
        seeds=seeds or seeds_of("view"),
        recorded=recorded,
    )
    view = {}
    for receiver, messages in recorded.received.items():
        for sender, message in messages:
            view.setdefault((receiver, sender), []).append(np.frombuffer(message, np.uint8))
    return view


def residues(raw):
    return unpack_residues(raw.reshape(ROWS, -1))


def parts(kind, raw):
    """Yield the values of a message and how many there can be."""
    if kind == "compared":
        yield residues(raw), TOY.prime
    elif kind.startswith("dealt"):
        yield residues(raw[:-ROWS]), TOY.prime
        yield raw[-ROWS:], 256 if kind.endswith("word") else 255
    else:
        yield raw, 255 if kind == "odd" else 256


@pytest.mark.parametrize("value", SECRETS)
def test_every_message_is_uniform_whatever_the_secret(value):
    view = relu_view(value)
    assert {pair: len(messages) for pair, messages in view.items()} == {k: len(v) for k, v in LAYOUT.items()}
    for pair, kinds in LAYOUT.items():
        for kind, raw in zip(kinds, view[pair], strict=True):
            for values, categories in parts(kind, raw):
                assert p_value(values, categories) > RARE, (pair, kind)


def verdicts(view):
    """Return for both comparisons the sums that P2 sees: (rows, bits) each."""
    pairs = zip(view[2, 0][1:], view[2, 1][1:], strict=True)
    return [(residues(first).astype(int) + residues(second)) % TOY.prime for first, second in pairs]


def helper_p_values(view):
    """Return how likely the helper's sums are under the law that they should have."""
    found = []
    for sums in verdicts(view):
        zero = sums == 0
        assert zero.sum(axis=1).max() <= 1
        found.append(p_value(zero.any(axis=1), 2))
        found.append(p_value(zero.nonzero()[1], TOY.bits))
        found.append(p_value(sums[~zero] - 1, TOY.prime - 1))
    return found


@pytest.mark.parametrize("value", SECRETS)
def test_the_helper_sees_a_coin_at_a_uniform_place_among_uniform_values(value):
    view = relu_view(value)
    assert min(helper_p_values(view)) > RARE
    masked = view[2, 0][0] + view[2, 1][0]
    assert p_value(masked, 256) > RARE
    verdict = (verdicts(view)[0] == 0).any(axis=1)
    table = [[np.sum(verdict[masked // 16 == part] == bit) for part in range(16)] for bit in (0, 1)]
    assert chi2_contingency(table).pvalue > RARE


def test_it_is_noticed_when_the_permutation_is_left_out(monkeypatch):
    stay = np.arange(TOY.bits - 1, 0, -1, dtype=np.uint8)
    monkeypatch.setattr(PickStream, "draw", lambda _self, rows: np.tile(stay, (rows, 1)))
    assert min(helper_p_values(relu_view(37))) < 1e-12


def test_it_is_noticed_when_the_factors_are_left_out(monkeypatch):
    draw = ResidueStream.draw

    def ones(self, rows, columns):
        drawn = draw(self, rows, columns)
        return np.ones_like(drawn) if drawn.min() > 0 else drawn

    monkeypatch.setattr(ResidueStream, "draw", ones)
    assert min(helper_p_values(relu_view(37))) < 1e-12


def test_it_is_noticed_when_the_coin_is_left_out(monkeypatch):
    heads = lambda _stream, count: np.zeros(count, np.uint8)  # noqa: E731
    monkeypatch.setattr("primia_core.mpc.securenn.convert.coins", heads)
    view = relu_view(37)
    masked = view[2, 0][0] + view[2, 1][0]
    verdict = (verdicts(view)[0] == 0).any(axis=1)
    table = [[np.sum(verdict[masked // 16 == part] == bit) for part in range(16)] for bit in (0, 1)]
    assert chi2_contingency(table).pvalue < 1e-12


def dealt_tops(value):
    """Return P0's message of the first comparison, and where P2 has dealt P0 a zero as its share of the top bit."""
    dealt = []
    draw = ResidueStream.draw

    def watched(self, rows, columns):
        dealt.append(draw(self, rows, columns))
        return dealt[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ResidueStream, "draw", watched)
        view = relu_view(value)
    drawn = [d for d in dealt if len(d) and d.min() == 0]
    chunks = -(-ROWS // 8192)
    return residues(view[2, 0][1]), np.concatenate(drawn[:chunks])[:, -1] == 0


@pytest.mark.parametrize("refreshed", [True, False])
def test_without_shares_of_zero_the_helper_would_recognise_what_it_has_dealt(refreshed, monkeypatch):
    """P0's share of c at the top bit is its dealt share up to sign: where that is 0, so is one value of its message."""
    if not refreshed:
        plain = compare.blind_comparison
        monkeypatch.setattr(
            compare, "blind_comparison", lambda *args: plain(*args[:5], np.zeros_like(args[5]), *args[6:])
        )
    sent, top_is_zero = dealt_tops(37)
    some = (sent == 0).any(axis=1)
    table = [[np.sum(some[top_is_zero == top] == bit) for bit in (False, True)] for top in (False, True)]
    assert (chi2_contingency(table).pvalue > RARE) == refreshed
    if not refreshed:
        assert some[top_is_zero].all()


@pytest.mark.parametrize("fresh", [True, False])
def test_a_seed_used_twice_shows_the_difference_of_two_secrets(fresh):
    first = relu_view(5)
    second = relu_view(9, seeds=seeds_of("fresh" if fresh else "view"))
    difference = second[2, 0][0] - first[2, 0][0] + second[2, 1][0] - first[2, 1][0]
    assert (p_value(difference, 256) > RARE) == fresh
    if not fresh:
        assert set(difference.tolist()) == {2 * (9 - 5)}


@pytest.mark.parametrize("seed", [1, 2])
def test_every_message_of_a_whole_program_is_uniform(seed):
    """64-bit words are uniform byte by byte, residues modulo 67, for two models and images."""
    program, batch = network("label"), 6
    x = images(batch, seed=seed)
    model_seed, model = share_model(program, integers(seed), FixedBytes(f"model {seed}"))
    image_seed, second = share_images(x, FixedBytes(f"images {seed}"))
    models, shares = (ModelShare.expand(program, model_seed), model), (expand_images(image_seed, x.shape), second)
    recorded, seeds = Recorded(), seeds_of(f"program {seed}")
    holders = [
        securenn_party(program, b, seeds=seeds[b], batch=batch, model=models[b], images=shares[b]) for b in (0, 1)
    ]
    parties = [*holders, securenn_party(program, 2, seeds=seeds[2], batch=batch)]
    play([recorded.watch(party, exchange) for party, exchange in enumerate(parties)])

    between = b"".join(message for party in (0, 1) for sender, message in recorded.received[party] if sender != 2)
    assert p_of_bytes(between) > RARE
    for sender in (0, 1):
        messages = [message for origin, message in recorded.received[2] if origin == sender]
        assert p_of_bytes(b"".join(messages[0::3])) > RARE
        compared = b"".join(messages[1::3] + messages[2::3])
        assert (
            p_value(unpack_residues(np.frombuffer(compared, np.uint8).reshape(-1, RING.residue_bytes)), RING.prime)
            > RARE
        )
