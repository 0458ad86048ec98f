"""An audit from beginning to end: it repeats itself, can be stopped, and beats its controls where it should."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from primia_core.attacks.audit import iterations_of, run_audit
from primia_core.attacks.controls import prior_alone
from primia_core.attacks.document import AuditedImages, AuditedModel
from primia_core.attacks.errors import GalleryError, VictimError
from primia_core.attacks.inversion import Box, descend, invert, search, total_variation, tv_weight_at
from primia_core.attacks.page import write_pictures
from primia_core.attacks.pictures import data_uri, png_bytes
from primia_core.attacks.plan import POSITIVE, AuditPlan, NoisySteps
from primia_core.attacks.victim import Victim
from primia_core.imaging import Pixels
from primia_core.training import Cancelled
from tests.core.attacks.conftest import network, patients, phantoms, scale
from tests.core.attacks.test_victim import batch

MODEL = AuditedModel(name="small_cnn", hash=None, weights="random", parameters=98_099, normalisation="batch")
PHANTOMS = AuditedImages(kind="phantom", image_size=16, split="train")
BOX = Box(-2.0, 2.0)


def audit(plan, **options):
    return run_audit(
        plan, model=network(), pixels=phantoms(), patients=patients(), normalisation=scale(), **options
    )  # fmt: skip


def test_audit_covers_every_part_and_repeats_itself(plan):
    told = []
    findings = audit(plan, progress=lambda done, total: told.append((done, total)))
    assert [guesses.part.name for guesses in findings.guesses] == [
        "audit.positive.1", "audit.gradient.2", "audit.update.2", "audit.secure_sum.2",
    ]  # fmt: skip
    assert told[-1] == (iterations_of(plan), iterations_of(plan))
    assert all(a[0] <= b[0] for a, b in pairwise(told))
    assert findings.sums() == audit(plan).sums()
    other = audit(plan.model_copy(update={"seed": 1}))
    assert findings.sums() != other.sums()
    document = findings.document(model=MODEL, images=PHANTOMS)
    assert [view.images_in_release for view in document.views] == [2, 2, 6]
    assert [view.local_steps for view in document.views] == [0, 2, 0]
    assert not document.valid  # twelve iterations recover nothing, and the audit says so
    assert len(document.pictures) == 1 + 2 + 2 + 6
    assert findings.document(model=MODEL, images=PHANTOMS.model_copy(update={"kind": "real"})).pictures == ()


def test_audit_stops_when_asked(plan):
    asked = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 2

    with pytest.raises(Cancelled, match="nothing of this audit is kept"):
        audit(plan, should_stop=stop)
    assert len(asked) == 3


def test_audit_of_too_few_images_names_what_is_missing(plan):
    few = Pixels(phantoms().images[:60], phantoms().labels[:60])
    with pytest.raises(GalleryError, match="needs 99"):
        run_audit(plan, model=network(), pixels=few, patients=patients()[:60], normalisation=scale())
    none = Pixels(phantoms().images[:0], phantoms().labels[:0])
    with pytest.raises(VictimError, match="0 images"):
        run_audit(plan, model=network(), pixels=none, patients=[], normalisation=scale())


def test_attack_on_a_single_image_beats_the_prior_and_other_patients():
    single = AuditPlan(views=("gradient",), batch_sizes=(1,), victims=1, positive_victims=2, batch_norm="eval")
    findings = audit(single.model_copy(update={"iterations": 400, "restarts": 1}))
    positive = findings.guesses[0].by_control
    errors = {control: np.mean([m.mse for m in found]) for control, found in positive.items()}
    assert errors["positive"] < errors["null"] < errors["tv_only"]
    assert all(m.identified for m in positive["positive"])
    assert findings.guesses[0].labels_right == 2


def test_a_broken_optimiser_is_caught():
    weak = AuditPlan(views=("gradient",), batch_sizes=(1,), victims=1, positive_victims=2, iterations=40, restarts=1,
                     learning_rate=1e-6)  # fmt: skip
    document = audit(weak).document(model=MODEL, images=PHANTOMS)
    assert document.verdict == "audit invalid"


def test_search_starts_where_its_seed_says_stays_in_the_box_and_keeps_the_best_restart():
    images, labels = batch(1)
    plan = AuditPlan(iterations=15, restarts=3)
    victim = Victim.of(network(), POSITIVE, plan)
    sent = victim.release(images, labels).detached()

    def search(plan: AuditPlan, seed: int = 0):
        return invert(victim, sent, labels, shape=(1, 1, 16, 16), box=Box(-0.5, 0.5), plan=plan, seed=seed)

    best = search(plan)
    torch.testing.assert_close(best.images, search(plan).images)
    assert float(best.images.abs().max()) <= 0.5
    assert best.cost <= search(plan.model_copy(update={"restarts": 1})).cost
    assert not torch.equal(best.images, search(plan, seed=1).images)


def test_rate_and_total_variation_fall_as_planned():
    plan = AuditPlan(iterations=80, learning_rate=0.1, tv_weight=0.0)
    steps: list[float] = []
    last: list[torch.Tensor] = []

    def push(images: torch.Tensor) -> torch.Tensor:
        if last:
            steps.append(float((images.detach() - last[-1]).abs().max()))
        last.append(images.detach().clone())
        return images.sum()

    descend(push, shape=(1, 1, 8, 8), box=Box(-99, 99), plan=plan, seed=0, tick=lambda _: None)
    for at, rate in ((5, 0.1), (40, 0.01), (60, 0.001), (78, 0.0001)):
        assert steps[at] == pytest.approx(rate, rel=0.2)
    falling = AuditPlan(tv_weight=0.01, tv_start=100)
    assert tv_weight_at(falling, 0.0) == pytest.approx(1.0)
    assert tv_weight_at(falling, 0.3) == pytest.approx(0.1)
    assert tv_weight_at(falling, 0.6) == tv_weight_at(falling, 1.0) == pytest.approx(0.01)


def test_prior_alone_ends_smoother_than_it_starts_and_knows_no_image():
    plan = AuditPlan(iterations=60)
    found = prior_alone((2, 1, 16, 16), box=BOX, plan=plan, seed=3).images
    start = torch.randn((2, 1, 16, 16), generator=torch.Generator().manual_seed(3))
    assert float(total_variation(found)) < 0.5 * float(total_variation(start.clamp(-2, 2)))


def test_prior_alone_starts_where_the_attack_starts():
    """Without a weight of the total variation nothing moves, so what is found are the starts."""
    plan, starts = AuditPlan(iterations=10, restarts=1, tv_weight=0.0), []

    def watched(images: torch.Tensor) -> torch.Tensor:
        starts.append(images.detach().clone())
        return images.square().sum()

    search(watched, shape=(2, 1, 16, 16), box=BOX, plan=plan, seed=3, tick=lambda _: None)
    torch.testing.assert_close(prior_alone((2, 1, 16, 16), box=BOX, plan=plan, seed=3).images, starts[0])


def test_prior_alone_averages_attempts_as_the_attack_does():
    one, four = (
        prior_alone((1, 1, 16, 16), box=BOX, plan=AuditPlan(iterations=10, restarts=n, tv_weight=0.0), seed=3).images
        for n in (1, 4)
    )
    assert float(four.std()) == pytest.approx(float(one.std()) / 2, rel=0.2)


def test_noise_repeats_itself_and_spares_the_positive_control(plan):
    noisy = plan.model_copy(update={"views": ("gradient",), "privacy": NoisySteps(noise_multiplier=1.0)})

    def attacked(plan: AuditPlan):
        return run_audit(
            plan, model=network("group"), pixels=phantoms(), patients=patients(), normalisation=scale()
        )  # fmt: skip

    findings, plain = attacked(noisy), attacked(noisy.model_copy(update={"privacy": None}))
    assert findings.sums() == attacked(noisy).sums()
    assert findings.guesses[0].by_control["positive"] == plain.guesses[0].by_control["positive"]
    assert findings.guesses[1].by_control["attack"] != plain.guesses[1].by_control["attack"]
    with pytest.raises(VictimError, match="BatchNorm"):
        audit(noisy)


def test_pages_hold_pictures_and_load_nothing(tmp_path, plan):
    findings = audit(plan.model_copy(update={"views": ("gradient",)}))
    page = write_pictures(tmp_path / "audit", findings.pictures, statement="a < b")
    text = page.read_text()
    assert "a &lt; b" in text
    assert "http" not in text
    assert len(list(page.parent.glob("*.png"))) == 3 * len(findings.pictures)
    assert page.parent.stat().st_mode & 0o077 == 0
    open_to_all = tmp_path / "shared"
    open_to_all.mkdir(mode=0o755)
    write_pictures(open_to_all, findings.pictures, statement="")
    assert {path.stat().st_mode & 0o777 for path in open_to_all.iterdir()} == {0o600}
    assert png_bytes(data_uri(np.zeros((4, 4)))).startswith(b"\x89PNG")


def test_labels_are_inferred_for_single_images_and_where_the_plan_says_so(plan):
    part = replace(POSITIVE, victims=3)
    assert part.images == 1
    inferred = audit(plan.model_copy(update={"views": ("gradient",), "labels": "inferred"}))
    assert inferred.guesses[0].labels_right == inferred.guesses[0].labels == 1
    assert inferred.guesses[1].labels == 2
