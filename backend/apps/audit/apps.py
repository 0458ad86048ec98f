"""How Django knows the app ``audit``."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The app's name and label."""

    name = "backend.apps.audit"
    label = "audit"
