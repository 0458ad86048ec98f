"""What a plan lets out of a hospital, in sentences that a person reads before signing. It decides nothing."""

from collections.abc import Iterator

from primia_core.federation.plan import EvaluationPlan, Plan


def releases(plan: Plan) -> list[str]:
    """Return what becomes known through a plan, the sums first; an empty list for one that trains."""
    return list(_releases(plan))


def _releases(plan: Plan) -> Iterator[str]:
    if plan.evaluation is not None:
        yield f"evaluates the model {plan.initial_model[:12]} on the {plan.evaluation.split} images; trains nothing"
        yield "what all sites sum up becomes public: counts by class and score, losses, how many patients there are"
        yield from _of_evaluation(plan.evaluation)
    if plan.audit is not None:
        model, split = plan.initial_model[:12], plan.audit.split
        yield f"attacks what this site would send of the model {model}, on its {split} images"
        yield "what all sites sum up becomes public: how alike attacks came, how often they identified an image"
        yield "pictures of your images and of what attacks made of them stay here; see `primia site audits`"
    if plan.purpose != "train" and not plan.aggregation.secure:
        yield "WITHOUT secure aggregation the coordinator sees this site's figures by themselves"


def _of_evaluation(evaluation: EvaluationPlan) -> Iterator[str]:
    if evaluation.replicates:
        yield (
            f"with {evaluation.replicates} resamples of patients, drawn here from this machine's randomness; they show "
            "how much results depend on few patients"
        )
    if evaluation.subgroups:
        cell = evaluation.smallest_cell
        yield (
            f"with counts by {', '.join(evaluation.subgroups)}; a group of which this site has fewer than {cell} "
            "images is counted as withheld before anything leaves"
        )
        yield "a group of patients that only this site has shows this site's results, though not its name"
    if evaluation.per_site:
        yield "PUBLISHES THIS SITE'S OWN confusion matrix under its name, to everybody in the federation"
