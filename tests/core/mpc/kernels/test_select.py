import numpy as np
import pytest

from primia_core.mpc import kernels
from tests.core.mpc.kernels.arrays import Draw

PROFILES = {
    "fast": (np.uint32, np.uint16, np.uint16, 16, 16),
    "precise": (np.uint64, np.uint32, np.uint64, 40, 24),
}
profiles = pytest.mark.parametrize("widths", PROFILES.values(), ids=PROFILES)


def additive(secret, draw, dtype, bits=None):
    """Return two shares of a secret modulo 2**bits, by default of the type."""
    full = 8 * np.dtype(dtype).itemsize
    low = dtype((1 << (bits or full)) - 1)
    first = draw.words(secret.shape, dtype) & low
    return [first, (secret.astype(dtype) - first) & low]


def signed_values(wire, draw):
    """Return values of a narrow wire: the edges of its range, and some between."""
    quarter = 1 << (wire - 2)
    edges = [-quarter, -quarter + 1, -1, 0, 1, quarter - 1, quarter]
    between = draw.words(500, np.uint32, wire - 1).astype(np.int64) - quarter
    return np.concatenate([np.repeat(edges, 200), between])


def relu_inputs(widths, draw, t):
    ring, narrow, _wrap, _fraction, wire = widths
    R = draw.words(t.shape, narrow, wire)
    half = 1 << (wire - 1)
    R[::8], R[1::8], R[2::8] = 0, half, half - 1  # where the wrap of a lift is decided
    opened = ((t + R) & ((1 << wire) - 1)).astype(narrow)
    return opened, R.astype(ring), (R >> narrow(wire - 1)).astype(ring)


@profiles
def test_relu_select_gives_the_positive_part_behind_its_mask(level, widths):
    ring, _narrow, wrap, fraction, wire = widths
    draw = Draw(1)
    t = signed_values(wire, draw)
    opened, R, mu = relu_inputs(widths, draw, t)
    rho = draw.words(t.shape, np.uint8, 1)
    sign = (t >= 0).astype(np.uint8) ^ rho
    r_y = draw.words(t.shape, ring)
    secrets = [rho.astype(ring), rho * R, R, r_y]
    rings = [additive(secret, draw, ring) for secret in secrets]
    wraps = [additive(secret, draw, wrap, fraction) for secret in (rho * mu, mu)]
    total = sum(
        kernels.relu_select(
            b,
            opened,
            sign,
            rings[0][b],
            rings[1][b],
            rings[2][b],
            wraps[0][b],
            wraps[1][b],
            rings[3][b],
            fraction,
            wire,
        )
        for b in (0, 1)
    )
    np.testing.assert_array_equal(total - r_y, np.maximum(t, 0).astype(ring))


@profiles
@pytest.mark.parametrize("beyond", [0, 1, -1])
def test_lifting_is_exact_up_to_a_quarter_of_the_wire_and_not_beyond(level, widths, beyond):
    ring, _narrow, wrap, fraction, wire = widths
    draw = Draw(2)
    quarter = 1 << (wire - 2)
    edge = {0: [quarter, -quarter], 1: [quarter + 1], -1: [-quarter - 1]}[beyond]
    t = np.repeat(edge, 600)
    opened, R, mu = relu_inputs(widths, draw, t)
    one = [np.ones(t.shape, ring), np.zeros(t.shape, ring)]
    masks, wraps = additive(R, draw, ring), additive(mu, draw, wrap, fraction)
    zero = np.zeros(t.shape, ring)
    total = sum(kernels.relu_finish(b, opened, one[b], masks[b], wraps[b], zero, fraction, wire) for b in (0, 1))
    assert bool(np.all(total == t.astype(ring))) is (beyond == 0)


@profiles
def test_maximum_select_gives_the_larger_value_behind_its_mask(level, widths):
    _ring, narrow, _wrap, _fraction, wire = widths
    draw = Draw(3)
    low = narrow((1 << wire) - 1)
    left, right = signed_values(wire, draw), signed_values(wire, Draw(4))[::-1]
    R1, R2, R3 = (draw.words(left.shape, narrow, wire) for _ in range(3))
    B = (R1 - R2) & low
    rho = draw.words(left.shape, np.uint8, 1)
    sign = (left >= right).astype(np.uint8) ^ rho
    opened = [((t + R) & low).astype(narrow) for t, R in ((left, R1), (right, R2))]
    shares = [additive(secret, draw, narrow, wire) for secret in (rho.astype(narrow), rho * B, B, R2, R3)]
    total = sum(kernels.maximum_select(b, *opened, sign, *(share[b] for share in shares), wire) for b in (0, 1))
    np.testing.assert_array_equal((total - R3) & low, np.maximum(left, right).astype(narrow) & low)


@profiles
def test_truncation_is_the_floor_or_one_more(level, widths):
    ring, narrow, _wrap, fraction, wire = widths
    draw = Draw(5)
    limit = (1 << (fraction + wire - 2)) - (1 << fraction)
    z = np.concatenate([[-limit, -1, 0, 1, limit], draw.words(3000, np.uint64).astype(np.int64) % limit - limit // 2])
    shares = additive(z, draw, ring)
    R = draw.words(z.shape, narrow, wire)
    masks = additive(R, draw, narrow, wire)
    total = sum(kernels.truncate_share(b, shares[b], masks[b], fraction, wire) for b in (0, 1))
    t = (total - R).astype(np.int64) & ((1 << wire) - 1)
    assert set(np.unique((t - (z >> fraction)) & ((1 << wire) - 1))) == {0, 1}
