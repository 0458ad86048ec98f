"""What a closed step says to whoever watches: the round's summary, and how its model did on the validation images."""

from datetime import datetime
from typing import Any

from backend.apps.events.services import event_append
from backend.apps.jobs.models import Job, Round
from primia_core.federation.state import StepResult, Validation


def result_append(*, job: Job, round_: Round, result: StepResult, now: datetime) -> None:
    """Append the events of a round that has just closed; its metrics are on the row already."""
    payload = {
        "number": round_.number,
        "kind": round_.kind,
        "round": round_.round,
        "survivors": list(result.survivors),
        "seconds": round((now - round_.opened_at).total_seconds(), 3),
        "saturated": dict(result.update.saturated) if result.update else {},
        "metrics": round_.metrics,
    }
    event_append(job_id=job.id, kind="round.closed", payload=payload, now=now)
    for evaluation in result.evaluations:
        if evaluation.split == "validation":
            validated = {"round": evaluation.round, **_figures(evaluation)}
            event_append(job_id=job.id, kind="model.validated", payload=validated, now=now)


def metrics_of(result: StepResult) -> dict[str, Any]:
    """Return a step's public figures, all of them over the surviving sites together."""
    metrics: dict[str, Any] = {}
    if (statistics := result.statistics) is not None:
        scale = statistics.normalisation
        metrics |= {"images": statistics.images, "mean": scale.mean, "std": scale.std}
        metrics["class_counts"] = list(statistics.class_counts)
    if (update := result.update) is not None:
        told = {"training_loss": update.mean_loss, "samples": update.samples, "stopped_early": update.stopped_early}
        told |= {"error_bound": update.error_bound, "largest_change": update.largest_change}
        metrics |= {name: value for name, value in told.items() if value is not None}  # a private update tells little
    for evaluation in result.evaluations:
        metrics[evaluation.split] = {"round": evaluation.round, "n": evaluation.n, **_figures(evaluation)}
    return metrics


def _figures(evaluation: Validation) -> dict[str, float]:
    return {
        "mcc": evaluation.mcc,
        "accuracy": evaluation.accuracy,
        "low": evaluation.low,
        "high": evaluation.high,
        "loss": evaluation.mean_loss,
    }
