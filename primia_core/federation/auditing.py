"""The step ``audit``: what sites count of attacks on their own updates, and the document that the sums become.

Pictures are no part of it: originals and reconstructions of real patients stay where they were made.
"""

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from primia_core.attacks.document import AuditDocument, AuditedImages, AuditedModel
from primia_core.attacks.plan import AuditPlan
from primia_core.attacks.reading import document_of
from primia_core.attacks.sums import AuditSums
from primia_core.federation.errors import StepError
from primia_core.federation.plan import Plan
from primia_core.federation.scoring import made_by
from primia_core.ring import LIMBS
from primia_core.secagg import VectorSpec

Words = NDArray[np.uint32]


def audit_of(plan: Plan) -> AuditPlan:
    """Return how a plan attacks."""
    if plan.audit is None:
        raise StepError(f"the plan is to {plan.purpose}; it has no audit")
    return plan.audit


def audit_vectors(plan: Plan) -> tuple[VectorSpec, ...]:
    """Return the named vectors of the step."""
    lengths = AuditSums.layout(audit_of(plan))
    return tuple(VectorSpec(name=name, length=LIMBS * length) for name, length in lengths.items())


def audit_of_sums(plan: Plan, sums: Mapping[str, Words], survivors: Sequence[str]) -> AuditDocument:
    """Return what the summed words say; it has no pictures."""
    audit = audit_of(plan)
    return document_of(
        audit,
        AuditSums.of_vectors(audit, sums),
        model=audited_model(plan),
        images=AuditedImages(kind="real", image_size=plan.data.image_size, split=audit.split),
        made=made_by(survivors),
    )


def audited_model(plan: Plan) -> AuditedModel:
    """Return what a document says of the weights that a plan attacks."""
    from primia_core.models.registry import skeleton  # it needs torch, which a reader of plans does without

    tensors = skeleton(plan.model).parameters()
    return AuditedModel(
        name=plan.model.name,
        hash=plan.initial_model,
        weights="trained",
        parameters=sum(prod(tensor.shape) for tensor in tensors),
        normalisation=plan.model.normalisation,
    )
