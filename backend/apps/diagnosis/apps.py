"""How Django knows the app ``diagnosis``."""

from django.apps import AppConfig


class DiagnosisConfig(AppConfig):
    """The app's name and label."""

    name = "backend.apps.diagnosis"
    label = "diagnosis"
