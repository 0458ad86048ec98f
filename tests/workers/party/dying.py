"""A party as a process that is killed in the middle of a run: after its second online message has left."""

import json
import os
import signal
import sys
from pathlib import Path

from primia_core.mpc.served import ServedModel
from workers.link import LeasedTask
from workers.node import Node, NodeFolder
from workers.node.station import Station
from workers.party.role import ROLE

STEPS = 2


def dying(run):
    """Return a run that ends with its process."""

    def wrapped(self, *arguments, **options):
        exchange, session = run(self, *arguments, **options)
        return _steps(exchange), session

    return wrapped


def _steps(exchange):
    answers = yield next(exchange)
    for _ in range(STEPS - 1):
        answers = yield exchange.send(answers)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    folder, task = Path(sys.argv[1]), json.loads(sys.argv[2])
    ServedModel.run = dying(ServedModel.run)
    station = Station(Node(NodeFolder(folder)), ROLE)
    station.perform(LeasedTask(task["id"], task["kind"], task["payload"], 1, 60.0))
