"""How Django knows the app ``jobs``."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The app's name and label."""

    name = "backend.apps.jobs"
    label = "jobs"
