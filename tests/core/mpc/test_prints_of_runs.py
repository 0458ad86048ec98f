"""What a run leaves in anybody's hands prints no share, key or answer: the rooms around the gates, and how they run."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

import numpy as np
import pytest

import primia_core.mpc
from primia_core.mpc.agreement import Agreed
from primia_core.mpc.local.engine import Inference
from primia_core.mpc.local.orders import Answer, HandOver, LoadModel
from primia_core.mpc.served import Ready, ServedModel

ROOMS = (
    "agreement", "delivery", "local", "requests", "securenn", "served", "session", "stock", "transport", "weight_masks"
)  # fmt: skip
SECRET = re.compile(r"\b(bytes|memoryview|Buffer|NDArray|Words|Bits|Residues|Integers|Tensors|Identity)\b")
"""Types in which a share, a mask, a key or an answer comes."""
PUBLIC = {("Direction", "tag"), ("Pinned", "identity")}
"""Fields of those types that everybody may read: a session's tag; an identity, which prints no key."""


def holders() -> Iterator[type]:
    """Give every dataclass of the rooms."""
    for found in pkgutil.walk_packages(primia_core.mpc.__path__, "primia_core.mpc."):
        if found.name.split(".")[2] not in ROOMS:
            continue
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            if isinstance(value, type) and is_dataclass(value) and value.__module__ == module.__name__:
                yield value


def shown(kind: Any) -> list[str]:
    """Return the fields of a dataclass that its own printed form shows, and whose type may hold a secret."""
    if not kind.__dataclass_params__.repr:
        return []
    return [
        entry.name
        for entry in fields(kind)
        if entry.repr and SECRET.search(str(entry.type)) and (kind.__name__, entry.name) not in PUBLIC
    ]


@pytest.mark.parametrize("kind", sorted(holders(), key=lambda kind: kind.__qualname__), ids=lambda kind: kind.__name__)
def test_no_printed_form_shows_what_may_be_secret(kind: type) -> None:
    assert not shown(kind), f"{kind.__name__} prints {', '.join(shown(kind))}"


def test_what_is_looked_for_is_there_and_would_be_seen() -> None:
    assert set(holders()) >= {Agreed, Answer, HandOver, Inference, LoadModel, Ready, ServedModel}

    @dataclass
    class Careless:
        party: int
        share: np.ndarray | bytes
        seed: bytes = field(repr=False)

    assert shown(Careless) == ["share"]


def test_an_answer_is_in_no_printed_form_of_its_run() -> None:
    answer = Inference(np.array([[3_405_691_582]]), 0.25, 0.0, 0.0, ({}, {}), (1, 2))
    assert "3405691582" not in repr(answer)
    assert "0.25" in repr(answer)
