"""Stand-ins for the four nodes: real keys, the real node link, real sealed messages, and a toy in place of the model.

The toy is a public linear map, which each party applies to its own share, so that an answer is right only if both
shares came through untouched and both halves of the answer came back.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from secrets import token_bytes
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import httpx
import numpy as np
from django.utils import timezone

from primia_core.diagnosis import Descriptor, NodeIdentity, ReceivedShare, seal_answer, sign
from primia_core.diagnosis.framing import decode64, encode64
from primia_core.diagnosis.identity import PublicNode
from primia_core.diagnosis.sealing import mask_seed_info, model_share_info
from primia_core.mpc.program.operations import Input, Output, SecureProgram
from tests.backend.link.server import NO_CERTIFICATES

CLASSES, SIZE, SCALE = ("normal", "bacterial", "viral"), 4, 8.0
LOGIT_SCALE = 64.0
WEIGHTS = np.array([[(3 * row + place) % 5 - 2 for place in range(SIZE * SIZE)] for row in range(len(CLASSES))])
LEARNS = {name: ["times"] for name in ("p0", "p1", "dealer", "hub", "requester")}


class Fault(Exception):
    """What a node answers instead of a result."""

    def __init__(self, code: str, message: str = "it did not work", phase: str = "computing") -> None:
        super().__init__(message)
        self.error = {"code": code, "message": message, "phase": phase}


@cache
def identity(name: str) -> NodeIdentity:
    """Return the same keys for the same name throughout a test run."""
    with TemporaryDirectory() as folder:
        return NodeIdentity.create(Path(folder) / "identity", name)


class Institution:
    """One node's worker. ``instead`` replaces what it does about a kind of task, once for each entry."""

    def __init__(self, role: str, address: str, credential: str) -> None:
        self.role, self.keys = role, identity(role)
        headers = {"Authorization": f"Node {credential}"}
        self.http = httpx.Client(base_url=address, headers=headers, timeout=30, verify=NO_CERTIFICATES)
        self.instead: dict[str, list[Callable[[dict[str, Any]], dict[str, Any]]]] = {}
        self.seen: list[str] = []
        self.level, self.kept, self.answered = 0, {}, {}

    def hello(self) -> dict[str, Any]:
        """Greet, as a worker does when it begins."""
        body = {"agent_version": "1", "protocol": 1, "time": timezone.now().isoformat()}
        return self.http.post("hello", json=body).raise_for_status().json()

    def lease(self, wait_s: float = 0) -> dict[str, Any] | None:
        """Ask for a task."""
        return self.http.post("lease", json={"wait_s": wait_s}).raise_for_status().json()["task"]

    def answer(self, task: dict[str, Any], **answer: Any) -> httpx.Response:
        """Answer a task."""
        return self.http.post(f"tasks/{task['id']}/result", json=answer)

    def renew(self, task: dict[str, Any], phase: str | None = None) -> str:
        """Say that a task is still at work, and hear whether it should be."""
        body = {"progress": {"phase": phase}} if phase else {}
        return self.http.post(f"tasks/{task['id']}/renew", json=body).raise_for_status().json()["status"]

    def work(self) -> bool:
        """Do one task, if there is one."""
        task = self.lease()
        if task is None:
            return False
        self.do(task)
        return True

    def do(self, task: dict[str, Any]) -> None:
        """Do a task that was leased, and answer it."""
        self.seen.append(task["kind"])
        waiting = self.instead.get(task["kind"], [])
        deed = waiting.pop(0) if waiting else getattr(self, task["kind"].replace(".", "_"))
        try:
            answer = {"result": deed({**task["payload"], "task": task["id"]})}
        except Fault as fault:
            answer = {"error": fault.error}
        self.answer(task, **answer).raise_for_status()
        self.http.post(f"tasks/{task['id']}/ack", json={}).raise_for_status()

    def fails(self, kind: str, code: str, *, times: int = 1) -> None:
        """Answer a kind of task with an error, that often."""

        def refuse(_payload: dict[str, Any]) -> dict[str, Any]:
            raise Fault(code)

        self.instead.setdefault(kind, []).extend([refuse] * times)

    def blob(self, blob: str) -> bytes:
        """Fetch what is sealed for this node."""
        return self.http.get(f"blobs/{blob}").raise_for_status().content

    # -- the owner ------------------------------------------------------------------------------------------------

    def service_prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Describe the toy model."""
        assert self.http.get(f"weights/{payload['model_version']}").status_code == 200
        return {
            "program": program(payload["policy"]).model_dump(mode="json"),
            "commitment": "c0" * 32,
            "input": {
                "size": SIZE, "channels": 1, "mean": 0.5, "std": 0.25, "scale": SCALE, "limit": 4.0, "ring_bits": 32,
            },
            "output": {
                "policy": "logits", "scale": LOGIT_SCALE, "limit": 100.0, "words": len(CLASSES), "ring_bits": 32,
                "temperature": 1.0,
            },
            "price": {
                "bytes_each_way": 1000, "rounds": 3, "online_seconds": 0.1, "stock_bytes": 4000, "learns": LEARNS,
            },
            "accuracy": {"images": 8, "labels_agree": 8, "largest_logit_error": 1e-7},
            "report": {"pictures": "phantoms"},
        }  # fmt: skip

    def service_share(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Leave each party its sealed share of the model."""
        blobs = []
        for party, public in enumerate(payload["parties"]):
            info = model_share_info(payload["service"], party)
            sealed = PublicNode.from_json(public).seal(token_bytes(32 if party == 0 else 4096), info)
            sent = self.http.put(f"tasks/{payload['task']}/blob", params={"reader": f"p{party}"}, content=sealed)
            blobs.append(sent.raise_for_status().json()["blob"])
        return {"blobs": blobs}

    # -- the dealer -----------------------------------------------------------------------------------------------

    def service_mask(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Draw a mask for the weights, and seal its seeds."""
        seeds = [
            encode64(PublicNode.from_json(public).seal(token_bytes(32), mask_seed_info(payload["service"], party)))
            for party, public in enumerate(payload["parties"])
        ]
        return {"mask": token_bytes(16).hex(), "epoch": 7, "seeds": seeds}

    def stock_deal(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Make correlations."""
        return {"dealt": payload["count"], "bytes": 4000 * payload["count"], "waiting": [payload["count"]] * 2}

    # -- a party --------------------------------------------------------------------------------------------------

    @property
    def party(self) -> int:
        """Return this party's number."""
        return int(self.role == "p1")

    def service_open(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Open the share of the model and the seed of its mask, which are for this party alone."""
        self.keys.open(self.blob(payload["blob"]), model_share_info(payload["service"], self.party))
        self.keys.open(decode64(payload["mask_seed"]), mask_seed_info(payload["service"], self.party))
        self.http.delete(f"blobs/{payload['blob']}").raise_for_status()
        assert payload["peer"]["node"] != self.keys.public.to_json()
        return {"model": "opened"}

    def descriptor_sign(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Stand for the descriptor."""
        descriptor = Descriptor.from_json(payload["descriptor"])
        return {"signature": sign(descriptor, self.keys, self.role).signature}

    def stock_fetch(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Take correlations in."""
        self.level += payload["count"]
        return {"taken": payload["count"], "level": self.level}

    def diagnosis_compute(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Apply the toy to this party's share. What was answered is answered in the same bytes again."""
        diagnosis = payload["diagnosis"]
        if diagnosis not in self.answered:
            self.answered[diagnosis] = self._computed(payload)
        return self.answered[diagnosis]

    def _computed(self, payload: dict[str, Any]) -> dict[str, Any]:
        signed = self.http.get(f"descriptors/{payload['service']}").raise_for_status().json()
        descriptor = Descriptor.from_json(signed["descriptor"])
        assert descriptor.digest == payload["descriptor"]
        share = ReceivedShare.open(
            self.keys, self._read(payload), party=self.party, diagnosis=UUID(payload["diagnosis"]),
            descriptor=descriptor, now=timezone.now(),
        )  # fmt: skip
        self.level -= 1
        words = (WEIGHTS.astype(np.int64).astype(np.uint32) * share.words().reshape(1, -1)).sum(axis=1, dtype=np.uint32)
        answer = seal_answer(self.keys, share, words, descriptor=descriptor, session=share.request_digest)
        return {"answer": answer.to_json(), "steps": {"online_s": 0.25, "open_s": 0.01}, "stock": self.level}

    def _read(self, payload: dict[str, Any]) -> bytes:
        """Return the sealed share: kept here, as a party keeps it until it has answered, and gone at the hub."""
        blob = payload["blob"]
        if blob not in self.kept:
            self.kept[blob] = self.blob(blob)
            self.http.delete(f"blobs/{blob}").raise_for_status()
        return self.kept[blob]

    # -- all ------------------------------------------------------------------------------------------------------

    def service_close(self, _payload: dict[str, Any]) -> dict[str, Any]:
        """Throw away what was kept for a service."""
        return {"closed": True}


def program(policy: str) -> SecureProgram:
    """Return a program that says nothing of the toy but its shapes."""
    shape = (len(CLASSES),)
    return SecureProgram(
        profile="fast",
        operations=(Input(shape=(1, SIZE, SIZE)), Output(source=0, policy=policy, shape=shape)),
        scales=(SCALE, LOGIT_SCALE),
        places=("input", "output"),
    )
