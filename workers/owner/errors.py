"""Everything that a model owner's node refuses or fails at, as one tree.

OwnerFault
├── WrongModel          the weights are not those of the model that the service names
├── TooFewImages        the folder of calibration images holds some, and too few
└── NotPrepared         a task names a service that was never prepared here, or is closed
"""

from primia_core.errors import PrimiaError


class OwnerFault(PrimiaError):
    """Something at the model owner's node is wrong."""

    code = "owner.error"


class WrongModel(OwnerFault):
    """The weights are not those of the model that the service names."""

    code = "owner.wrong_model"


class TooFewImages(OwnerFault):
    """The folder of calibration images holds some, and too few."""

    code = "owner.too_few_images"


class NotPrepared(OwnerFault):
    """A task names a service that was never prepared here, or is closed."""

    code = "owner.not_prepared"
