"""Which local work cannot be private, each with its reason. Needs no torch."""

from collections.abc import Iterator

from primia_core.models.spec import ModelSpec
from primia_core.privacy import PrivacyPlan
from primia_core.training.config import LocalTraining


def refusals(privacy: PrivacyPlan, training: LocalTraining, model: ModelSpec) -> list[str]:
    """Return in words whatever forbids to train a model privately with these settings; an empty list allows it."""
    return list(_refusals(privacy, training, model))


def _refusals(privacy: PrivacyPlan, training: LocalTraining, model: ModelSpec) -> Iterator[str]:
    if model.normalisation == "batch":
        yield (
            "the model has BatchNorm, which mixes the images of a batch, so that no gradient belongs to one patient; "
            'set model.normalisation to "group"'
        )
    if training.epochs is not None:
        yield (
            "training counts epochs, whose batches are not Poisson samples, so that epsilon would not hold, and whose "
            "number tells the size of a cohort; give training.steps"
        )
    if training.exhausted_sites == "keep_last":
        yield (
            "sites stop when their images are used up, which needs batches that are not sampled and tells how many "
            'images a site has; set training.exhausted_sites to "continue"'
        )
    if training.class_weights != "none":
        yield (
            "training weighs classes by pooled counts, which are released without noise; "
            'set training.class_weights to "none"'
        )
    if training.mixup_alpha:
        yield (
            "mixup puts two patients into one image, so that one patient changes another's gradient; "
            "set training.mixup_alpha to 0"
        )
    if training.patience is not None:
        yield (
            "local early stopping chooses weights by validation images without noise, and tells when it did; "
            "leave training.patience out"
        )
    if training.precision != "float32":
        yield f"gradients are clipped in float32, not in {training.precision}; set training.precision to float32"
    if privacy.mode == "distributed" and training.steps is not None and training.steps != 1:
        yield (
            f"distributed privacy adds up one Poisson sample a round; training.steps is {training.steps}, set it to 1"
        )
