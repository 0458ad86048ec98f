"""The addresses of reader studies."""

from rest_framework.routers import SimpleRouter

from backend.apps.readings.api.studies import StudyViewSet

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("reader-studies", StudyViewSet, basename="reader-study")
urlpatterns = router.urls
