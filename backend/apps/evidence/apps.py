"""How Django knows the app ``evidence``."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """The app's name and label."""

    name = "backend.apps.evidence"
    label = "evidence"
