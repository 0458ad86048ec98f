"""What recomputing says of one set of expected values."""

from typing import Any

from primia_core.evaluation.vectors import Outcome, recompute

Json = Any
CASES = {"y_true": [0, 0, 1, 1, 2, 2], "pred": [0, 1, 1, 1, 2, 0], "pred_b": [0, 0, 1, 1, 2, 2]}


def judged(content: Json) -> dict[str, Outcome]:
    return {o.where.removeprefix("s."): o for o in recompute({"sets": {"s": content}})}


def wrong(content: Json) -> dict[str, str]:
    return {where: o.status for where, o in judged(content).items() if o.status != "agrees"}
