"""Settings, addresses and the two entry points, ASGI and Celery. It knows every app and no rule of any."""
