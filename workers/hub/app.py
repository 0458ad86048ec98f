"""The coordinator's Celery application: ``celery -A workers.hub.app worker -Q coordinator``, and ``beat``.

The queue, the beat's schedule and acknowledgement are in the backend's settings, where the client has them too.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")

import django

django.setup()  # before any import that needs the app registry

import torch  # noqa: E402
from celery.signals import setup_logging  # noqa: E402

from backend.config.celery import app  # noqa: E402
from workers.hub import tasks  # noqa: E402

__all__ = ["app", "tasks"]

THREADS = int(os.environ.get("PRIMIA_HUB_THREADS", "1"))
torch.set_num_threads(THREADS)


@setup_logging.connect
def keep_django_logging(**_: object) -> None:
    """Let Django's logging stand; Celery would put its own in its place."""
