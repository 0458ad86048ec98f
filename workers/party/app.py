"""A compute party as a Celery worker: ``celery -A workers.party.app worker --pool solo -Q mpc.p0``."""

from workers.node import make_app
from workers.party.role import ROLE

app = make_app(ROLE)
