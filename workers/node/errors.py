"""Everything that a node refuses or fails at before its role begins, as one tree.

NodeFault
├── FolderError             the node's folder is not what it needs
│   └── AlreadyRunning      another process works in this folder
├── NotEnrolled             the node has no credential yet
├── NotConfirmed            nobody here has compared the fingerprint of a node that a task names
├── PayloadError            a task lacks what it needs
├── StoreError              the node's database refuses
└── TooManyDeliveries       a task keeps coming back
"""

from primia_core.errors import PrimiaError


class NodeFault(PrimiaError):
    """Something at this node is wrong."""

    code = "node.error"


class FolderError(NodeFault):
    """The node's folder is not what it needs."""

    code = "node.folder"


class AlreadyRunning(FolderError):
    """Another process works in this folder."""

    code = "node.already_running"


class NotEnrolled(NodeFault):
    """The node has no credential yet."""

    code = "node.not_enrolled"


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
