"""What gradients, updates and their sums give away: attacks, beside controls that keep them honest. Knows no sites.

What needs torch or scipy is imported on first use, so that whoever only reads a plan does not wait for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from primia_core.attacks.errors import AttackError, GalleryError, SumsError, VictimError
from primia_core.attacks.plan import AuditPlan, Part

if TYPE_CHECKING:
    from primia_core.attacks.audit import run_audit
    from primia_core.attacks.document import AuditDocument
    from primia_core.attacks.findings import AuditFindings
    from primia_core.attacks.reading import document_of
    from primia_core.attacks.sums import AuditSums

_HOMES = {
    "AuditDocument": "document",
    "AuditFindings": "findings",
    "AuditSums": "sums",
    "document_of": "reading",
    "run_audit": "audit",
}

__all__ = [
    "AttackError",
    "AuditDocument",
    "AuditFindings",
    "AuditPlan",
    "AuditSums",
    "GalleryError",
    "Part",
    "SumsError",
    "VictimError",
    "document_of",
    "run_audit",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
