"""From a trained torch module to a list of secure operations with integer weights, and what that costs in accuracy.

What needs torch is imported on first use, so that whoever only reads a program does not wait for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from primia_core.mpc.program.counts import Counts, OperationCount, count
from primia_core.mpc.program.encoding import encode, from_words, input_limit, logit_limit, logits, to_words
from primia_core.mpc.program.model import SecureModel
from primia_core.mpc.program.operations import SecureProgram
from primia_core.mpc.program.report import Report

if TYPE_CHECKING:
    from primia_core.mpc.program.accuracy import Accuracy, measure
    from primia_core.mpc.program.plaintext import Excess, Replayed, replay
    from primia_core.mpc.program.preparation import prepare

_HOMES = {
    "Accuracy": "accuracy",
    "Excess": "plaintext",
    "Replayed": "plaintext",
    "measure": "accuracy",
    "prepare": "preparation",
    "replay": "plaintext",
}

__all__ = [
    "Accuracy",
    "Counts",
    "Excess",
    "OperationCount",
    "Replayed",
    "Report",
    "SecureModel",
    "SecureProgram",
    "count",
    "encode",
    "from_words",
    "input_limit",
    "logit_limit",
    "logits",
    "measure",
    "prepare",
    "replay",
    "to_words",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
