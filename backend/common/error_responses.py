"""How any error becomes ``{code, message, fields?}``. It knows no app."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from backend.common.errors import Fields
from primia_core.errors import PrimiaError

CSRF = "The CSRF token is missing or wrong; fetch /api/v1/auth/session and send its csrf as X-CSRFToken."


def as_body(code: str, message: str, fields: Fields | None = None) -> dict[str, Any]:
    """Return the one shape that every error of the API has."""
    return {"code": code, "message": message, **({"fields": fields} if fields else {})}


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Render PrimiaError and DRF's own errors alike; anything else is a fault and stays one."""
    if isinstance(exc, PrimiaError):
        status = getattr(exc, "status", 400)
        wait = getattr(exc, "retry_after_s", None)
        headers = {"Retry-After": str(wait)} if wait is not None else None
        return Response(as_body(exc.code, exc.message, getattr(exc, "fields", None)), status=status, headers=headers)
    response = drf_exception_handler(exc, context)
    if response is not None:
        response.data = _drf_body(exc)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> JsonResponse:
    """Answer a request whose CSRF token is missing or wrong in the API's own shape."""
    return JsonResponse(as_body("request.csrf", CSRF), status=403)


def _drf_body(exc: Exception) -> dict[str, Any]:
    if isinstance(exc, exceptions.ValidationError):
        return as_body("request.invalid", "Some values do not fit; see fields.", _flatten(exc.detail))
    if isinstance(exc, Http404):
        return as_body("request.not_found", "There is no such thing, or you may not see it.")
    if isinstance(exc, PermissionDenied):
        return as_body("request.not_allowed", "You may not do this.")
    if isinstance(exc, exceptions.PermissionDenied) and str(exc.detail).startswith("CSRF Failed"):
        return as_body("request.csrf", CSRF)
    detail = exc.detail if isinstance(exc, exceptions.APIException) else str(exc)
    code = detail.code if isinstance(detail, exceptions.ErrorDetail) else "error"
    return as_body(f"request.{code}", str(detail))


def _flatten(detail: Any, place: str = "") -> Fields:
    if isinstance(detail, Mapping):
        parts = [(f"{place}.{key}" if place else str(key), item) for key, item in detail.items()]
    elif isinstance(detail, list) and any(isinstance(item, Mapping | list) for item in detail):
        parts = [(f"{place}.{index}" if place else str(index), item) for index, item in enumerate(detail)]
    else:
        messages = detail if isinstance(detail, list) else [detail]
        return {place or "non_field_errors": [str(message) for message in messages]}
    return {name: messages for key, item in parts for name, messages in _flatten(item, key).items()}
