"""A small reader study to test in: six cases of three classes, and what people say of them."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import uuid4

from backend.apps.federations.models import Federation
from backend.apps.readings.models import ReaderStudy, StudyCase
from primia_core.evaluation.study_cases import StudyCase as Case
from primia_core.evaluation.study_cases import write_cases
from tests.backend.world import NOW

CLASSES = ["normal", "bacterial", "viral"]
TRUTH = ["normal", "viral", "bacterial", "viral", "normal", "bacterial"]
CASES = [Case(f"{n:04}", hashlib.sha256(b"picture %d" % n).hexdigest(), truth) for n, truth in enumerate(TRUTH, 1)]
ADDRESS = "/api/v1/reader-studies"


def protocol(federation: Federation, **changes: Any) -> dict[str, Any]:
    """Return the body that makes the study."""
    return {
        "id": str(uuid4()), "federation": str(federation.pk), "title": "Children's chests", "classes": CLASSES,
        "question": "Which kind of pneumonia, if any?", "margin": "0.1", "washout": "", "ask_confidence": False,
        "cases": write_cases(CASES), **changes,
    }  # fmt: skip


def begun(api: Any, federation: Federation, readers: list[Any], **changes: Any) -> str:
    """Return the address of an open study with readers, made and led by the user of ``api``."""
    body = protocol(federation, **changes)
    address = f"{ADDRESS}/{body['id']}"
    assert api.post(ADDRESS, body).status_code == 201
    for reader in readers:
        assert api.post(f"{address}/readers", {"user": str(reader.pk)}).status_code == 201
    assert api.post(f"{address}/open").status_code == 200
    return address


def reading(case: str, label: str, **changes: Any) -> dict[str, Any]:
    """Return the body of a reading that took four seconds."""
    return {
        "id": str(uuid4()), "case": case, "label": label, "confidence": None, "shown_at": NOW.isoformat(),
        "read_at": (NOW + timedelta(seconds=5)).isoformat(), "seconds": 4.0, "replaces": None, **changes,
    }  # fmt: skip


def read_all(api: Any, address: str, *, wrong: int = 0) -> None:
    """Read every case as the truth says, but the first ``wrong`` of the reader's order as another class."""
    truth = truth_by_file(address)
    for item in api.get(f"{address}/worklist").json()["items"]:
        label = truth[item["sha256"]]
        if item["position"] <= wrong:
            label = CLASSES[(CLASSES.index(label) + 1) % len(CLASSES)]
        assert api.post(f"{address}/readings", reading(item["case"], label)).status_code == 201


def truth_by_file(address: str) -> dict[str, str]:
    """Return the truth as the database has it."""
    study = ReaderStudy.objects.get(pk=address.rsplit("/", 1)[1])
    return {one.sha256: study.classes[one.truth] for one in StudyCase.objects.filter(study=study)}
