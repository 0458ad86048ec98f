"""The addresses of the registry."""

from rest_framework.routers import SimpleRouter

from backend.apps.registry.api import ModelVersionViewSet

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("models", ModelVersionViewSet, basename="model")
urlpatterns = router.urls
