"""The browser's one page, with leave to ask the compute parties for their keys at their own addresses."""

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from backend.apps.diagnosis.selectors.origins import party_origins
from backend.common.frontend import single_page_application


def page(request: HttpRequest) -> HttpResponse:
    """Return the page; its policy names the parties' origins. It comes without a database too, and then names none."""
    response = single_page_application(request)
    try:
        origins = party_origins()
    except DatabaseError:
        origins = []
    if origins:
        response._csp_update = {"connect-src": origins}  # type: ignore[attr-defined]  # where django-csp looks for it
    return response
