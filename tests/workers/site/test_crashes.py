"""Crashes and second deliveries: what left once leaves again byte for byte, or not at all."""

import hashlib

import pytest

from primia_core.secagg.errors import QuantityPending
from tests.workers.site.hospitals import SITES, dump
from workers.link.errors import HubUnavailable
from workers.site import handlers, runner
from workers.site.database import Database


class Crash(BaseException):
    """The process ends here."""


def crash_after(monkeypatch, count):
    """Let the database die instead of its ``count``-th statement from now on."""
    left = [count]
    real = Database.write

    def write(self, sql, *values):
        if not sql.startswith(("INSERT INTO journal (time, what, task, size_bytes", "UPDATE outbox")):
            left[0] -= 1
            if left[0] < 0:
                raise Crash
        return real(self, sql, *values)

    monkeypatch.setattr(Database, "write", write)


def sent(federation, session):
    """Return every blob and submit answer that reached the hub."""
    answers = [t.answer for t in federation.hub.tasks.values() if t.kind == "step.submit" and t.answers]
    return {sha: hashlib.sha256(bytes(blob)).hexdigest() for sha, blob in federation.hub.blobs.items()}, answers


@pytest.fixture
def ready(federation):
    """The federation, a session up to its submissions, and the step."""
    federation.review()
    step = federation.next_step()
    session, payloads = federation.until_submit(step)
    return federation, step, session, payloads


def test_a_submit_may_die_before_any_write_and_submits_one_thing_in_the_end(ready, monkeypatch):
    federation, step, session, payloads = ready
    task = federation.task("step.submit", payloads["basel"])
    deaths = 0
    while True:
        with monkeypatch.context() as patch:
            crash_after(patch, deaths)
            try:
                end = federation.deliver("basel", task)
            except Crash:
                deaths += 1
                federation.open("basel")
                assert task.answers == []
                assert federation.hub.blobs == {}, "a blob left before everything about it was stored"
                continue
        break
    assert end == "answered"
    assert deaths >= 4  # quantity rows, session, submission, outbox, journal
    results = {"basel": task.answer["result"]}
    results |= {slug: federation.ask(slug, "step.submit", payloads[slug]) for slug in SITES if slug != "basel"}
    federation.apply(federation.finish(step, session, results))


def test_each_other_step_may_die_before_any_write(ready, monkeypatch):
    federation, step, session, payloads = ready
    results = {slug: federation.ask(slug, "step.submit", payloads[slug]) for slug in SITES}
    real_ask, deaths = federation.ask, []

    def dying_ask(slug, kind, payload):
        for count in range(3):
            with monkeypatch.context() as patch:
                crash_after(patch, count)
                task = federation.task(kind, payload)
                try:
                    assert federation.deliver(slug, task) == "answered"
                    return task.answer["result"]
                except Crash:
                    deaths.append(kind)
                    federation.open(slug)
        return real_ask(slug, kind, payload)

    monkeypatch.setattr(federation, "ask", dying_ask)
    federation.apply(federation.finish(step, session, results))
    assert {"secagg.consent", "secagg.unmask", "step.apply"} <= set(deaths)


def test_a_submit_that_dies_while_sending_resends_the_same_bytes(ready, monkeypatch):
    federation, _, _, payloads = ready
    task = federation.task("step.submit", payloads["basel"])
    agent = federation.agents["basel"]
    agent.artifacts._chunk_bytes = 40
    with monkeypatch.context() as patch:
        real = type(agent.artifacts)._put
        puts = []

        def put(self, *args):
            puts.append(args)
            if len(puts) == 2:
                raise Crash
            return real(self, *args)

        patch.setattr(type(agent.artifacts), "_put", put)
        with pytest.raises(Crash):
            federation.deliver("basel", task)
    [(sha256, part)] = federation.hub.blobs.items()
    assert 0 < len(part) < federation.agents["basel"].blobs.path(sha256).stat().st_size
    federation.open("basel")
    assert federation.deliver("basel", task) == "answered"
    assert list(federation.hub.blobs) == [sha256]
    assert hashlib.sha256(bytes(federation.hub.blobs[sha256])).hexdigest() == sha256
    assert task.answer["result"]["artifact"] == sha256


def test_a_second_delivery_sends_the_stored_answer_and_computes_nothing(ready, monkeypatch):
    federation, _, _, payloads = ready
    task = federation.task("step.submit", payloads["basel"])
    federation.deliver("basel", task)
    monkeypatch.setattr(handlers.Handlers, "answer", lambda *_: pytest.fail("computed again"))
    assert federation.deliver("basel", task) == "answered"
    assert len(task.answers) == 2
    assert task.answers[0] == task.answers[1]


def test_another_task_for_the_same_session_submits_the_same_bytes(ready):
    federation, _, _, payloads = ready
    first = federation.ask("basel", "step.submit", payloads["basel"])
    federation.open("basel")
    assert federation.ask("basel", "step.submit", payloads["basel"]) == first
    assert len(federation.hub.blobs) == 1


def test_a_retry_without_an_abort_certificate_is_refused_by_the_durable_ledger(ready):
    federation, step, _, payloads = ready
    federation.ask("basel", "step.submit", payloads["basel"])
    federation.open("basel")
    spec = federation.spec(step, attempt=2)
    with pytest.raises(AssertionError, match=QuantityPending.code):
        federation.until_submit(step, attempt=2)
    assert federation.agents["basel"].aggregations._row(spec.digest) is not None


def test_a_retry_with_an_abort_certificate_submits_the_same_words_under_new_masks(ready, monkeypatch):
    federation, step, session, payloads = ready
    first = federation.ask("basel", "step.submit", payloads["basel"])
    oaths = [federation.ask(s, "secagg.abort", {"session": session.spec.digest})["signature"] for s in SITES]
    certificate = {"spec": dump(session.spec), "signatures": oaths}
    real_ask = federation.ask

    def ask(slug, kind, payload):
        more = {"abort_certificates": [certificate]} if kind == "secagg.share" else {}
        return real_ask(slug, kind, {**payload, **more})

    monkeypatch.setattr(federation, "ask", ask)
    monkeypatch.setattr("workers.site.training.perform", lambda *_, **__: pytest.fail("worked twice"), raising=True)
    kept = federation.agents["basel"].folder.local
    assert len(list(kept.glob("*.words"))) == 1
    _, again = federation.until_submit(step, attempt=2)
    second = real_ask("basel", "step.submit", again["basel"])
    assert second["artifact"] != first["artifact"]


def test_an_oath_about_an_attempt_that_this_site_never_joined(federation):
    federation.review()
    spec = federation.spec(federation.next_step())
    answer = federation.ask("basel", "secagg.abort", {"session": spec.digest, "spec": dump(spec)})
    assert answer["signature"]["session"] == spec.digest
    error = federation.refused("basel", "secagg.advertise", {"spec": dump(spec)})
    assert error["code"] == "secagg.session_aborted"


def test_a_hub_that_goes_away_while_answering_gets_the_task_back(ready, monkeypatch):
    federation, _, _, payloads = ready
    monkeypatch.setattr(runner, "PATIENCE_S", 0.0)
    agent = federation.agents["basel"]
    task = federation.task("step.submit", payloads["basel"])

    def away(*_):
        raise HubUnavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(agent.link, "answer", away)
        assert federation.deliver("basel", task) == "give_back"
    assert agent.outbox.unsent()
    assert federation.deliver("basel", task) == "answered"
    assert agent.outbox.unsent() == []
    assert len(federation.hub.blobs) == 1
