"""The addresses of ``registry``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
