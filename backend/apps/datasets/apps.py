"""How Django knows the app ``datasets``."""

from django.apps import AppConfig


class DatasetsConfig(AppConfig):
    """The app's name and label."""

    name = "backend.apps.datasets"
    label = "datasets"
