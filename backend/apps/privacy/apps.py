"""How Django knows the app ``privacy``."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """The app's name and label."""

    name = "backend.apps.privacy"
    label = "privacy"
