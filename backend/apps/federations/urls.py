"""The addresses of ``federations``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
