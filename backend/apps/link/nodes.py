"""The realm of the nodes: which address leads to which call of a party's, a dealer's or an owner's worker."""

from backend.apps.diagnosis.errors import NodeUnknown
from backend.apps.diagnosis.models import Node
from backend.apps.diagnosis.services.nodes import node_by_credential
from backend.apps.link import inputs, node_calls, node_inputs, sealed
from backend.apps.link.bell import node_door
from backend.apps.link.lease import Mailbox
from backend.apps.link.realm import TASK, UUID_PATTERN, Realm, call, stream


def _node(credential: str) -> Node:
    return node_by_credential(credential=credential)


NODES = Realm(
    prefix="/api/v1/node/",
    scheme="Node",
    caller_of=_node,
    unknown=NodeUnknown,
    enrolment=node_inputs.NodeEnrolInput,
    enrol=node_calls.enrol,
    mailbox=Mailbox(door=node_door, heard=node_calls.heard, take=node_calls.leased),
    calls=(
        call("POST", "hello", inputs.HelloInput, node_calls.hello),
        call("POST", f"{TASK}/renew", node_inputs.NodeRenewInput, node_calls.renew),
        call("POST", f"{TASK}/result", inputs.ResultInput, node_calls.result),
        call("POST", f"{TASK}/ack", inputs.Nothing, node_calls.acknowledge),
        call("POST", f"{TASK}/release", inputs.Nothing, node_calls.release),
        call("GET", f"descriptors/(?P<service>{UUID_PATTERN})", inputs.Nothing, node_calls.descriptor),
        call("PUT", "stock", node_inputs.StockInput, node_calls.stock),
    ),
    streams=(
        stream(f"{TASK}/blob", PUT=sealed.receive),
        stream(f"blobs/(?P<blob>{UUID_PATTERN})", GET=sealed.deliver, DELETE=sealed.delete),
        stream(f"weights/(?P<version>{UUID_PATTERN})", GET=sealed.weights),
    ),
)
