"""How a service did in its last day: counts, times and levels. It selects no requester, and no content is there."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Max, QuerySet
from django.db.models.fields.json import KeyTextTransform

from backend.apps.accounts.models import User
from backend.apps.diagnosis.models import Diagnosis, DiagnosisService, StockSample
from backend.apps.diagnosis.selectors.services import services_visible_to
from backend.apps.federations.selectors import visible_to as federations_visible_to

SPAN = timedelta(hours=24)
BUCKET = timedelta(minutes=5)
RECENT = timedelta(minutes=10)
SHOWN_SAMPLES = 500

THROUGHPUT = """
    SELECT date_bin(%(bucket)s, at, %(since)s), count(*) FILTER (WHERE answered), count(*) FILTER (WHERE NOT answered)
    FROM (
        SELECT answered_at AS at, true AS answered FROM diagnosis_diagnosis
        WHERE service_id = %(service)s AND answered_at >= %(since)s
        UNION ALL
        SELECT ended_at, false FROM diagnosis_diagnosis
        WHERE service_id = %(service)s AND state = 'failed' AND ended_at >= %(since)s
    ) AS ends
    GROUP BY 1
"""
QUEUE = """
    SELECT mark.at, count(d.id)
    FROM generate_series(%(since)s::timestamptz, %(now)s::timestamptz, %(bucket)s) AS mark(at)
    LEFT JOIN diagnosis_diagnosis d ON d.service_id = %(service)s AND d.created_at <= mark.at
        AND coalesce(d.computing_at, d.ended_at, 'infinity') > mark.at
    GROUP BY mark.at ORDER BY mark.at
"""
STEP_TIMES = """
    SELECT step, count(*), percentile_cont(ARRAY[0.5, 0.9, 0.99]) WITHIN GROUP (ORDER BY seconds)
    FROM (
        SELECT timed.key AS step, max(timed.value::text::double precision) AS seconds
        FROM diagnosis_diagnosis d, jsonb_each(d.steps) AS party, jsonb_each(party.value) AS timed
        WHERE d.service_id = %(service)s AND d.answered_at >= %(since)s
        GROUP BY d.id, timed.key
        UNION ALL
        SELECT 'queue_s', extract(epoch FROM d.computing_at - d.created_at)::double precision
        FROM diagnosis_diagnosis d
        WHERE d.service_id = %(service)s AND d.answered_at >= %(since)s AND d.computing_at IS NOT NULL
        UNION ALL
        SELECT 'whole_s', extract(epoch FROM d.answered_at - d.created_at)::double precision
        FROM diagnosis_diagnosis d WHERE d.service_id = %(service)s AND d.answered_at >= %(since)s
    ) AS steps
    GROUP BY step ORDER BY step
"""


def services_run_with(user: User) -> QuerySet[DiagnosisService]:
    """Return the services of the federations that the user works in; a patient runs none."""
    return services_visible_to(user).filter(federation__in=federations_visible_to(user))


def operations_of(service: DiagnosisService, *, now: datetime) -> dict[str, Any]:
    """Return the last 24 hours of a service, in buckets of five minutes.

    Percentiles are exact, over every answered request; where both parties do a step, the slower one counts.
    """
    since = _bucket_of(now) + BUCKET - SPAN
    own = Diagnosis.objects.filter(service=service)
    given = {"service": service.pk, "since": since, "now": now, "bucket": BUCKET}
    recent = own.filter(answered_at__gt=now - RECENT).count()
    return {
        "since": since,
        "until": now,
        "bucket_seconds": int(BUCKET.total_seconds()),
        "answered": own.filter(answered_at__gte=since).count(),
        "failed": own.filter(state=Diagnosis.State.FAILED, ended_at__gte=since).count(),
        "expired": own.filter(state=Diagnosis.State.EXPIRED, ended_at__gte=since).count(),
        "waiting": own.filter(state=Diagnosis.State.QUEUED).count(),
        "computing": own.filter(state=Diagnosis.State.COMPUTING).count(),
        "per_minute": recent / (RECENT.total_seconds() / 60),
        "stock": service,
        "throughput": _throughput(given),
        "queue": [{"at": at, "waiting": waiting} for at, waiting in _rows(QUEUE, given)],
        "stock_history": _stock_history(service, since),
        "steps": _step_times(given),
        "failures": _failures(own.filter(state=Diagnosis.State.FAILED, ended_at__gte=since)),
    }


def _bucket_of(moment: datetime) -> datetime:
    seconds = BUCKET.total_seconds()
    return datetime.fromtimestamp(moment.timestamp() // seconds * seconds, UTC)


def _throughput(given: dict[str, Any]) -> list[dict[str, Any]]:
    found = {at: (answered, failed) for at, answered, failed in _rows(THROUGHPUT, given)}
    marks = [given["since"] + number * BUCKET for number in range(int(SPAN / BUCKET))]
    return [{"at": at, **dict(zip(("answered", "failed"), found.get(at, (0, 0)), strict=True))} for at in marks]


def _stock_history(service: DiagnosisService, since: datetime) -> list[dict[str, Any]]:
    """Return the levels as they changed, thinned out evenly where there are more than a chart can show."""
    samples = list(
        StockSample.objects.filter(service=service, at__gte=since).order_by("at", "id").values("at", "p0", "p1")
    )
    stride = -(-len(samples) // SHOWN_SAMPLES) or 1
    return samples[(len(samples) - 1) % stride :: stride]  # the last one is always among them


def _step_times(given: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"step": step.removesuffix("_s"), "n": n, **dict(zip(("p50", "p90", "p99"), percentiles, strict=True))}
        for step, n, percentiles in _rows(STEP_TIMES, given)
    ]


def _failures(failed: QuerySet[Diagnosis]) -> list[dict[str, Any]]:
    by_code = failed.values(code=KeyTextTransform("code", "failure"))
    return list(by_code.annotate(count=Count("id"), last_at=Max("ended_at")).order_by("-count", "code"))


def _rows(query: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return cursor.fetchall()
