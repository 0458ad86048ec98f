"""Differential privacy: what a plan promises, what it spends, and noise that is drawn as integers. Knows no model.

``plan``        the promise
``accounting``  epsilon of steps, by privacy loss distributions (of record) and by Renyi's divergence (beside it)
``accountants`` the library behind it
``ledger``      what a study has spent at a site, and what is left
``discrete``    discrete Gaussian noise from the operating system's randomness; ``discrete_reference`` says it slowly
``sampling``    Poisson samples of patients or images; ``grid`` how clipped gradients become integers
"""

from primia_core.privacy.errors import BudgetPassed, ParameterError, PrivacyError, UnreachableTarget
from primia_core.privacy.plan import PrivacyPlan

__all__ = ["BudgetPassed", "ParameterError", "PrivacyError", "PrivacyPlan", "UnreachableTarget"]
