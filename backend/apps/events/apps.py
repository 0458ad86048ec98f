"""How Django knows the app ``events``."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The app's name and label."""

    name = "backend.apps.events"
    label = "events"
