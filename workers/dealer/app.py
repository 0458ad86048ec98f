"""The dealer as a Celery worker: ``celery -A workers.dealer.app worker --pool solo -Q mpc.dealer``."""

from workers.dealer.role import ROLE
from workers.node import make_app

app = make_app(ROLE)
