"""How Django knows the app ``accounts``."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The app's name and label."""

    name = "backend.apps.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Make the token scheme known to the API's documentation."""
        from backend.apps.accounts import openapi  # noqa: F401
