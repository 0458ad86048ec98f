"""The model owner as a Celery worker: ``celery -A workers.owner.app worker --pool solo -Q mpc.owner``."""

from workers.node import make_app
from workers.owner.role import ROLE

app = make_app(ROLE)
