"""The addresses of datasets."""

from rest_framework.routers import SimpleRouter

from backend.apps.datasets.api import DatasetViewSet

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("datasets", DatasetViewSet, basename="dataset")
urlpatterns = router.urls
