"""Real nodes, a real descriptor and a whole request in one process, for tests."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from secrets import token_bytes
from tempfile import TemporaryDirectory
from uuid import UUID

import numpy as np

from primia_core.diagnosis import (
    Accuracy,
    AnswerKey,
    Descriptor,
    Input,
    Learns,
    Model,
    NodeIdentity,
    Output,
    Party,
    Price,
    ReceivedShare,
    SignedDescriptor,
    seal_answer,
    sign,
    split,
)
from primia_core.mpc.session import blind_answer

NOW = datetime(2026, 11, 26, 3, 25, 23, tzinfo=UTC)
SERVICE = UUID("5e7a1c52-0f6e-4f3e-9a55-0c2f6b7a1d11")
VERSION = UUID("0b1f5a6e-3c7d-4a2b-8e9f-1a2b3c4d5e6f")
DIAGNOSIS = UUID("d1a60515-1111-4222-8333-444455556666")


@cache
def node(name: str) -> NodeIdentity:
    """Return the same node for the same name throughout a test run."""
    with TemporaryDirectory() as folder:
        return NodeIdentity.create(Path(folder), name)


def party(name: str) -> Party:
    return Party(**node(name).public.to_json(), origin=f"https://{name}.example")


def described(policy="logits", *, ring_bits=32, size=4, channels=3, **changes) -> Descriptor:
    """Return a descriptor of a small service."""
    label_bits = 16 if ring_bits == 32 else 24
    output = Output(
        policy=policy,
        scale=4096.5 if policy == "logits" else 1.0,
        limit=500.0,
        words=3 if policy == "logits" else 1,
        ring_bits=ring_bits if policy == "logits" else label_bits,
        temperature=1.5,
    )
    facts = {
        "service": SERVICE,
        "name": 'Brustkorb "Übersicht"',
        "federation": "demo",
        "model": Model(name="chest", number=3, version=VERSION, commitment="c0" * 32),
        "classes": ("normal", "bakterielle Lungenentzündung", "ウイルス性 \U0001fac1"),
        "intended_use": "Second reading.\nNever alone: \\ \t \x7f \u2028 / <b> é",
        "input": Input(
            size=size, channels=channels, mean=0.4823, std=0.2235, scale=1234.5, limit=4.0, ring_bits=ring_bits
        ),
        "output": output,
        "program": "ab" * 32,
        "protocol": "tables",
        "profile": "fast" if ring_bits == 32 else "precise",
        "mask": "0f" * 16,
        "epoch": 7,
        "parties": (party("north"), party("south")),
        "dealer": node("dealer").public,
        "owner": node("owner").public,
        "price": Price(
            bytes_each_way=15_300_000,
            rounds=69,
            online_seconds=1.25,
            stock_bytes=101_000_000,
            learns=Learns(p0=("timing",), p1=("timing",), dealer=(), hub=("sizes",), requester=("logits",)),
        ),
        "accuracy": Accuracy(images=32, labels_agree=32, largest_logit_error=1e-07),
        "created": NOW - timedelta(days=1),
        "expires": NOW + timedelta(days=90),
    }
    return Descriptor(**{**facts, **changes})


def signed(descriptor: Descriptor) -> SignedDescriptor:
    """Return it as both parties have signed it."""
    return SignedDescriptor(
        descriptor=descriptor,
        signatures=(sign(descriptor, node("north"), "p0"), sign(descriptor, node("south"), "p1")),
    )


@dataclass
class Asked:
    """A request on its way: what the requester keeps, and what each party has opened."""

    descriptor: Descriptor
    diagnosis: UUID = DIAGNOSIS
    key: AnswerKey = field(default_factory=AnswerKey.create)

    def __post_init__(self):
        self.integers = picture(self.descriptor)
        self.request = split(self.descriptor, self.integers, self.key.public, diagnosis_id=self.diagnosis)

    def open(self, number: int, **changes) -> ReceivedShare:
        name = ("north", "south")[number]
        how = {"party": number, "diagnosis": self.diagnosis, "descriptor": self.descriptor, "now": NOW} | changes
        return ReceivedShare.open(node(name), self.request.shares[number], **how)

    def answers(self, values, *, session=b"s" * 32):
        """Return both sealed answers of a computation that gave ``values``, blinded as the parties do it."""
        width = self.descriptor.output.width
        total = np.array(values, np.int64).astype(np.uint64).astype(width.dtype)
        first = np.frombuffer(token_bytes(total.nbytes), width.dtype)
        shares = [width.reduce(first.copy()), width.reduce(total - first)]
        return [
            seal_answer(
                node(("north", "south")[number]),
                self.open(number),
                blind_answer(number, b"k" * 32, session, shares[number], width),
                descriptor=self.descriptor,
                session=session,
            )
            for number in (0, 1)
        ]


def picture(descriptor: Descriptor):
    """Return integers that reach the input's limit on both sides."""
    asked = descriptor.input
    most = int(asked.limit * asked.scale)
    count = int(np.prod(asked.shape))
    return np.linspace(-most, most, count).astype(np.int64).reshape(asked.shape[1:])
