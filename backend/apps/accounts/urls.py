"""The addresses of log-in and tokens."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from backend.apps.accounts.api import SessionView, TokenViewSet

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("tokens", TokenViewSet, basename="token")
urlpatterns = [path("session", SessionView.as_view(), name="session"), *router.urls]
