"""A hospital's part in jobs that evaluate or audit: what it refuses, what it sends, and what it keeps to itself."""

import json
import stat

import pytest
from typer.testing import CliRunner

from primia_core.attacks.plan import AuditPlan
from primia_core.cli.main import app
from primia_core.federation.plan import EvaluationPlan
from primia_core.federation.schedule import Finished, next_step
from primia_core.imaging import Normalisation
from tests.workers.site.hospitals import JOB, SITES
from workers.site.policy import SitePolicy, objections
from workers.site.releases import releases

SCALE = Normalisation(mean=0.25, std=0.2)
QUICK = EvaluationPlan(score_bins=16, replicates=0)
TINY = AuditPlan(views=("gradient",), batch_sizes=(2,), victims=1, positive_victims=1, iterations=10, gallery=100)
TRUSTING = SitePolicy(
    approval="auto", require_secure=False, release_own_figures=True, allow_subgroups=True, allow_audits=True
)


def examining(federation, purpose, **parts):
    """Give a federation a plan that examines its model, and have every site sign it."""
    data = federation.plan.data.model_copy(update={"normalisation": SCALE})
    federation.plan = federation.make_plan(purpose=purpose, data=data, **parts)
    return federation


@pytest.mark.parametrize(
    ("purpose", "parts", "says"),
    [
        ("evaluate", {"evaluation": QUICK.model_copy(update={"per_site": True})}, "release_own_figures"),
        ("evaluate", {"evaluation": QUICK.model_copy(update={"subgroups": ("age",)})}, "allow_subgroups"),
        ("audit", {"audit": TINY}, "allow_audits"),
    ],
)
def test_a_site_refuses_what_its_policy_does_not_allow_and_says_which_rule(federation, purpose, parts, says):
    plan = examining(federation, purpose, **parts).plan
    strict = SitePolicy(allow_audits=False)
    assert [says in objection for objection in objections(plan, strict)] == [True]
    assert objections(plan, TRUSTING) == []


def test_the_approval_says_what_leaves(federation):
    full = EvaluationPlan(score_bins=16, subgroups=("age", "sex"), per_site=True)
    text = " ".join(releases(examining(federation, "evaluate", evaluation=full).plan))
    for words in ("trains nothing", "200 resamples", "fewer than 10 images is counted as withheld", "PUBLISHES"):
        assert words in text
    text = " ".join(releases(examining(federation, "audit", audit=TINY).plan))
    assert "pictures of your images and of what attacks made of them stay here" in text
    assert releases(federation.make_plan()) == []


def test_an_evaluation_at_three_agents_sums_up_what_they_have(make_federation):
    federation = make_federation(policy=TRUSTING)
    evaluation = QUICK.model_copy(update={"subgroups": ("sex",), "per_site": True, "smallest_cell": 1})
    examining(federation, "evaluate", evaluation=evaluation).review()
    step = federation.next_step()
    assert step.kind == "scores"
    federation.take(step)
    document = federation.state.results[0].scores
    assert document.n == 3 * 6
    assert [(site.site, site.n) for site in document.sites] == [(slug, 6) for slug in SITES]
    assert {one.group for one in document.subgroups if not one.suppressed} == {"unknown"}
    assert isinstance(next_step(federation.plan, federation.state, federation.layout), Finished)


def test_an_audits_pictures_stay_in_the_sites_own_folder(make_federation):
    federation = make_federation(secure=False, policy=TRUSTING, patients=660)
    examining(federation, "audit", audit=TINY).review()
    agent, step = federation.agents["basel"], federation.next_step()
    result = federation.ask("basel", "step.submit", federation.submit_payload(step, None, None))
    assert result["artifact"]
    folder = agent.folder.audits / JOB
    page = (folder / "index.html").read_text()
    assert "data:image/png;base64," in page
    assert "http" not in page.replace("http://www.w3.org", "")
    assert list(folder.glob("*-reconstruction.png"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    left = json.dumps([row.to_json() for row in agent.journal.entries()])
    assert "vectors" in left
    assert "image/png" not in left
    sent = b"".join(bytes(blob) for blob in federation.hub.blobs.values())
    assert len(sent) == 4 * sum(vector.length for vector in step.vectors), "the vectors and nothing else"
    assert b"PNG" not in sent

    shown = CliRunner().invoke(app, ["site", "audits", "--folder", str(agent.folder.path), "--json"])
    assert shown.exit_code == 0, shown.output
    (row,) = json.loads(shown.stdout)["audits"]
    assert (row["job"], row["page"]) == (JOB, str(folder / "index.html"))
    figures = json.loads((folder / "figures.json").read_text())
    assert (row["verdict"], figures["pictures"], figures["images"]["kind"]) == (figures["verdict"], [], "real")


@pytest.mark.parametrize("job", ["../../elsewhere", "", "/etc", "A" * 36])
def test_a_folder_is_named_after_nothing_that_a_hub_makes_up(federation, job):
    plan = examining(federation, "audit", audit=TINY).plan
    pages, home = federation.agents["basel"].audits, federation.agents["basel"].folder.audits
    assert pages.folder_of(plan, job) == home / plan.hash[:32]
    assert pages.folder_of(plan, JOB) == home / JOB
