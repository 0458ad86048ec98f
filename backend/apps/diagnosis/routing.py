"""The addresses of diagnoses' live streams."""

from django.urls import path

from backend.apps.diagnosis.stream import DiagnosisStream
from backend.apps.events.consumers import StreamConsumer

websocket_urls = [path("ws/diagnoses/<uuid:stream_id>", StreamConsumer.as_asgi(stream_of=DiagnosisStream))]
