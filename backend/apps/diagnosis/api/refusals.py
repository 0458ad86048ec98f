"""How the API's description tells of errors: by status, each code with what it means."""

from collections import defaultdict

from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers

from backend.common.errors import BackendError


class ErrorOutput(serializers.Serializer):
    """What every refusal looks like."""

    code = serializers.CharField(help_text="stands for the reason and never changes")
    message = serializers.CharField(help_text="the value, the limit and the next step, for people")
    fields = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), required=False, help_text="which value does not fit"
    )


def refusals(*kinds: type[BackendError]) -> dict[int, OpenApiResponse]:
    """Return the responses that describe these errors."""
    by_status: dict[int, list[type[BackendError]]] = defaultdict(list)
    for kind in kinds:
        by_status[kind.status].append(kind)
    return {status: _response(status, found) for status, found in by_status.items()}


def _response(status: int, kinds: list[type[BackendError]]) -> OpenApiResponse:
    examples = [
        OpenApiExample(
            kind.code, {"code": kind.code, "message": _meaning(kind)}, response_only=True, status_codes=[str(status)]
        )
        for kind in kinds
    ]
    codes = ", ".join(f"`{kind.code}`" for kind in kinds)
    return OpenApiResponse(ErrorOutput, description=codes, examples=examples)


def _meaning(kind: type[BackendError]) -> str:
    return (kind.__doc__ or "").strip().splitlines()[0]
