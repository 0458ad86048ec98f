"""Figures travel as integers that add over sites, and say the same as the figures themselves, never less exposed."""

import numpy as np
import pytest

from primia_core.attacks.errors import SumsError
from primia_core.attacks.findings import AuditFindings, Baseline, Guesses
from primia_core.attacks.means import anova, difference, paired, t_test
from primia_core.attacks.plan import AuditPlan
from primia_core.attacks.sums import MSE, PSNR, SSIM, AuditSums, Measured, Row, products_of, row_of
from primia_core.evaluation import groups

PLAN = AuditPlan(views=("gradient", "secure_sum"), batch_sizes=(2,), victims=3, positive_victims=5)


def measured(rng: np.random.Generator, count: int, level: float = 1.0) -> list[Measured]:
    return [
        Measured(float(level * rng.gamma(4, 0.25)), float(rng.normal(20, 4)), float(rng.uniform(-0.2, 1)), bool(k % 3))
        for k in range(count)
    ]


def findings(seed: int, *, positive: float = 0.02, attack: float = 1.0, identified: bool = True) -> AuditFindings:
    """Return an audit with invented figures: no attack is made."""
    rng = np.random.default_rng(seed)
    guesses = []
    for part in PLAN.parts:
        count = part.images * part.victims
        level = positive if part.positive else attack
        rows = {
            control: measured(rng, count, level if control == part.controls[0] else 1.0) for control in part.controls
        }
        if part.positive:
            rows["positive"] = [Measured(m.mse, m.psnr, m.ssim, identified) for m in rows["positive"]]
        guesses.append(Guesses(part, rows, count - 1, count))
    return AuditFindings(PLAN, tuple(guesses), Baseline([1.0, 0.8], [0.5, 0.4], [1.0, 1.2]))


def test_vectors_come_back_as_they_went_and_have_the_lengths_of_the_layout():
    sums = findings(0).sums()
    assert AuditSums.of_vectors(PLAN, sums.to_vectors()) == sums
    assert {name: len(values) for name, values in sums.integers.items()} == AuditSums.layout(PLAN)
    assert all(value >= 0 for values in sums.integers.values() for value in values)


def test_masked_words_of_three_sites_sum_to_the_sum():
    sites = [findings(seed).sums() for seed in range(3)]
    words = {
        name: np.sum([site.to_vectors()[name] for site in sites], axis=0, dtype=np.uint32)
        for name in AuditSums.layout(PLAN)
    }
    whole = AuditSums.of_vectors(PLAN, words)
    assert whole == sites[0] + sites[1] + sites[2]
    assert sum((AuditSums.nothing(PLAN), *sites[1:]), start=sites[0]) == whole


def test_sum_of_rows_is_the_row_of_all():
    rng = np.random.default_rng(3)
    one, other = measured(rng, 7), measured(rng, 9)
    added = tuple(a + b for a, b in zip(row_of(one), row_of(other), strict=True))
    whole = row_of([*one, *other])
    assert np.abs(np.subtract(added, whole)).max() <= 2  # the fixed point rounds once a sum
    assert added[:3] == whole[:3]
    assert added[7:] == whole[7:]


def test_means_and_spreads_are_those_of_the_figures():
    found = measured(np.random.default_rng(4), 40)
    errors = np.array([m.mse for m in found])
    row = Row.of(row_of(found))
    assert row.n == row.trials == 40
    assert row.hits == sum(m.identified for m in found)
    assert row.mean == pytest.approx(errors.mean(), abs=1e-6)
    assert row.variance == pytest.approx(errors.var(ddof=1), abs=1e-5)
    assert Row.of(row_of(found[:1])).variance == 0


@pytest.mark.parametrize(
    ("scale", "values"), [(MSE, [1e-4, 0.01, 0.4, 2.0, 90.0]), (PSNR, [0, 20.1, 63.9]), (SSIM, [-1, 0.5, 0.999])]
)
def test_bins_never_say_less_exposed(scale, values):
    for value in values:
        counts = np.bincount([scale.bin(value)], minlength=len(scale.edges) - 1).tolist()
        edge = scale.exposed(counts, 0.0)
        assert edge <= value if scale.exposed_low else edge >= value
    assert MSE.exposed(np.bincount([MSE.bin(0.5)], minlength=201).tolist(), 0.0) == pytest.approx(0.5, rel=0.08)


def test_the_most_exposed_share_is_a_percentile_and_the_worst_the_extreme():
    errors = np.linspace(0.1, 2.0, 200)
    counts = np.bincount([MSE.bin(e) for e in errors], minlength=len(MSE.edges) - 1).tolist()
    assert MSE.exposed(counts, 0.05) == pytest.approx(np.quantile(errors, 0.05), rel=0.1)
    assert MSE.exposed(counts, 0.0) <= errors.min()
    likeness = np.bincount([SSIM.bin(v) for v in np.linspace(0, 0.9, 200)], minlength=256).tolist()
    assert SSIM.exposed(likeness, 0.05) == pytest.approx(0.855, abs=0.02)


def test_tests_from_sums_are_those_of_the_measurements():
    rng = np.random.default_rng(5)
    a, b, c = (measured(rng, 30, level) for level in (1.0, 1.3, 0.8))
    rows, errors = [Row.of(row_of(x)) for x in (a, b, c)], [[m.mse for m in x] for x in (a, b, c)]
    for found, wanted in (
        (anova(rows), groups.anova(errors)),
        (t_test(rows[0], rows[1], equal_variances=True), groups.t_test(*errors[:2], equal_variances=True)),
        (t_test(rows[0], rows[1], equal_variances=False), groups.t_test(*errors[:2], equal_variances=False)),
        (
            paired(difference(rows[0], rows[1], products_of(a, [b])[0] / 2**20)),
            groups.paired_t_test(*errors[:2]),
        ),
    ):
        assert found is not None
        assert found[0] == pytest.approx(wanted.statistic, rel=1e-3)
        assert found[1] == pytest.approx(wanted.p, rel=1e-3)


def test_tests_of_what_does_not_vary_are_undefined():
    same = Row.of(row_of([Measured(0.5, 20, 0.5, False)] * 3))
    single = Row.of(row_of([Measured(0.5, 20, 0.5, False)]))
    assert anova([single, single]) is None
    assert t_test(single, same, equal_variances=True) is None
    assert paired(difference(same, same, 0.75)) is None


def test_foreign_sums_are_refused():
    words = findings(0).to_vectors()
    with pytest.raises(SumsError, match="does not hold"):
        AuditSums.of_vectors(AuditPlan(batch_sizes=(3,)), words)
    with pytest.raises(SumsError, match="different plans"):
        _ = findings(0).sums() + AuditSums.nothing(AuditPlan(batch_sizes=(3,)))
