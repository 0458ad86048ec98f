"""Which address leads to which app; whatever is not the API is the browser's application."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from backend.apps.diagnosis.page import page
from backend.common.health import HealthView
from backend.common.not_found import unknown_endpoint

api = [
    path("health", HealthView.as_view(), name="health"),
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("auth/", include("backend.apps.accounts.urls")),
    path("", include("backend.apps.federations.urls")),
    path("", include("backend.apps.datasets.urls")),
    path("", include("backend.apps.jobs.urls")),
    path("", include("backend.apps.events.urls")),
    path("", include("backend.apps.registry.urls")),
    path("", include("backend.apps.evidence.urls")),
    path("", include("backend.apps.privacy.urls")),
    path("", include("backend.apps.audit.urls")),
    path("", include("backend.apps.diagnosis.urls")),
    path("", include("backend.apps.readings.urls")),
    path("link/", include("backend.apps.link.urls")),
]
urlpatterns = [
    path("api/v1/", include(api)),
    re_path(r"^(?:api|static|assets|ws)(?:/|$)", unknown_endpoint),
    re_path(r"^", page),
]
