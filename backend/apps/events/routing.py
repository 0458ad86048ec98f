"""The addresses of the live streams."""

from django.urls import path

from backend.apps.events.consumers import StreamConsumer
from backend.apps.events.stream import JobStream

websocket_urls = [path("ws/jobs/<uuid:stream_id>", StreamConsumer.as_asgi(stream_of=JobStream))]
