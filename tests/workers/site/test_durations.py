"""How long a round takes may tell how many images a site has: a policy can forbid every plan of which that is true."""

import pytest

from primia_core.training.config import LocalTraining
from tests.workers.site.hospitals import STILL
from workers.site.policy import SitePolicy, objections

SILENT, OPEN = SitePolicy(allow_epochs=False), SitePolicy()


def test_work_in_steps_is_allowed_where_durations_must_tell_nothing(federation):
    assert objections(federation.make_plan(), SILENT) == []


@pytest.mark.parametrize(
    "telling",
    [{"steps": None, "epochs": 2}, {"steps": 2, "exhausted_sites": "keep_last"}],
    ids=["epochs", "keep_last"],
)
def test_work_whose_duration_tells_the_size_of_a_cohort_is_refused_where_the_policy_says_so(federation, telling):
    plan = federation.make_plan(training=LocalTraining(augmentation=STILL, **telling))
    (says,) = objections(plan, SILENT)
    assert "how many images a site has" in says
    assert objections(plan, OPEN) == []
