"""The answer to an address that the API does not have, in the API's own shape."""

from django.http import HttpRequest, JsonResponse

from backend.common.error_responses import as_body


def unknown_endpoint(request: HttpRequest) -> JsonResponse:
    """Answer 404 as JSON, so that a program's typing error is not answered with a web page."""
    return JsonResponse(as_body("request.not_found", f"There is no {request.path}; see /api/v1/docs."), status=404)
