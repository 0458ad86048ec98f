"""Everything that can be wrong with a network or its file, as one tree.

ModelError
├── WeightsFileError       a file is not there, not readable, or not PriMIA's
├── ManifestError          a file's manifest does not describe its weights
└── ArchitectureError      weights are not those of the network they are meant for
"""

from primia_core.errors import PrimiaError


class ModelError(PrimiaError):
    """Something about a network or its weights does not fit."""

    code = "models.error"


class WeightsFileError(ModelError):
    """A file of weights is missing, damaged, of a later format, or not ours."""

    code = "models.file"


class ManifestError(ModelError):
    """A manifest and the weights beside it disagree."""

    code = "models.manifest"


class ArchitectureError(ModelError):
    """The tensors of a state dict are not those of the network."""

    code = "models.architecture"
