"""Everything that a hospital's agent refuses or fails at, as one tree.

SiteError
├── DataError           the site's cohort cannot be used
├── PlanRefused         a plan contradicts this site's policy, data or identity
├── NotApproved         a task belongs to no plan that this site has signed
├── BudgetReached       the privacy budget of a study is spent
├── StepRefused         a step is not what the signed plan derives
├── SessionUnknown      a task names an aggregation that this site is not in
├── ModelMissing        the global weights are neither here nor offered
├── ModelMismatch       weights do not have the hash they are called by
├── StoreError          the site's database refuses
├── DescriptorUnknown   no open service, or several, have the descriptor that a person named
└── TooManyDeliveries   a task keeps coming back
"""

from primia_core.errors import PrimiaError


class SiteError(PrimiaError):
    """Something at this site is wrong."""

    code = "site.error"


class DataError(SiteError):
    """The site's cohort cannot be used."""

    code = "site.data"


class PlanRefused(SiteError):
    """A plan contradicts this site's policy, data or identity."""

    code = "site.plan_refused"


class NotApproved(SiteError):
    """This site has not signed the plan that a task belongs to."""

    code = "site.not_approved"


class StepRefused(SiteError):
    """A step is not what the signed plan derives from the results so far."""

    code = "site.step_refused"


class BudgetReached(SiteError):
    """The privacy budget of a study is spent; the hub ends the job with the model that it has."""

    code = "site.budget_reached"


class SessionUnknown(SiteError):
    """A task names an aggregation that this site is not in, or has ended."""

    code = "site.session_unknown"


class ModelMissing(SiteError):
    """The global weights are neither here nor offered."""

    code = "site.model_missing"


class ModelMismatch(SiteError):
    """Weights do not have the hash that they are called by."""

    code = "site.model_mismatch"


class StoreError(SiteError):
    """The site's database refuses."""

    code = "site.store"


class TooManyDeliveries(SiteError):
    """A task keeps coming back without ever being finished."""

    code = "site.too_many_deliveries"


class DescriptorUnknown(SiteError):
    """No open service, or several, have the descriptor that a person named."""

    code = "site.descriptor_unknown"
