"""The addresses of federations."""

from rest_framework.routers import SimpleRouter

from backend.apps.federations.api import FederationViewSet

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("federations", FederationViewSet, basename="federation")
urlpatterns = router.urls
