"""How Django knows the app ``accounts``."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The app's name and label."""

    name = "backend.apps.accounts"
    label = "accounts"
