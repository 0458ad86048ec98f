"""A leased task as the Celery message that a worker consumes, and back. It opens no connection."""

import base64
import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from workers.link.client import LeasedTask

EXCHANGE = "primia.site"


def celery_message(task: LeasedTask, queue: str) -> dict[str, object]:
    """Say a task in Celery's message protocol 2, calling the task named after its kind with its payload.

    Args:
        task: as leased.
        queue: of the consumer that gets it.
    Returns:
        A raw message of kombu's virtual transports. Its delivery tag is new each time, so that a second delivery
        of one task is never mistaken for the first.
    """
    body = json.dumps([[], {"payload": task.payload}, {"callbacks": None, "errbacks": None, "chain": None}])
    return {
        "body": base64.b64encode(body.encode()).decode(),
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {
            "lang": "py",
            "task": task.kind,
            "id": task.id,
            "root_id": task.id,
            "parent_id": None,
            "group": None,
            "retries": 0,
            "eta": None,
            "expires": None,
            "timelimit": [None, None],
            "argsrepr": "()",
            "kwargsrepr": "{...}",
            "ignore_result": True,
            "lease_s": task.lease_s,
            "deliveries": task.deliveries,
        },
        "properties": {
            "correlation_id": task.id,
            "delivery_mode": 2,
            "delivery_tag": str(uuid4()),
            "delivery_info": {
                "exchange": EXCHANGE,
                "routing_key": queue,
                "redelivered": task.deliveries > 1,
            },
            "priority": 0,
            "body_encoding": "base64",
        },
    }


def leased_task(request: Any, kind: str, payload: Mapping[str, Any]) -> LeasedTask:
    """Return the task that came as such a message.

    Args:
        request: Celery's, of the task at hand: it carries the message's headers.
        kind: what the Celery task is named after.
        payload: the Celery task's only argument.
    """
    return LeasedTask(request.id, kind, dict(payload), int(request.deliveries), float(request.lease_s))
