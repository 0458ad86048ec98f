"""The browser application's one page, for every address that it routes itself. It knows nothing of its content."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>PriMIA: the pages are not built</title></head>
<body><h1>The pages are not built yet</h1>
<p>This server answers, and its API is at <a href="/api/v1/docs">/api/v1/docs</a>, but the browser application is
missing. Build it with <code>make frontend</code>, then start the server again.</p></body></html>
"""


@require_safe
@never_cache
@ensure_csrf_cookie
def single_page_application(request: HttpRequest) -> HttpResponse:
    """Return the built index page, or say how to build it."""
    index = settings.FRONTEND_DIST / "index.html"
    try:
        return HttpResponse(index.read_bytes())
    except FileNotFoundError:
        return HttpResponse(NOT_BUILT, status=503)
