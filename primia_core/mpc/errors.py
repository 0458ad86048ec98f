"""Everything that encrypted inference refuses or cannot do, as one tree. Each has a class and a code of its own.

MpcError
├── ProfileError                 ring, fraction and wire widths that do not fit together
├── ProgramError                 a network cannot be run encrypted as asked
│   ├── UnsupportedLayer         a layer that no secure operation computes, by name and place
│   ├── CalibrationError         calibration images do not fit, or say nothing about a layer
│   └── OutOfRange               a value left the range that the program's scales allow (found in plaintext replay)
├── KernelError                  arrays that do not fit a kernel, or a kernel that this machine lacks
├── RandomnessError              more was drawn from a stream than it was opened for
├── CorrelationError             correlations do not fit the program or the session
│   ├── StockEmpty               nothing is prepared for this program
│   ├── StockBurnt               a correlation was used before, by this party
│   ├── StockVoid                stock of another epoch, or restored from a copy
│   └── StockCorrupt             a correlation file is not what its name says
├── ModelError                   shares of a model do not fit the program
│   └── MaskReused               a second model version under one mask of the weights
├── DeliveryRefused              the dealer gives no sets to this caller, or not such
├── SessionError                 the parties do not agree on what they compute
├── CostError                    rates do not fit what is asked of the cost model
└── TransportError               the parties cannot talk to each other
    ├── PeerLost                 a connection ended or was refused
    ├── PeerStalled              nothing came within the time that the run allows
    ├── PeerGarbage              bytes that are not the awaited message
    └── PeerFailed               the other side says that it has given up, and why
"""

from primia_core.errors import PrimiaError


class MpcError(PrimiaError):
    """Encrypted inference cannot go on."""

    code = "mpc.error"


class ProfileError(MpcError):
    """Ring, fraction and wire widths do not fit together."""

    code = "mpc.profile"


class ProgramError(MpcError):
    """A network cannot be run encrypted as asked."""

    code = "mpc.program"


class UnsupportedLayer(ProgramError):
    """No secure operation computes a layer."""

    code = "mpc.unsupported_layer"


class CalibrationError(ProgramError):
    """Calibration images do not fit, or say nothing about a layer."""

    code = "mpc.calibration"


class OutOfRange(ProgramError):
    """A value left the range that the program's scales allow."""

    code = "mpc.out_of_range"


class KernelError(MpcError):
    """Arrays do not fit a kernel, or this machine lacks it."""

    code = "mpc.kernel"


class RandomnessError(MpcError):
    """More was drawn from a stream than it was opened for."""

    code = "mpc.randomness"


class CorrelationError(MpcError):
    """Correlations do not fit the program or the session."""

    code = "mpc.correlation"


class StockEmpty(CorrelationError):
    """Nothing is prepared for this program."""

    code = "mpc.stock_empty"


class StockBurnt(CorrelationError):
    """This party has used the correlation before."""

    code = "mpc.stock_burnt"


class StockVoid(CorrelationError):
    """Stock belongs to another epoch, or was restored from a copy."""

    code = "mpc.stock_void"


class StockCorrupt(CorrelationError):
    """A correlation file is not what its name says."""

    code = "mpc.stock_corrupt"


class ModelError(MpcError):
    """Shares of a model do not fit the program."""

    code = "mpc.model"


class MaskReused(ModelError):
    """A second model version is offered under one mask of the weights."""

    code = "mpc.mask_reused"


class DeliveryRefused(MpcError):
    """The dealer gives no sets to this caller, or not such sets."""

    code = "mpc.delivery_refused"


class SessionError(MpcError):
    """The parties do not agree on what they compute."""

    code = "mpc.session"


class CostError(MpcError):
    """The cost model has no rates for what is asked, or the question makes no sense."""

    code = "mpc.cost"


class TransportError(MpcError):
    """The parties cannot talk to each other."""

    code = "mpc.transport"


class PeerLost(TransportError):
    """A connection ended or was refused."""

    code = "mpc.peer_lost"


class PeerStalled(TransportError):
    """Nothing came within the time that the run allows."""

    code = "mpc.peer_stalled"


class PeerGarbage(TransportError):
    """Bytes came that are not the awaited message."""

    code = "mpc.peer_garbage"


class PeerFailed(TransportError):
    """The other side says that it has given up."""

    code = "mpc.peer_failed"
