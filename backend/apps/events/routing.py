"""The addresses of the live streams."""

from django.urls import path

from backend.apps.events.consumers import JobConsumer

websocket_urls = [path("ws/jobs/<uuid:job_id>", JobConsumer.as_asgi())]
