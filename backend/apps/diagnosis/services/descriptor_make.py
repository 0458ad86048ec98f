"""Put a service's description together from what its owner and its dealer have told. It signs nothing."""

from datetime import datetime
from typing import Any

from backend.apps.diagnosis.models import DiagnosisService
from primia_core.diagnosis.descriptor import Accuracy, Descriptor, Input, Model, Output, Party, Price
from primia_core.diagnosis.identity import PublicNode
from primia_core.mpc.errors import ProgramError
from primia_core.mpc.program.operations import SecureProgram

CHECKED = {"input": Input, "output": Output, "price": Price, "accuracy": Accuracy}


def facts_of(result: dict[str, Any], *, profile: str) -> dict[str, Any]:
    """Return what the owner told of its model, checked and in the one spelling that is signed.

    Raises:
        ValidationError: a part cannot be used.
        ProgramError: the program is for another profile than the service.
    """
    program = SecureProgram.model_validate(result["program"])
    if program.profile != profile:
        raise ProgramError(f"the owner prepared a program for the profile {program.profile}, the service has {profile}")
    facts = {name: model.model_validate(result[name]).model_dump(mode="json") for name, model in CHECKED.items()}
    return {**facts, "program": program.digest, "commitment": result["commitment"], "report": result["report"]}


def descriptor_make(service: DiagnosisService, *, now: datetime) -> Descriptor:
    """Return the description that both parties are asked to sign.

    Raises:
        ValidationError: the parts contradict each other.
    """
    version, facts = service.model_version, service.facts
    return Descriptor.model_validate(
        {
            "service": service.pk,
            "name": service.title,
            "federation": service.federation.slug,
            "model": Model(
                name=version.name, number=version.number, version=version.pk, commitment=facts["commitment"]
            ),
            "classes": version.card["classes"],
            "intended_use": service.intended_use,
            **{name: model.model_validate(facts[name]) for name, model in CHECKED.items()},
            "program": facts["program"],
            "protocol": service.protocol,
            "profile": service.profile,
            "mask": service.mask,
            "epoch": service.epoch,
            "parties": [Party.model_validate({**node.public, "origin": node.origin}) for node in parties(service)],
            "dealer": PublicNode.from_json(service.dealer.public),
            "owner": PublicNode.from_json(service.owner.public),
            "created": now,
            "expires": service.expires_at,
        }
    )


def parties(service: DiagnosisService) -> tuple[Any, Any]:
    """Return both parties, P0 first."""
    return service.p0, service.p1
