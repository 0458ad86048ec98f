"""The addresses of the privacy ledger."""

from rest_framework.routers import SimpleRouter

from backend.apps.privacy.api import PrivacyLedgerViewSet

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("privacy-ledger", PrivacyLedgerViewSet, basename="privacy-ledger")
urlpatterns = router.urls
