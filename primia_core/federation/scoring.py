"""The step ``scores``: what sites count of a model's answers, and the document that the sums become.

It knows a plan, probabilities and words; who asks, masks or adds is elsewhere.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from primia_core.evaluation.document import CohortRef, EvaluationDocument, ModelRef
from primia_core.evaluation.documenting import document_of
from primia_core.evaluation.sums import WIDE, ScoreSums, SumShape
from primia_core.federation.errors import StepError
from primia_core.federation.plan import EvaluationPlan, Plan
from primia_core.imaging.people import GROUPS
from primia_core.ring import LIMBS, join_limbs, split_limbs
from primia_core.secagg import VectorSpec
from primia_core.secagg.session import Q

Words = NDArray[np.uint32]


def evaluation_of(plan: Plan) -> EvaluationPlan:
    """Return what a plan evaluates."""
    if plan.evaluation is None:
        raise StepError(f"the plan is to {plan.purpose}; it has no evaluation")
    return plan.evaluation


def shape_of(plan: Plan) -> SumShape:
    """Return what every site of a plan counts."""
    evaluation = evaluation_of(plan)
    return SumShape(
        classes=len(plan.data.classes),
        bins=evaluation.score_bins,
        replicates=evaluation.replicates,
        groups={name: GROUPS[name] for name in evaluation.subgroups},
        sites=tuple(member.site for member in plan.roster) if evaluation.per_site else (),
        smallest_cell=evaluation.smallest_cell,
    )


def score_vectors(plan: Plan) -> tuple[VectorSpec, ...]:
    """Return the named vectors of the step.

    Each name begins with its split: the same counts of the same model and cohort are one quantity in every job, and a
    site's ledger never gives one under two rosters.
    """
    split = evaluation_of(plan).split
    return tuple(
        VectorSpec(name=f"{split}.{name}", length=LIMBS * length)
        if name in WIDE
        else VectorSpec(name=f"{split}.{name}", length=length, lowest=0)
        for name, length in shape_of(plan).lengths.items()
    )


def score_words(plan: Plan, sums: ScoreSums) -> dict[str, Words]:
    """Return one site's counts as ring words.

    Raises:
        StepError: a count is too large for its word.
    """
    split, words = evaluation_of(plan).split, {}
    for name, values in sums.values.items():
        if name in WIDE:
            words[f"{split}.{name}"] = split_limbs([int(value) for value in values])
            continue
        if int(values.max(initial=0)) > Q:
            raise StepError(f"{name} counts up to {int(values.max())}, a word holds {Q}; evaluate on fewer images")
        words[f"{split}.{name}"] = values.astype(np.uint32)
    return words


def document_of_sums(plan: Plan, sums: Mapping[str, Words], survivors: Sequence[str]) -> EvaluationDocument:
    """Return what the summed words say.

    Raises:
        StepError: they cannot be counts of the same images.
    """
    evaluation, shape = evaluation_of(plan), shape_of(plan)
    values = {name: _read(name, sums[f"{evaluation.split}.{name}"]) for name in shape.lengths}
    _check(values, shape)
    tally = ScoreSums(shape, values).tally()
    versions = {member.site: member.dataset_version for member in plan.roster}
    return document_of(
        tally,
        classes=plan.data.classes,
        split=evaluation.split,
        model=ModelRef(hash=plan.initial_model, name=plan.title),
        cohort=CohortRef(versions=tuple(versions[site] for site in sorted(survivors))),
        made=made_by(survivors),
        mean_loss=tally.log_loss,
        smallest_cell=evaluation.smallest_cell if evaluation.subgroups else None,
        notes=_notes(plan, survivors),
    )


def made_by(survivors: Sequence[str]) -> str:
    """Return who computed a figure over several sites."""
    return f"secure sum of {len(survivors)} sites"


def _notes(plan: Plan, survivors: Sequence[str]) -> tuple[str, ...]:
    missing = [member.name for member in plan.roster if member.site not in set(survivors)]
    return (f"Without {', '.join(missing)}, who did not answer.",) if missing else ()


def _read(name: str, words: Words) -> NDArray[np.int64]:
    return np.array(join_limbs(words), np.int64) if name in WIDE else words.astype(np.int64)


def _check(values: Mapping[str, NDArray[np.int64]], shape: SumShape) -> None:
    """Refuse sums of which one site, or several, got the counting wrong: all of them count the same images."""
    n, size = int(values["confusion"].sum()), shape.classes
    if n == 0:
        raise StepError("0 images were evaluated; every site needs at least 1 of the split")
    of_truth = values["confusion"].reshape(size, size).sum(1)
    in_bins = values["histograms"].reshape(size, size, shape.bins).sum(2)
    if not (in_bins == of_truth).all():
        raise StepError("the sums of scores and of predictions count different images; a site's agent is broken")
    for name in shape.groups:
        if int(values[f"subgroup.{name}"].sum()) != n:
            raise StepError(f"the groups of {name} count {int(values[f'subgroup.{name}'].sum())} images of {n}")
