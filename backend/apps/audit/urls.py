"""The addresses of the audit log."""

from rest_framework.routers import SimpleRouter

from backend.apps.audit.api import AuditViewSet

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("audit", AuditViewSet, basename="audit")
urlpatterns = router.urls
