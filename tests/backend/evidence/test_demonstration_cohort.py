"""The drawings that the hub attacks are enough for the batches of whatever audit it demonstrates."""

from backend.apps.evidence.services.demonstration_draw import _drawn
from primia_core.attacks.draws import Draws
from primia_core.attacks.plan import AuditPlan


def test_drawings_fill_a_release_and_its_galleries(tmp_path):
    plan = AuditPlan(batch_sizes=(12,), victims=1, positive_victims=1)
    data = _drawn(tmp_path, plan, image_size=16, classes=3)
    draws = Draws.of(data.split("train").labels, data.patients("train"), gallery=plan.gallery, seed=plan.seed)
    for part in plan.parts:
        drawn = draws.release(part, 0)
        assert len(drawn.images) == part.images
        assert {len(gallery.decoys) for gallery in drawn.galleries} == {plan.gallery - 1}
