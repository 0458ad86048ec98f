"""What compute parties, dealer and model owner have in common: folder, keys, trust, tasks by lease, stored answers.

It knows neither the backend nor what a task means; each role does, in a room of its own.
"""

from workers.node.app import make_app
from workers.node.folder import NodeFolder, NodeSettings
from workers.node.job import GiveBack, Job
from workers.node.node import Node
from workers.node.role import Role

__all__ = ["GiveBack", "Job", "Node", "NodeFolder", "NodeSettings", "Role", "make_app"]
