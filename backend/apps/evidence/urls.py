"""The addresses of evidence."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from backend.apps.evidence.api import AttackAuditViewSet, EvaluationViewSet
from backend.apps.evidence.reports.api import ReportView

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("evaluations", EvaluationViewSet, basename="evaluation")
router.register("attack-audits", AttackAuditViewSet, basename="attack-audit")
urlpatterns = [
    path("model-versions/<uuid:pk>/report", ReportView.as_view(), name="model-version-report"),
    *router.urls,
]
