"""The Celery client: it sends task names and ids. The tasks themselves live in ``workers.hub``, unknown here."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")

app = Celery("primia")
app.config_from_object("django.conf:settings", namespace="CELERY")
