"""The addresses of the privacy ledger."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from backend.apps.privacy.api import PrivacyAccountsView, PrivacyLedgerViewSet, PrivacyNoiseView

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("privacy-ledger", PrivacyLedgerViewSet, basename="privacy-ledger")
urlpatterns = [
    *router.urls,
    path("privacy-accounts", PrivacyAccountsView.as_view(), name="privacy-accounts"),
    path("privacy-noise", PrivacyNoiseView.as_view(), name="privacy-noise"),
]
