"""How Django knows the app ``link``."""

from django.apps import AppConfig


class LinkConfig(AppConfig):
    """The app's name and label."""

    name = "backend.apps.link"
    label = "link"
