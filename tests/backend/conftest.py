"""What the backend's tests share: a clean cache, and an API client for any user.

Django's settings are read after this file, so whatever needs them is imported inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_django.fixtures import SettingsWrapper
    from rest_framework.test import APIClient

    from backend.apps.accounts.models import User


@pytest.fixture(scope="session", autouse=True)
def no_permissions() -> None:
    """Make no rows of Django's permissions: nothing asks them, and each emptied database would be given them anew."""
    from django.contrib.contenttypes.management import create_contenttypes
    from django.db.models.signals import post_migrate

    assert post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    assert post_migrate.disconnect(create_contenttypes)


@pytest.fixture(autouse=True)
def quick_passwords(settings: SettingsWrapper) -> None:
    """Hash passwords cheaply: the real hash takes half a second on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def as_user() -> Callable[[User], APIClient]:
    """Return a function that gives a client with a session of the user."""
    from rest_framework.test import APIClient

    def client(user: User) -> APIClient:
        api = APIClient()
        api.force_login(user)
        return api

    return client


@pytest.fixture
def clean_cache(db: None) -> Iterator[None]:
    """Forget counted log-in failures before and after."""
    from django.core.cache import cache

    cache.clear()
    yield
    cache.clear()
