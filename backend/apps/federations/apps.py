"""How Django knows the app ``federations``."""

from django.apps import AppConfig


class FederationsConfig(AppConfig):
    """The app's name and label."""

    name = "backend.apps.federations"
    label = "federations"
