"""Count and list the requests of a batch. Whose batch it is, was asked before."""

from django.db.models import Count, Q, QuerySet

from backend.apps.diagnosis.models import Diagnosis, DiagnosisBatch

LIVING = Q(diagnoses__forgotten_at=None)


def with_states(batches: QuerySet[DiagnosisBatch]) -> QuerySet[DiagnosisBatch]:
    """Add the number of requests in each state, as ``in_<state>``."""
    counts = {
        f"in_{state}": Count("diagnoses", filter=LIVING & Q(diagnoses__state=state)) for state in Diagnosis.State.values
    }
    return batches.annotate(**counts)


def states_of(batch: DiagnosisBatch) -> dict[str, int]:
    """Return the counts of a batch that was read ``with_states``; what was announced and is not there is missing."""
    counts: dict[str, int] = {state: getattr(batch, f"in_{state}") for state in Diagnosis.State.values}
    return {"missing": max(batch.count - sum(counts.values()), 0), **counts}


def rows_of(batch: DiagnosisBatch) -> QuerySet[Diagnosis]:
    """Return the batch's requests in the order in which they were sent."""
    rows = Diagnosis.objects.filter(batch=batch, forgotten_at=None).select_related("service")
    return rows.order_by("created_at", "id")
