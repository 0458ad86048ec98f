"""One diagnosis on a running platform, with whatever its requester knows: what everybody else must not find out."""

import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from primia_core.client import Client
from primia_core.diagnosis import AnswerKey, Opened, SignedDescriptor, check, integers, open_answers, split
from primia_core.diagnosis.framing import encode64
from tests.integration.harness import wait_for

ANSWERED_WITHIN_S = 120.0


@dataclass(frozen=True)
class Told:
    """A request, its answer, and the secrets of both."""

    id: str
    signed: SignedDescriptor
    key: AnswerKey = field(repr=False)
    integers: NDArray[np.int64] = field(repr=False)
    shares: tuple[bytes, bytes] = field(repr=False)
    digest: bytes
    answers: list[dict[str, Any]] = field(default_factory=list, repr=False)
    seconds: float = 0.0

    @property
    def opened(self) -> Opened:
        """Return both halves of the answer, verified and added up."""
        return open_answers(
            self.signed.descriptor, uuid.UUID(self.id), self.key, self.answers, request_digest=self.digest
        )


def request(client: Client, service: str, picture: Path) -> Told:
    """Check the service's descriptor, share and seal the picture, and send both shares."""
    signed = SignedDescriptor.from_json(client.get(f"services/{service}/descriptor"))
    descriptor, key, diagnosis = check(signed), AnswerKey.create(), uuid.uuid4()
    values = integers(picture, descriptor)
    sealed = split(descriptor, values, key.public, diagnosis_id=diagnosis)
    body = {
        "id": str(diagnosis),
        "service": service,
        "descriptor": descriptor.digest,
        "shares": [encode64(share) for share in sealed.shares],
    }
    client.post("diagnoses", body)
    return Told(str(diagnosis), signed, key, values, sealed.shares, sealed.digest)


def wait_for_state(client: Client, told: Told, *states: str, within_s: float = ANSWERED_WITHIN_S) -> dict[str, Any]:
    """Wait until a diagnosis is in one of the states, and return it."""
    row: dict[str, Any] = {}

    def arrived() -> bool:
        row.update(client.get(f"diagnoses/{told.id}"))
        return row["state"] in states

    wait_for(arrived, within_s=within_s, what=lambda: f"diagnosis {told.id} is {' or '.join(states)}: {row}")
    return row


def diagnose(client: Client, service: str, picture: Path) -> Told:
    """Have a picture diagnosed, and collect the answer."""
    began = time.monotonic()
    told = request(client, service, picture)
    wait_for_state(client, told, "answered")
    told.answers.extend(client.post(f"diagnoses/{told.id}/collect", {})["answers"])
    return Told(**{**vars(told), "seconds": time.monotonic() - began})
