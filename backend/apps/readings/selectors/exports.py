"""A study's readings as CSV: the table that `primia compare` reads, and every single reading with its times."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime

from backend.apps.readings.models import ReaderStudy, Reading
from backend.apps.readings.selectors.tables import Cases, study_table
from primia_core.evaluation.readings import write_readings

LOG_COLUMNS = (
    "rater", "kind", "case", "revision", "position", "label", "confidence", "seconds", "shown_at", "read_at",
    "received_at", "reading",
)  # fmt: skip


def readings_csv(study: ReaderStudy, *, cases: Cases) -> str:
    """Return `case`, `truth`, and a column for each rater that takes part."""
    return write_readings(study_table(study, cases=cases).readings)


def log_csv(study: ReaderStudy) -> str:
    """Return every reading, replaced ones and those of withdrawn raters included."""
    readings = Reading.objects.filter(rater__study=study).select_related("rater", "case")
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(LOG_COLUMNS)
    table.writerows(_log_row(one, study.classes) for one in readings.order_by("rater__name", "received_at", "position"))
    return text.getvalue()


def _log_row(one: Reading, classes: list[str]) -> Iterable[object]:
    yield from (one.rater.name, one.rater.kind, one.case.number, one.revision, one.position, classes[one.label])
    yield from (one.confidence, one.seconds, _time(one.shown_at), _time(one.read_at), _time(one.received_at), one.pk)


def _time(when: datetime | None) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds") if when else ""
