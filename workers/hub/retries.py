"""What every task does when the database is away."""

from django.db import InterfaceError, OperationalError

DATABASE_AWAY = {
    "autoretry_for": (OperationalError, InterfaceError),
    "retry_backoff": True,
    "retry_backoff_max": 10,
    "max_retries": 5,
}
"""What a retry does not reach, the reconciler finds."""
