"""Was this image among those a model was trained on? An attacker's best guess, and how often it is right."""

from primia_core.attacks.membership.audit import (
    MembershipAudit,
    MembershipFindings,
    MembershipPlan,
    membership_audit,
)
from primia_core.attacks.membership.rates import Guesses, MembershipRates
from primia_core.attacks.membership.rmia import Confidences, rmia

__all__ = [
    "Confidences",
    "Guesses",
    "MembershipAudit",
    "MembershipFindings",
    "MembershipPlan",
    "MembershipRates",
    "membership_audit",
    "rmia",
]
