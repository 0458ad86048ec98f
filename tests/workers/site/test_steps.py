"""A job's steps at three sites, through the agent's own tasks and over real HTTP."""

import pytest
import torch
from safetensors import safe_open

from primia_core.federation.plan import Strategy
from primia_core.federation.schedule import Finished, next_step
from tests.workers.site.hospitals import SITES
from workers.site.policy import SitePolicy


@pytest.mark.parametrize("secure", [True, False], ids=["secure", "plain"])
def test_a_whole_job_ends_with_the_same_model_everywhere(make_federation, secure):
    federation = make_federation(secure=secure, policy=SitePolicy(approval="auto", require_secure=False))
    federation.review()
    kinds = []
    while not isinstance(next_step(federation.plan, federation.state, federation.layout), Finished):
        step = federation.next_step()
        kinds.append(step.kind)
        federation.take(step)
    assert kinds == ["statistics", "train", "evaluate", "evaluate"]
    last = federation.state.results[1].model_after
    for agent in federation.agents.values():
        mine = agent.models.get(last)
        assert all(torch.equal(mine[name], tensor) for name, tensor in federation.weights[last].items())
    assert federation.state.evaluations("test")[0].n == 3 * 6


def test_local_batch_norm_layers_stay_and_come_back(make_federation):
    federation = make_federation(strategy=Strategy(rounds=2, batch_norm="local"))
    federation.review()
    for _ in range(3):
        federation.take(federation.next_step())
    agent = federation.agents["basel"]
    kept = sorted(agent.folder.local.glob("*.layers"))
    assert [path.stem[-5:] for path in kept] == ["00002"]
    shared = federation.layout.shapes
    assert not [name for name in torch_names(kept[0]) if name in shared]


def torch_names(path):
    with safe_open(path, "pt") as file:
        return list(file.keys())


def test_the_initial_weights_are_fetched_once_and_later_ones_never(federation):
    federation.review()
    federation.take(federation.next_step())
    federation.hub.requests.clear()
    step = federation.next_step()
    federation.take(step)
    downloads = [path for method, path in federation.hub.requests if method == "GET"]
    reference = federation.model_reference(step)["sha256"]
    assert sum(reference in path for path in downloads) == len(SITES)
    federation.hub.requests.clear()
    federation.take(federation.next_step())
    got = [path for method, path in federation.hub.requests if method == "GET"]
    assert len(got) == len(SITES)  # the sums alone


def test_what_leaves_a_site_is_in_its_journal(federation):
    federation.review()
    federation.take(federation.next_step())
    agent = federation.agents["coimbra"]
    rows = [row for row in agent.journal.entries() if row.what != "progress"]
    assert [row.what for row in rows] == [
        "plan.review",
        "secagg.advertise",
        "secagg.share",
        "vectors",
        "step.submit",
        "secagg.consent",
        "secagg.unmask",
        "step.apply",
    ]
    blob = next(row for row in rows if row.what == "vectors")
    assert len(federation.hub.blobs[blob.sha256]) == blob.size_bytes
    assert all(row.task for row in rows)


def test_secrets_of_a_session_are_gone_once_its_sum_is_applied(federation):
    federation.review()
    federation.take(federation.next_step())
    rows = federation.agents["basel"].database.all("SELECT state, dump FROM session")
    assert [(row["state"], row["dump"]) for row in rows] == [("done", None)]
    assert not list(federation.agents["basel"].folder.local.glob("*.words"))


@pytest.mark.parametrize("leak", ["normal", "patient", "p0.png"])
def test_no_answer_names_an_image_or_a_class_count(federation, leak):
    federation.review()
    federation.take(federation.next_step())
    said = str([task.answers for task in federation.hub.tasks.values()])
    assert leak not in said
