"""Nodes, the services that they offer together, and every request to one, as rows with named states.

Which change of state is legal is in ``transitions``; who makes it happen is in ``services``.
"""

from backend.apps.diagnosis.models.nodes import Node, NodeInvitation, NodeRole
from backend.apps.diagnosis.models.offers import DescriptorLog, DescriptorSignature, DiagnosisService, StockSample
from backend.apps.diagnosis.models.requests import Diagnosis, DiagnosisBatch, DiagnosisEvent
from backend.apps.diagnosis.models.tasks import NodeTask, SealedBlob
from backend.apps.diagnosis.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "DescriptorLog",
    "DescriptorSignature",
    "Diagnosis",
    "DiagnosisBatch",
    "DiagnosisEvent",
    "DiagnosisService",
    "Node",
    "NodeInvitation",
    "NodeRole",
    "NodeTask",
    "SealedBlob",
    "StockSample",
    "Webhook",
    "WebhookDelivery",
]
