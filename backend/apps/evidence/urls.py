"""The addresses of evidence."""

from rest_framework.routers import SimpleRouter

from backend.apps.evidence.api import AttackAuditViewSet, EvaluationViewSet

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("evaluations", EvaluationViewSet, basename="evaluation")
router.register("attack-audits", AttackAuditViewSet, basename="attack-audit")
urlpatterns = router.urls
