"""Examples for the API's pages. Every id, key and digest in them is made up."""

from drf_spectacular.utils import OpenApiExample

_SERVICE = "6f6d1b1e-6a53-4b0e-9d0e-2b6f1f1b7c11"
_DIAGNOSIS = "0b7c1c8e-3a0e-4a54-8a8e-5d9a4d3f2e10"
_DIGEST = "9f2c" + 15 * "0a1b"

SERVICE_INPUT = OpenApiExample(
    "A chest X-ray service",
    {
        "model_version": "d1f7c3f0-50c5-4c6d-8f4a-6a8a3c2b1e00",
        "title": "Chest X-ray, two classes",
        "intended_use": "Research. Frontal chest radiographs of adults.",
        "policy": "logits",
        "protocol": "tables",
        "profile": "fast",
        "owner": "11111111-1111-4111-8111-111111111111",
        "dealer": "22222222-2222-4222-8222-222222222222",
        "p0": "33333333-3333-4333-8333-333333333333",
        "p1": "44444444-4444-4444-8444-444444444444",
        "stock_low": 3,
        "stock_full": 8,
        "per_user_daily": 100,
        "expires_at": "2027-06-30T00:00:00Z",
    },
    request_only=True,
)
DIAGNOSIS_INPUT = OpenApiExample(
    "Two sealed shares",
    {
        "id": _DIAGNOSIS,
        "service": _SERVICE,
        "descriptor": _DIGEST,
        "shares": ["BHxk0Jw...", "BJ3m1Qe..."],
    },
    request_only=True,
)
DIAGNOSIS = OpenApiExample(
    "In the queue",
    {
        "id": _DIAGNOSIS,
        "service": _SERVICE,
        "service_title": "Chest X-ray, two classes",
        "batch": None,
        "state": "queued",
        "position": 0,
        "attempts": 1,
        "steps": {},
        "failure": None,
        "created_at": "2026-11-26T03:25:23.120000Z",
        "computing_at": None,
        "answered_at": None,
        "collected_at": None,
        "ended_at": None,
        "expires_at": "2026-11-27T03:25:23.120000Z",
    },
    response_only=True,
    status_codes=["201"],
)
RECEIPT = OpenApiExample(
    "A collector's secret", {"receipt": "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="}, request_only=True
)
ANSWERS = OpenApiExample(
    "Both sealed answers",
    {
        "answers": [
            {"party": 0, "sealed": "BGq0...", "signature": "p3Vx..."},
            {"party": 1, "sealed": "BCt9...", "signature": "x8Lk..."},
        ]
    },
    response_only=True,
    status_codes=["200"],
)
WEBHOOK_INPUT = OpenApiExample(
    "Answers and failures",
    {"url": "https://radiology.example.org/primia", "kinds": ["diagnosis.answered", "diagnosis.failed"]},
    request_only=True,
)
WEBHOOK = OpenApiExample(
    "With its secret",
    {
        "id": "5a0c2b34-1d2e-4f5a-9b6c-7d8e9f0a1b2c",
        "url": "https://radiology.example.org/primia",
        "kinds": ["diagnosis.answered", "diagnosis.failed"],
        "active": True,
        "created_at": "2026-11-26T03:25:23.120000Z",
        "secret": "primia-hook-...",
    },
    response_only=True,
    status_codes=["201"],
)
