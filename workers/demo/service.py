"""The demonstration's diagnosis service: published with the model that was just trained, and open with stock."""

import shutil
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from primia_core.client import Client, Login
from primia_core.imaging import cohort_from_csv
from workers.demo.consortium import Access, DemoError
from workers.demo.hospitals import Hospital

Json = dict[str, Any]
EXPIRES_AFTER = timedelta(days=30)
OPEN_WITHIN_S = 240.0
PROTOCOL, PROFILE = "tables", "fast"
STOCK = (2, 4)
TITLE = "Pneumonia in children's chest X-rays"
CALIBRATION_IMAGES = 64
LOOK_EVERY_S = 0.5
STATIONS = {
    "preparing": "the owner calibrates and turns the model into integers",
    "masking": "the dealer draws the mask of the weights",
    "sharing": "the owner shares the weights between the parties",
    "opening": "the parties open the masked weights",
    "signing": "the parties sign the descriptor",
    "open": "open; the dealer makes correlations",
}


def put_calibration(hospital: Hospital, folder: Path) -> int:
    """Give the owner the pictures that fix the public scales: validation images of one hospital.

    They are public pictures (or phantoms), so that the demonstration may use them; a hospital would use mock images.
    None of them is a test image, so that none is diagnosed later.
    """
    cohort = cohort_from_csv(hospital.images / "cohort.csv")
    records = [record for record in cohort.records if record.split == "validation"]
    chosen = records[:: max(1, len(records) // CALIBRATION_IMAGES)][:CALIBRATION_IMAGES]
    shutil.rmtree(folder, ignore_errors=True)
    for number, record in enumerate(chosen):
        source = cohort.file(record)
        target = folder / record.label / f"{number:03d}{source.suffix}"
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return len(chosen)


def release(hub_url: str, access: Access, model: str) -> None:
    """Release a model version, which its coordinator does in person: no token may."""
    with Login(hub_url, access.username, access.password) as coordinator:
        coordinator.post(f"models/{model}/publish")


def publish(
    client: Client, model: str, nodes: Mapping[str, Json], *, title: str = TITLE, stock: tuple[int, int] = STOCK
) -> Json:
    """Publish a model version as a service.

    Args:
        client: as a coordinator.
        model: the version's id; it must have been released.
        nodes: by role.
        title: of the service.
        stock: the level at which new correlations are ordered, and the level that is then reached.
    Returns:
        The service, as the API returns it.
    """
    low, full = stock
    body = {
        "model_version": model,
        "title": title,
        "intended_use": "A demonstration. It is not a medical device and nobody may be treated by it.",
        "policy": "logits",
        "protocol": PROTOCOL,
        "profile": PROFILE,
        **{role: nodes[role]["id"] for role in ("owner", "dealer", "p0", "p1")},
        "stock_low": low,
        "stock_full": full,
        "per_user_daily": 1000,
        "expires_at": (datetime.now(UTC) + EXPIRES_AFTER).isoformat(),
    }
    service: Json = client.post("services", body)
    return service


def wait_until_stocked(client: Client, service: str, *, say: Callable[[str], None]) -> dict[str, float]:
    """Wait until the service is open and both parties hold as much stock as they are to.

    Returns:
        Seconds of each station on the way.
    Raises:
        DemoError: publishing failed, or took too long.
    """
    began = since = time.monotonic()
    station, seconds = "", dict[str, float]()
    while True:
        row = client.get(f"services/{service}")
        if row["state"] in {"failed", "closed"}:
            raise DemoError(f"the service could not be published: {_reason(row.get('failure') or {})}")
        if row["state"] != station:
            now = time.monotonic()
            if station:
                seconds[station] = round(now - since, 2)
            station, since = row["state"], now
            say(f"  {STATIONS.get(station, station)}")
        stock = row["stock"]
        if station == "open" and min(stock["p0"] or 0, stock["p1"] or 0) >= stock["full"]:
            return {**seconds, "stocking": round(time.monotonic() - since, 2)}
        if time.monotonic() - began > OPEN_WITHIN_S:
            raise DemoError(
                f"the service is {station} with stock {stock} after {OPEN_WITHIN_S:.0f} s; see `primia logs`"
            )
        time.sleep(LOOK_EVERY_S)


def _reason(failure: Mapping[str, Any]) -> str:
    return ", ".join(str(failure[name]) for name in ("node", "phase", "message", "next_step") if failure.get(name))
