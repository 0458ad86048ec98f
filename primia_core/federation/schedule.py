"""Which step comes next: a pure function of the plan and the results so far. It sees neither data nor weights."""

from dataclasses import dataclass
from typing import Literal

from primia_core.federation.errors import StepError
from primia_core.federation.layout import Layout
from primia_core.federation.plan import Plan
from primia_core.federation.state import RunState, Validation
from primia_core.federation.steps import Step, audit_step, evaluate_step, scores_step, statistics_step, train_step


@dataclass(frozen=True)
class Finished:
    """The job has nothing left to ask. One that examined a model has no best round, and may have no test."""

    best_round: int | None
    model_hash: str
    test: Validation | None
    reason: Literal["all_rounds", "early_stopping", "examined", "budget"]


def next_step(plan: Plan, state: RunState, layout: Layout) -> Step | Finished:
    """Return what to ask of the sites next.

    The order of a training job is: pooled statistics, the training rounds until the last one or until global early
    stopping, validation of the last model, and one test of the model that validation chose. A site whose privacy budget
    is spent ends the rounds, not the job. A job that evaluates or audits has one step.

    Args:
        plan: the approved plan.
        state: the results of all closed steps.
        layout: of the plan's model.
    Returns:
        The next step, or ``Finished`` with the chosen round and its test result.
    """
    number, done = len(state.results), state.rounds_done
    if plan.purpose != "train":
        return _examination(plan, state)
    if plan.needs_statistics and state.statistics is None:
        return statistics_step(plan, number)
    if state.ended and not done:
        raise StepError("the privacy budget of a site was spent before the first round; there is no model")
    if done < plan.strategy.rounds and not state.ended and not stops_early(plan, state):
        return train_step(plan, number, done + 1, state.model_of_round(done, plan.initial_model), layout)
    if state.evaluations("validation")[-1].round < done:
        return evaluate_step(plan, number, "validation", state.model_of_round(done, plan.initial_model))
    best = best_validation(plan, state)
    assert best is not None  # the last round is a candidate whenever all rounds are done
    if not state.evaluations("test"):
        return evaluate_step(plan, number, "test", best.model_hash)
    return Finished(best.round, best.model_hash, state.evaluations("test")[-1], _reason(plan, state))


def _reason(plan: Plan, state: RunState) -> Literal["all_rounds", "early_stopping", "budget"]:
    if state.ended:
        return state.ended
    return "early_stopping" if state.rounds_done < plan.strategy.rounds else "all_rounds"


def _examination(plan: Plan, state: RunState) -> Step | Finished:
    if not state.results:
        return scores_step(plan, 0) if plan.purpose == "evaluate" else audit_step(plan, 0)
    test = state.evaluations("test")
    return Finished(None, plan.initial_model, test[-1] if test else None, "examined")


def best_validation(plan: Plan, state: RunState) -> Validation | None:
    """Return the validation with the highest MCC, the earliest of equals; ``None`` before there is a candidate."""
    first = min(plan.selection.first_round, state.rounds_done if state.ended else plan.strategy.rounds)
    candidates = [v for v in state.evaluations("validation") if v.round >= first]
    return max(candidates, key=lambda v: (v.mcc, -v.round), default=None)


def stops_early(plan: Plan, state: RunState) -> bool:
    """Say whether ``patience`` validated rounds have passed without a better MCC. Having stopped is final."""
    if any(result.kind == "evaluate" for result in state.results):
        return True
    best = best_validation(plan, state)
    if plan.selection.patience is None or best is None:
        return False
    return state.evaluations("validation")[-1].round - best.round >= plan.selection.patience
