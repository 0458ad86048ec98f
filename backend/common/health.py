"""Whether what the web process leans on answers: database, Redis, storage. It repairs nothing."""

import logging
import os
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import connection
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

log = logging.getLogger(__name__)
PART_STATES = [("ok", "ok"), ("down", "down")]


class HealthOutput(serializers.Serializer):
    """``ok`` is the conjunction of the parts; a part is ``ok`` or ``down``, and its reason is in the log only."""

    ok = serializers.BooleanField()
    database = serializers.ChoiceField(PART_STATES)
    redis = serializers.ChoiceField(PART_STATES)
    storage = serializers.ChoiceField(PART_STATES)


class HealthView(APIView):
    """Answers 200 when every part answers, 503 otherwise. Open to all: it names no address and no version."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="health", responses={200: HealthOutput, 503: HealthOutput})
    def get(self, request: Request) -> Response:
        """Ask every part once."""
        parts = {name: _state(name, probe) for name, probe in PROBES.items()}
        healthy = all(state == "ok" for state in parts.values())
        return Response({"ok": healthy, **parts}, status=200 if healthy else 503)


def _state(name: str, probe: Callable[[], None]) -> str:
    try:
        probe()
    except Exception:  # whatever it is, the part is down
        log.exception("health: %s is down", name)
        return "down"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _redis() -> None:
    with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as client:
        client.ping()


def _storage() -> None:
    if not os.access(settings.PRIMIA_STORAGE, os.R_OK | os.W_OK | os.X_OK):
        raise PermissionError(f"{settings.PRIMIA_STORAGE} is not a writable folder")


PROBES: dict[str, Callable[[], None]] = {"database": _database, "redis": _redis, "storage": _storage}
