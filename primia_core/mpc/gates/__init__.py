"""Every kind of operation as a gate: what the dealer writes for it, what a party prepares, what the parties say."""

from collections.abc import Mapping
from types import MappingProxyType

from primia_core.mpc.gates.answer import OutputGate
from primia_core.mpc.gates.context import DealerContext, Gate, PartyContext, PartySecrets, SecretFilters
from primia_core.mpc.gates.linear import LinearGate, ReshapeGate, WeightedPoolGate
from primia_core.mpc.gates.maximum import MaximumGate
from primia_core.mpc.gates.openings import IMAGE, InputGate, TruncateGate
from primia_core.mpc.gates.positive import LiftGate, ReluGate

GATES: Mapping[str, Gate] = MappingProxyType(
    {
        "input": InputGate(),
        "linear": LinearGate(),
        "truncate": TruncateGate(),
        "maximum": MaximumGate(),
        "relu": ReluGate(),
        "lift": LiftGate(),
        "weighted_pool": WeightedPoolGate(),
        "reshape": ReshapeGate(),
        "output": OutputGate(),
    }
)

__all__ = ["GATES", "IMAGE", "DealerContext", "Gate", "PartyContext", "PartySecrets", "SecretFilters"]
