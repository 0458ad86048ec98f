"""How Django knows the app ``registry``."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """The app's name and label."""

    name = "backend.apps.registry"
    label = "registry"
