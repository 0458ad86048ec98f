"""Everything that can be wrong with a federated step, as one tree.

FederationError
├── LayoutError        a model's tensors are not those that the step was planned for
├── StepError          a step is performed or closed with something that does not belong to it
├── TooFewForNoise     a sum would be over fewer sites than its noise is sized for
└── NoDataError        a site has no image in a split that the step needs
"""

from primia_core.errors import PrimiaError


class FederationError(PrimiaError):
    """Something about a plan, a step or a result does not fit."""

    code = "federation.error"


class LayoutError(FederationError):
    """The tensors of a model are not those of the layout."""

    code = "federation.layout"


class StepError(FederationError):
    """A step, a state or a sum does not belong together."""

    code = "federation.step"


class TooFewForNoise(FederationError):
    """A sum would be over fewer sites than its shared noise is sized for."""

    code = "federation.too_few_for_noise"


class NoDataError(FederationError):
    """A split that the step needs holds no image."""

    code = "federation.no_data"
