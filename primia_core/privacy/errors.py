"""Everything that can be wrong with a promise of privacy, as one tree.

PrivacyError
├── ParameterError     a noise, rate, delta or count is outside its range
├── UnreachableTarget  no noise reaches the epsilon that is asked for
└── BudgetPassed       what is asked would spend more than a site allows
"""

from primia_core.errors import PrimiaError


class PrivacyError(PrimiaError):
    """Something about differential privacy does not fit."""

    code = "privacy.error"


class ParameterError(PrivacyError):
    """A parameter of a mechanism is outside its range."""

    code = "privacy.parameter"


class UnreachableTarget(PrivacyError):
    """No noise reaches the epsilon that is asked for."""

    code = "privacy.unreachable"


class BudgetPassed(PrivacyError):
    """The study's budget would be passed."""

    code = "privacy.budget"
