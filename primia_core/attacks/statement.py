"""What an audit's figures mean, in sentences. It reads figures, and computes none."""

from collections.abc import Iterator, Sequence

from primia_core.attacks.document import AuditedModel, ControlRow, References, ViewFigures
from primia_core.attacks.plan import AuditPlan

POSITIVE_MSE = 0.05
"""The largest mean error, in z units, at which the positive control counts as a success."""

VIEW_NAMES = {
    "gradient": "one site's gradient",
    "update": "one site's update",
    "secure_sum": "the secure sum",
}
CONTROL_NAMES = {"null": "another patient's image", "tv_only": "the prior alone"}


def sentence(attack: ControlRow, null: ControlRow, finding: str) -> str:
    """Return one view's figures in a sentence, and what they come to."""
    found = attack.identification
    error = (
        f"the mean error is {attack.mse.mean:.2f} and the most exposed image's {attack.mse.worst:.2f}, "
        f"where the most alike other patient has {null.mse.mean:.2f}"
    )
    means = {
        "identifies": "The attack recovers who is in the batch.",
        "resembles": "Reconstructions are closer than any other patient's image, though they name nobody surely.",
        "nothing shown": "This attack, at this strength, shows nothing that another patient's image would not.",
    }[finding]
    return (
        f"{found.hits} of {found.trials} images were picked out among {found.gallery} of their class "
        f"(95 % interval {found.low:.1%} to {found.high:.1%}, chance {found.chance:.1%}); {error}. {means}"
    )


def statement(
    plan: AuditPlan,
    control: ViewFigures,
    views: Sequence[ViewFigures],
    model: AuditedModel,
    references: References,
    *,
    valid: bool,
) -> str:
    """Return what a whole audit says; where its positive control failed, only what it did find."""
    told = _whole(plan, control, views, model, references) if valid else _invalid(control, views)
    return " ".join((*told, *_doubts(views)))


def found_something(view: ViewFigures) -> bool:
    """Say whether a view gave anything away."""
    return view.finding != "nothing shown"


def _whole(
    plan: AuditPlan,
    control: ViewFigures,
    views: Sequence[ViewFigures],
    model: AuditedModel,
    references: References,
) -> Iterator[str]:
    yield f"The positive control, single images in eval mode, succeeded: {_reached(control)}."
    yield (
        f"Weights: {model.weights}; normalisation: {model.normalisation}, victims and attacker in {plan.batch_norm} "
        f"mode; labels {plan.labels}{_noise(plan)}."
    )
    for view in views:
        yield f"{_named(view)}: {view.reading}"
    yield (
        f"Errors are in units of the pixels' variance. Guesses that use nothing of a release have "
        f"{references.grey:.2f} (one grey), {references.mean_image:.2f} (the mean image of the class) and "
        f"{references.other_patient:.2f} (a stranger's image): more than that is no sign of safety. "
        "An attack that fails bounds this attack, not a better one."
    )


def _invalid(control: ViewFigures, views: Sequence[ViewFigures]) -> Iterator[str]:
    yield (
        f"Audit invalid: the positive control, single images in eval mode, failed: {_reached(control)}. "
        "The attack is too weak here for its failures to mean anything; take more iterations or restarts, "
        "a smaller image or another tv_weight, and run it again."
    )
    for view in views:
        if found_something(view):
            yield f"What it did find stands. {_named(view)}: {view.reading}"


def _doubts(views: Sequence[ViewFigures]) -> Iterator[str]:
    """Yield a sentence for each control that hits above chance, though it knows nothing of the release."""
    for view in views:
        for row in view.rows[1:]:
            found = row.identification
            if found.low > found.chance:
                yield (
                    f"{_named(view)}: guesses that know nothing of the release ({CONTROL_NAMES[row.control]}) picked "
                    f"out {found.hits} of {found.trials}, above chance: so much luck these images have given. Doubt "
                    "what the attack found as much, or attack more releases."
                )


def _reached(control: ViewFigures) -> str:
    found = control.rows[0]
    return (
        f"error {found.mse.mean:.3f} (at most {POSITIVE_MSE} wanted), "
        f"{found.identification.hits} of {found.identification.trials} identified (all wanted)"
    )


def _noise(plan: AuditPlan) -> str:
    if plan.privacy is None:
        return ""
    spread = plan.privacy.noise_multiplier
    return f"; each image's gradient clipped at {plan.privacy.clip:g}, noise of {spread:g} times that in every sum"


def _named(view: ViewFigures) -> str:
    name = VIEW_NAMES[view.view]
    of = f" of {view.sites_in_sum} sites" if view.sites_in_sum > 1 else ""
    after = f" after {view.local_steps} local steps" if view.local_steps else ""
    images = "1 image" if view.batch_size == 1 else f"{view.batch_size} images"
    return f"{name[0].upper()}{name[1:]}{of}{after}, {images} a site"
