"""A model owner at work, and what it does for each kind of task."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, get_args
from uuid import UUID

from primia_core.diagnosis.identity import PublicNode
from primia_core.diagnosis.sealing import model_share_info
from primia_core.mpc.cost import Rates
from primia_core.mpc.model import share_model, share_to_bytes
from primia_core.mpc.session import Policy
from primia_core.mpc.weight_masks import WeightMasks
from workers.node import Job, Node
from workers.node.errors import PayloadError
from workers.owner.errors import NotPrepared
from workers.owner.prepared import Prepared, forget
from workers.owner.preparing import Wanted, describe
from workers.owner.price import rates_of_this_machine

Payload = Mapping[str, Any]
READERS: tuple[Literal["p0"], Literal["p1"]] = ("p0", "p1")


class Owner:
    """One owner of models."""

    def __init__(self, node: Node) -> None:
        self._node, self._masks = node, WeightMasks(node.ledger)

    def close(self) -> None:
        """Let go of nothing: all that is kept lies in the folder."""

    def prepare(self, job: Job, payload: Payload) -> dict[str, object]:
        """Make a secure program of a model version, and describe it. The weights file is deleted afterwards."""
        node, service = self._node, _service(payload)
        version = str(UUID(str(payload["model_version"])))
        wanted = _wanted(payload)
        folder = node.folder.service(service)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

        def told(phase: str) -> None:
            job.phase(phase)
            job.check()

        def rates() -> Rates:
            return rates_of_this_machine(node.folder.path / "rates", wanted.profile, wanted.protocol)

        told("fetching")
        with TemporaryDirectory(dir=folder, prefix=".weights-") as fetched:
            weights = node.link.get_weights(version, Path(fetched) / "weights.safetensors")
            described = describe(weights, wanted, node.folder.calibration, rates, told)
        prepared = Prepared.new(described.model, version, described.facts)
        prepared.save(folder)
        return {
            "program": prepared.model.program.model_dump(mode="json"),
            "commitment": prepared.commitment,
            **prepared.facts,
        }

    def share(self, job: Job, payload: Payload) -> dict[str, object]:
        """Split the weights between the parties, and leave each half sealed for the one that it is for.

        Security: a fresh split for every task. Under one mask only one prepared model is ever shared; the parties
            refuse a second one as well.
        """
        job.phase("sharing")
        service, mask = _service(payload), str(payload["mask"])
        prepared = Prepared.load(self._node.folder.service(service))
        if prepared.model_version != (version := str(payload["version"])):
            raise NotPrepared(
                f"service {service} was prepared with model version {prepared.model_version}, the task names "
                f"{version}; publish it again"
            )
        parties = [PublicNode.from_json(party) for party in payload["parties"]]
        if len(parties) != 2 or parties[0].fingerprint == parties[1].fingerprint:
            raise PayloadError(f"a model is shared between two different parties, the task names {len(parties)}")
        for number, party in enumerate(parties):
            self._node.trust.check(party, f"party {number}")
        self._masks.assign(mask, prepared.commitment)
        seed, words = share_model(prepared.model.program, prepared.model.weights)
        blobs = []
        for number, share in enumerate((seed, share_to_bytes(prepared.model.program, words))):
            job.phase("sealing", number, len(parties))
            job.check()
            sealed = parties[number].seal(share, model_share_info(service, number))
            blobs.append(job.put_blob(sealed, reader=READERS[number])["blob"])
        return {"blobs": blobs}

    def close_service(self, job: Job, payload: Payload) -> dict[str, object]:
        """Delete what was prepared."""
        job.phase("closing")
        forget(self._node.folder.service(_service(payload)))
        return {"closed": True}


def _service(payload: Payload) -> str:
    return str(UUID(str(payload["service"])))


def _wanted(payload: Payload) -> Wanted:
    policy: Policy = payload["policy"]
    if policy not in get_args(Policy):
        raise PayloadError(f"a service gives {' or '.join(get_args(Policy))}, the task asks for {policy!r}")
    return Wanted(tuple(payload["classes"]), policy, str(payload["protocol"]), str(payload["profile"]))
