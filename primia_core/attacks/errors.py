"""What can be wrong with an attack on a model's gradients.

AttackError
├── VictimError        the images or settings make no release that could be attacked
├── GalleryError       too few images of a class to hide one among
├── SumsError          sums of figures do not have the shape that the plan gives them
├── MembershipError    images, scores or settings with which no membership can be inferred
├── CanaryError        guesses or settings that bound no epsilon
└── TooFewPictures     a distance between sets of pictures that so few do not define
"""

from primia_core.errors import PrimiaError


class AttackError(PrimiaError):
    """An attack cannot be made, or not read."""

    code = "attacks.error"


class VictimError(AttackError):
    """There are too few images for the batches that the plan wants, or training settings that no attack follows."""

    code = "attacks.victim"


class GalleryError(AttackError):
    """A class has too few images of other patients to hide one among."""

    code = "attacks.gallery"


class SumsError(AttackError):
    """Integers that are no sums of this plan's figures."""

    code = "attacks.sums"


class MembershipError(AttackError):
    """Images, scores or settings with which no membership can be inferred."""

    code = "attacks.membership"


class CanaryError(AttackError):
    """Guesses or settings that bound no epsilon."""

    code = "attacks.canaries"


class TooFewPictures(AttackError):
    """So few pictures do not define a distance between two sets of them."""

    code = "attacks.too_few_pictures"
