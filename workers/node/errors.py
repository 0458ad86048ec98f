"""Everything that a node refuses or fails at before its role begins, as one tree.

NodeFault
├── NotConfirmed            nobody here has compared the fingerprint of a node that a task names
├── PayloadError            a task lacks what it needs
├── StoreError              the node's database refuses
└── TooManyDeliveries       a task keeps coming back
"""

from primia_core.errors import PrimiaError


class NodeFault(PrimiaError):
    """Something at this node is wrong."""

    code = "node.error"


class NotConfirmed(NodeFault):
    """Nobody here has compared the fingerprint of a node that a task names."""

    code = "node.not_confirmed"


class PayloadError(NodeFault):
    """A task lacks what it needs."""

    code = "node.payload"


class StoreError(NodeFault):
    """The node's database refuses."""

    code = "node.store"


class TooManyDeliveries(NodeFault):
    """A task keeps coming back without ever being finished."""

    code = "node.too_many_deliveries"
