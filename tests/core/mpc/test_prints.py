"""No printed form of anything that holds a share, a mask, a key or a message says what it holds."""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest

import primia_core.mpc
from primia_core.mpc.dealing import Dealing, Tape
from primia_core.mpc.errors import MpcError
from primia_core.mpc.profile import FAST
from primia_core.mpc.randomness import Stream
from primia_core.mpc.steps import Step
from tests.core.mpc.gates.alone import PROTOCOLS
from tests.core.mpc.gates.test_whole import network, numbers
from tests.core.mpc.runs import Sections
from tests.core.mpc.test_party import Pair

ROOMS = (
    "fss",
    "tables",
    "gates",
    "sign",
    "dealer",
    "dealing",
    "party",
    "model",
    "steps",
    "kernels",
    "wire",
    "protocols",
)
PUBLIC = {
    "Chunks",
    "DealerContext",
    "FixedKeys",
    "PartyContext",
    "Place",
    "Tally",
    "TensorShape",
    "Profile",
    "Width",
    "Traffic",
}
"""Hold names, numbers and other objects only; fixed keys are public."""
PUBLIC_FIELDS = {"label": "7:relu", "expect": {1: 3}, "groups": 1}
NUMBER, TEXT = 3_405_691_582, b"secret bytes"


def modules() -> Iterator[Any]:
    for found in pkgutil.walk_packages(primia_core.mpc.__path__, "primia_core.mpc."):
        if found.name.split(".")[2] in ROOMS and not found.name.endswith("._native"):  # a library, not a module
            yield importlib.import_module(found.name)


def holders() -> list[type]:
    """Return every dataclass of the gates' rooms that is not known to be public."""
    found = {
        value
        for module in modules()
        for value in vars(module).values()
        if isinstance(value, type) and is_dataclass(value) and value.__module__ == module.__name__
    }
    return sorted((kind for kind in found if kind.__name__ not in PUBLIC), key=lambda kind: kind.__name__)


def shows(text: str) -> bool:
    return str(NUMBER) in text or f"{NUMBER:x}" in text or "secret" in text


def test_the_test_would_see_a_secret() -> None:
    assert shows(repr(np.array([NUMBER], np.uint32)))
    assert shows(repr(TEXT))


@pytest.mark.parametrize("kind", holders(), ids=lambda kind: kind.__name__)
def test_a_holder_of_secrets_prints_none(kind: Any) -> None:
    held = kind(**{field.name: PUBLIC_FIELDS.get(field.name, telling(field)) for field in fields(kind)})
    for text in (repr(held), str(held), f"{held}"):
        assert not shows(text)


def telling(field: Any) -> Any:
    """Return something of the field's type, near enough, that a test recognizes."""
    return TEXT if "bytes" in str(field.type) else np.array([NUMBER], np.uint32)


def test_every_correlation_is_among_the_holders() -> None:
    names = {kind.__name__ for kind in holders()}
    assert names >= {
        "Chosen", "HalfTreeCorrelation", "LabelCorrelation", "LiftCorrelation", "LinearCorrelation", "Mask",
        "MaximumCorrelation", "Meeting", "Multiplied", "OneRoundCorrelation", "PartyModel", "Payload",
        "PayloadTableCorrelation", "Prepared", "ReluCorrelation", "Seeds", "Step", "TableCorrelation",
    }  # fmt: skip


def test_a_step_prints_what_it_awaits_and_not_what_it_says() -> None:
    step = Step("7:relu", {1: TEXT}, {1: 12})
    assert repr(step) == "Step(label='7:relu', expect={1: 12})"


def test_streams_pens_and_eyes_print_no_seed() -> None:
    seed = b"secret seed of thirty-two bytes!"
    for thing in (
        Stream(seed, 0),
        Dealing(0, FAST, (seed, seed, seed), (Sections(), Sections())),
        Tape(0, FAST, 1, seed, Sections()),
    ):
        assert not shows(repr(thing))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_a_party_has_prepared_prints_no_number_of_it(protocol: str) -> None:
    program = network("fast", "label")
    pair = Pair(program, numbers(program))
    for prepared in pair.prepared(dealt=protocol, read=protocol):
        for thing in (prepared, prepared.context, *prepared.correlations, prepared.context.secrets):
            assert "array" not in repr(thing)
            assert "[" not in repr(thing)


def test_errors_name_a_code_each() -> None:
    def below(kind: type[MpcError]) -> Iterator[type[MpcError]]:
        for child in kind.__subclasses__():
            yield child
            yield from below(child)

    kinds = [kind for kind in below(MpcError) if kind.__module__ == "primia_core.mpc.errors"]
    codes = [kind.code for kind in kinds]
    assert len(set(codes)) == len(codes) > 15
    assert all(code.startswith("mpc.") for code in codes)
