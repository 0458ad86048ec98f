"""The link has no address in Django: ``asgi`` serves ``/api/v1/link/`` beside it, without a thread for each wait."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
