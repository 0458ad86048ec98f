"""The Celery tasks of the agent: one for each kind of site task, each ten lines shared by all.

Delivered at least once: everything that must happen once is a row in the site's database.
"""

from typing import Any

from celery import Task, shared_task
from celery.exceptions import Reject

from workers.link import keep_back
from workers.link.messages import leased_task
from workers.site.current import current
from workers.site.handlers import Handlers
from workers.site.runner import look_again, run


def _perform(self: Task, payload: dict[str, Any]) -> None:
    """Do one delivered task. Celery is done with it afterwards; the hub is when it has the answer."""
    request, here = self.request, current()
    delivery = leased_task(request, self.name, payload)
    end = run(here.agent, delivery)
    if end == "give_back":
        raise Reject("given back", requeue=True)
    if end in ("answered", "waits"):
        keep_back(request.id)
    if end == "waits":
        here.held.hold(request.id, look_again(here.agent, delivery))


for _kind in Handlers.kinds():
    shared_task(name=_kind, bind=True, acks_late=True, ignore_result=True)(_perform)
