"""How Django knows the app ``artifacts``."""

from django.apps import AppConfig


class ArtifactsConfig(AppConfig):
    """The app's name and label."""

    name = "backend.apps.artifacts"
    label = "artifacts"
