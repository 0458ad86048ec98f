"""The coordinator's Celery application: ``celery -A workers.hub.app worker -Q coordinator``, and ``beat``.

The queue, the beat's schedule and acknowledgement are in the backend's settings, where the client has them too.
"""

import os

import torch

import workers.hub.start  # noqa: F401
from backend.config.celery import app
from workers.hub import tasks

__all__ = ["app", "tasks"]

THREADS = int(os.environ.get("PRIMIA_HUB_THREADS", "1"))
torch.set_num_threads(THREADS)
