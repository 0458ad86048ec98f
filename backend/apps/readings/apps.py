"""How Django knows the app ``readings``."""

from django.apps import AppConfig


class ReadingsConfig(AppConfig):
    """The app's name and label."""

    name = "backend.apps.readings"
    label = "readings"
