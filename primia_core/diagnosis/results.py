"""An answer in words: which class, how sure, and what it is not. Knows no shares and no sums.

clear           the first class leads by at least ``CLEAR_MARGIN``, and the entropy is at most ``CLEAR_ENTROPY``
cannot tell     it leads by less than ``LEAST_MARGIN``, the entropy is above ``MOST_ENTROPY``, or a logit is one that
                cannot have been computed right
unsure          anything between
not told        the service gives a label alone
"""

from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self
from uuid import UUID

from primia_core.diagnosis.answer import Opened
from primia_core.diagnosis.descriptor import Descriptor

CLEAR_MARGIN: Final = 0.6
CLEAR_ENTROPY: Final = 0.75
LEAST_MARGIN: Final = 0.15
MOST_ENTROPY: Final = 0.95
NOTICE: Final = (
    "This is the output of a statistical model, not a diagnosis. It has not been approved as a medical device. "
    "Do not start, change or stop a treatment because of it; show the picture to a physician."
)
Certainty = Literal["clear", "unsure", "cannot tell", "not told"]


@dataclass(frozen=True)
class Result:
    """What a requester is shown.

    Attributes:
        label: name of the class.
        probabilities: of each class by name, in the order of the descriptor, or ``None``.
        certainty: in words.
        margin: the first probability less the second, or ``None``.
        entropy: 0 (certain) to 1 (all classes alike), or ``None``.
        implausible: a logit is beyond what can be computed right; the answer counts as none.
    """

    diagnosis: UUID
    service: UUID
    descriptor: str
    model: str
    label: str = field(repr=False)
    probabilities: dict[str, float] | None = field(repr=False)
    certainty: Certainty = field(repr=False)
    margin: float | None = field(repr=False)
    entropy: float | None = field(repr=False)
    implausible: bool
    notice: str = field(default=NOTICE, repr=False)

    @classmethod
    def of(cls, opened: Opened, descriptor: Descriptor) -> Self:
        """Put an opened answer into words."""
        told = opened.probabilities
        margin = None if told is None else _margin(told)
        return cls(
            diagnosis=opened.diagnosis,
            service=descriptor.service,
            descriptor=descriptor.digest,
            model=f"{descriptor.model.name} {descriptor.model.number}",
            label=descriptor.classes[opened.label],
            probabilities=None if told is None else dict(zip(descriptor.classes, told, strict=True)),
            certainty=certainty(margin, opened.entropy, plausible=opened.plausible),
            margin=margin,
            entropy=opened.entropy,
            implausible=not opened.plausible,
        )

    def to_json(self) -> dict[str, Any]:
        """Return it for a file or a program."""
        return {
            "diagnosis": str(self.diagnosis),
            "service": str(self.service),
            "descriptor": self.descriptor,
            "model": self.model,
            "label": self.label,
            "probabilities": self.probabilities,
            "certainty": self.certainty,
            "margin": self.margin,
            "entropy": self.entropy,
            "implausible": self.implausible,
            "notice": self.notice,
        }


def certainty(margin: float | None, entropy: float | None, *, plausible: bool) -> Certainty:
    """Say how sure an answer is."""
    if not plausible:
        return "cannot tell"
    if margin is None or entropy is None:
        return "not told"
    if margin < LEAST_MARGIN or entropy > MOST_ENTROPY:
        return "cannot tell"
    return "clear" if margin >= CLEAR_MARGIN and entropy <= CLEAR_ENTROPY else "unsure"


def _margin(probabilities: tuple[float, ...]) -> float:
    first, second = (*sorted(probabilities, reverse=True), 0.0)[:2]
    return first - second
