"""Django's start, for each of the hub's workers: imported before whatever needs the registry of apps."""

import os

import django
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
django.setup()


@setup_logging.connect
def keep_django_logging(**_: object) -> None:
    """Let Django's logging stand; Celery would put its own in its place."""
