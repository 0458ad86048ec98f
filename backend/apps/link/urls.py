"""The addresses of ``link``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
