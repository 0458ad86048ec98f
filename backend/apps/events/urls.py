"""The addresses of events."""

from django.urls import path

from backend.apps.events.api import EventsView

urlpatterns = [path("jobs/<uuid:job_id>/events", EventsView.as_view(), name="job-events")]
