"""Nobody sees one site's counts or losses: whatever a run leaves behind at the hub is searched for planted values."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from django.apps import apps
from django.db import models

from backend.apps.artifacts import services as artifact_services
from backend.apps.artifacts import store
from backend.apps.artifacts.models import Artifact
from backend.apps.jobs.models import Job
from primia_core.federation.site_work import perform
from primia_core.ring import join_limbs
from tests.backend.jobs import hospitals as simulated
from tests.backend.jobs.squares import Squares

SECRET_VECTORS = (
    "statistics.pixels", "statistics.classes", "training.loss", "validation.confusion", "validation.loss",
    "test.confusion", "test.loss",
)  # fmt: skip
SIZES = ((353, 233, 151), (467, 331, 211), (619, 449, 283))
LEAST = 40
"""Smaller numbers stand everywhere; every site's splits are larger, so that their counts are canaries."""

COUNTERS = {"seq", "last_seq", "number"}
"""Columns that number rows."""


class Planted:
    """What each site's vectors were before masking."""

    def __init__(self) -> None:
        self.raw: set[bytes] = set()
        self.numbers: set[float] = {size for sizes in SIZES for size in sizes}

    def perform(self, *args: Any, **kwargs: Any) -> Any:
        """Perform a step and remember its secrets."""
        work = perform(*args, **kwargs)
        for name, words in work.vectors.items():
            if name.startswith("update.batch") or name in ("update.weights", *SECRET_VECTORS):
                self.raw.add(np.ascontiguousarray(words[:64], "<u4").tobytes())
            if name in SECRET_VECTORS:
                self.numbers |= {value for value in join_limbs(words) if value >= LEAST}
                self.numbers |= {value / 2**20 for value in join_limbs(words) if "loss" in name}
        return work


@pytest.fixture
def planted(monkeypatch) -> Planted:
    """Remember what the sites compute, and keep every blob."""
    planted = Planted()
    monkeypatch.setattr(simulated, "perform", planted.perform)
    monkeypatch.setattr(artifact_services, "_remove", lambda ids: None)
    return planted


def run(conduct, *, secure: bool) -> None:
    """Run a whole job over cohorts whose sizes are canaries."""
    platform = conduct()
    for hospital, (train, validation, test) in zip(platform.hospitals, SIZES, strict=True):
        hospital.data = Squares(train, train, validation, test)
    job = platform.job(strategy={"rounds": 1}, aggregation={"secure": secure})
    platform.run()
    job.refresh_from_db()
    assert job.state == "succeeded", job.failure


def numbers_in(value: Any) -> Iterator[float]:
    """Yield every number in a JSON value, written as number or as text."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from numbers_in(key)
            yield from numbers_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from numbers_in(item)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value
    elif isinstance(value, str):
        yield from (float(word) for word in value.replace(",", " ").split() if word.isascii() and word.isdigit())


def rows() -> Iterator[tuple[str, Any]]:
    """Yield every value of every row of every table."""
    for model in apps.get_models():
        for row in model.objects.all().iterator():
            for field in row._meta.concrete_fields:
                if not _only_counts_rows(field):
                    yield f"{model.__name__}.{field.name}", getattr(row, field.attname)


def _only_counts_rows(field: models.Field) -> bool:
    return field.primary_key or field.is_relation or field.name in COUNTERS or isinstance(field, models.DateTimeField)


def numbers_found(planted: Planted) -> set[tuple[str, float]]:
    """Return which planted numbers stand in which columns."""
    secret = planted.numbers - set(numbers_in(Job.objects.get().run_state))  # a sum may happen to equal a part
    assert len(secret) > 40
    return {(place, number) for place, value in rows() for number in numbers_in(value) if number in secret}


def vectors_found(planted: Planted) -> int:
    """Return how many planted vectors stand in blobs or, as text, in messages."""
    contents = [store.path_of(sha256).read_bytes() for sha256 in Artifact.objects.values_list("sha256", flat=True)]
    return sum(raw in content for raw in planted.raw for content in contents)


def test_a_secure_run_leaves_no_number_and_no_vector_of_one_site_at_the_hub(conduct, planted):
    run(conduct, secure=True)
    assert len(planted.raw) > 30
    assert Artifact.objects.filter(kind="submission").count() == 12
    assert vectors_found(planted) == 0
    assert numbers_found(planted) == set()


def test_the_search_finds_what_a_plain_run_gives_away(conduct, planted):
    run(conduct, secure=False)
    assert vectors_found(planted) > 30
