"""The model card: what the model is, what it is for, and what it must not be used for."""

from collections.abc import Iterator

from primia_core.reporting.dossier import Dossier, ModelCard
from primia_core.reporting.tree import Bullets, Cell, Code, Facts, Paragraph, Section
from primia_core.reporting.wording import count, listed, plural, size


def card(dossier: Dossier) -> Section:
    """Return the chapter."""
    model = dossier.model
    parts = (
        Section("model-identity", "What it is", (Facts(tuple(_identity(model))),)),
        Section("model-input", "What it takes and gives", (Facts(tuple(_input(model))),)),
        Section("model-use", "What it is for", _use(dossier)),
        Section("model-limits", "Limits that follow from the records", (Bullets(tuple(_limits(dossier))),)),
    )
    return Section("model", "Model card", (), parts)


def version(model: ModelCard) -> str:
    """Return the model's name with its version."""
    return model.name if model.number is None else f"{model.name}, version {model.number}"


def architecture(model: ModelCard) -> str:
    """Return the network in words."""
    known = model.architecture
    if not known:
        return "not recorded"
    parts = [str(known.get("name", "unnamed"))]
    if "normalisation" in known:
        parts.append(f"{known['normalisation']} normalisation")
    if "stem_pool" in known:
        parts.append(f"{known['stem_pool']} pooling in the stem")
    if "channels" in known:
        parts.append(plural(int(str(known["channels"])), "input channel"))
    return ", ".join(parts)


def _identity(model: ModelCard) -> Iterator[tuple[str, Cell]]:
    yield "Name", version(model)
    if model.state:
        yield "State", model.state
    yield "Architecture", architecture(model)
    if model.parameters is not None:
        yield "Parameters", count(model.parameters)
    if model.state_hash:
        yield "SHA-256 of the weights", Code(model.state_hash)
    if model.file_sha256:
        yield "SHA-256 of the file", Code(model.file_sha256)
    if model.file_size_bytes is not None:
        yield "Size of the file", size(model.file_size_bytes)


def _input(model: ModelCard) -> Iterator[tuple[str, Cell]]:
    side = "not recorded" if model.image_size is None else f"{model.image_size} × {model.image_size} pixels, grey"
    yield "Image", side
    scale = model.normalisation
    if scale is not None:
        yield "Scale", f"pixels from 0 to 1, less {scale.mean:.6g}, divided by {scale.std:.6g}"
    yield "Output", f"a probability for each of {listed(model.classes)}; they add up to 1"
    yield "Decision", "the class with the largest probability; no other threshold was chosen"


def _use(dossier: Dossier) -> tuple[Paragraph | Facts, ...]:
    model = dossier.model
    facts = Facts(
        (
            ("Task", model.task or "not recorded"),
            ("Intended use", model.intended_use or "not recorded; see the authors"),
        )
    )
    caution = Paragraph(
        "Not for use outside the intended one, on other kinds of image, or on patients unlike those it was evaluated "
        "on. A probability here is the model's, not a patient's risk.",
        "warning",
    )
    return facts, caution


def _limits(dossier: Dossier) -> Iterator[str]:
    yield "Only the listed classes can be answered; an image that shows none of them gets one of them all the same."
    evaluations = dossier.evaluations
    if not evaluations and not dossier.counted:
        yield "Nothing was evaluated: there is no evidence that it is right more often than chance."
    for found in evaluations:
        small = [one.name for one in found.per_class if one.n < 100]
        if small:
            yield f"Fewer than 100 images of {listed(small)} were evaluated ({found.split} split); intervals are wide."
        if found.patients is None:
            yield "Images of one patient were counted as independent, so intervals by image may be too short."
        hidden = sum(one.suppressed for one in found.subgroups)
        if hidden:
            yield f"{plural(hidden, 'subgroup')} had too few images to be shown; performance there is unknown."
        if not found.subgroups:
            yield "Performance by age, sex and view was not examined."
    if not dossier.audits:
        yield "Whether its training gave images away was not audited."
    if dossier.privacy is None or dossier.privacy.spent is None:
        yield (
            "It carries no promise of differential privacy: secure aggregation hides updates, not what a model learnt."
        )
