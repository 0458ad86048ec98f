"""What a study has spent: several jobs add up, and no round is let through that passes the budget."""

from primia_core.privacy.accounting import Steps, epsilon
from primia_core.privacy.ledger import Budget, Entry, cumulative, forecast, rounds_left

A_ROUND = Steps(1.0, 0.05, 4)
OTHER = Steps(1.5, 0.1, 1)
DELTA = 1e-5


def test_jobs_add_up_whoever_asked():
    entries = [Entry("a", 1, A_ROUND), Entry("a", 2, A_ROUND), Entry("b", 1, OTHER)]
    assert cumulative(entries, DELTA) == epsilon([A_ROUND, A_ROUND, OTHER], DELTA)
    assert cumulative(entries[:2], DELTA) < cumulative(entries, DELTA)


def test_forecast_says_before_and_after_and_lets_the_budget_be_reached_exactly():
    entries = [Entry("a", 1, A_ROUND)]
    after = epsilon([A_ROUND.times(3)], DELTA)
    found = forecast(Budget(after, DELTA), entries, A_ROUND.times(2))
    assert (found.spent, found.after) == (epsilon([A_ROUND], DELTA), after)
    assert not found.would_pass
    assert forecast(Budget(after - 1e-6, DELTA), entries, A_ROUND.times(2)).would_pass
    assert f"{after:.3f}" in found.text


def test_rounds_left_is_the_last_that_fits():
    budget, entries = Budget(2.0, DELTA), [Entry("b", 1, OTHER)]
    left = rounds_left(budget, entries, A_ROUND, at_most=200)
    assert 0 < left < 200
    assert not forecast(budget, entries, A_ROUND.times(left)).would_pass
    assert forecast(budget, entries, A_ROUND.times(left + 1)).would_pass


def test_rounds_left_is_none_when_spent_and_no_more_than_asked():
    assert rounds_left(Budget(0.1, DELTA), [Entry("b", 1, OTHER)], A_ROUND, at_most=10) == 0
    assert rounds_left(Budget(50.0, DELTA), [], A_ROUND, at_most=3) == 3


def test_what_is_reserved_for_other_jobs_counts_as_spent_before_it_is():
    entries, promised = [Entry("a", 1, A_ROUND)], [A_ROUND.times(2), OTHER]
    after = epsilon([A_ROUND.times(4), OTHER], DELTA)
    found = forecast(Budget(after - 1e-6, DELTA), entries, A_ROUND, reserved=promised)
    assert found.spent == epsilon([A_ROUND], DELTA)
    assert found.committed == epsilon([A_ROUND.times(3), OTHER], DELTA)
    assert (found.after, found.would_pass) == (after, True)
    assert f"{found.committed:.3f} with what is reserved for other jobs" in found.text
    assert "reserved" not in forecast(Budget(after, DELTA), entries, A_ROUND).text
