"""The addresses of diagnosis."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from backend.apps.diagnosis.api.batches import BatchViewSet
from backend.apps.diagnosis.api.descriptors import DescriptorLogViewSet
from backend.apps.diagnosis.api.diagnoses import DiagnosisViewSet
from backend.apps.diagnosis.api.nodes import NodeInvitationsView, NodeViewSet
from backend.apps.diagnosis.api.services import ServiceViewSet
from backend.apps.diagnosis.api.webhooks import WebhookViewSet

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("nodes", NodeViewSet, basename="node")
router.register("services", ServiceViewSet, basename="service")
router.register("descriptor-log", DescriptorLogViewSet, basename="descriptor-log")
router.register("diagnoses", DiagnosisViewSet, basename="diagnosis")
router.register("batches", BatchViewSet, basename="batch")
router.register("webhooks", WebhookViewSet, basename="webhook")
urlpatterns = [path("node-invitations", NodeInvitationsView.as_view(), name="node-invitations"), *router.urls]
