"""What can go wrong with nodes, services and diagnoses.

NotAuthenticated
  InvitationRefused      nodes.invitation_refused
  NodeUnknown            nodes.credential_unknown
Conflict
  NodeTaken              nodes.taken
  NodeDiffers            nodes.fingerprint_differs
  NodeUnfit              nodes.unfit
  ModelUnfit             service.model_unfit
  ServiceClosed          service.closed
  ServiceExpired         service.expired
  WrongDescriptor        diagnosis.wrong_descriptor
  IdTaken                diagnosis.id_taken
  NotReady               diagnosis.not_ready
  TaskAnsweredOtherwise  nodes.answered_otherwise
  TaskNotLeased          nodes.not_leased
  BlobNotAllowed         nodes.blob_not_allowed
  TooManyWebhooks        webhooks.too_many
InvalidInput
  PublicNodeRefused      nodes.identity_refused
  BadAnswer              nodes.bad_answer
  BadShare               diagnosis.bad_share
  BadCountersignature    descriptor.bad_signature
  WebhookTargetRefused   webhooks.target_refused
BackendError
  Collected              diagnosis.collected        410
  ShareTooLarge          diagnosis.share_too_large  413
  BlobTooLarge           nodes.blob_too_large       413
NotFound
  BlobGone               diagnosis.blob_gone
TooManyRequests
  BudgetUsedUp           diagnosis.budget_used_up
  TokenQuotaUsedUp       diagnosis.token_quota_used_up
  TooManyDiagnoses       diagnosis.too_many
"""

from backend.common.errors import (
    BackendError,
    Conflict,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    TooManyRequests,
)


class InvitationRefused(NotAuthenticated):
    """The invitation is unknown, used by another node, for another role, or too old."""

    code = "nodes.invitation_refused"


class NodeUnknown(NotAuthenticated):
    """The node credential is not known."""

    code = "nodes.credential_unknown"


class NodeTaken(Conflict):
    """The federation has a node of this name, or one with these keys."""

    code = "nodes.taken"


class NodeDiffers(Conflict):
    """The fingerprint that a person read out is not the one that the node published."""

    code = "nodes.fingerprint_differs"


class NodeUnfit(Conflict):
    """A node cannot take the part that it was given in a service."""

    code = "nodes.unfit"


class ModelUnfit(Conflict):
    """A model version cannot be offered."""

    code = "service.model_unfit"


class ServiceClosed(Conflict):
    """The service takes no requests, yet or any more."""

    code = "service.closed"


class ServiceExpired(Conflict):
    """The service's descriptor is no longer valid."""

    code = "service.expired"


class WrongDescriptor(Conflict):
    """The request was made for another descriptor than the service's present one."""

    code = "diagnosis.wrong_descriptor"


class IdTaken(Conflict):
    """The same id came before with another request."""

    code = "diagnosis.id_taken"


class NotReady(Conflict):
    """There is no answer to collect."""

    code = "diagnosis.not_ready"


class TaskAnsweredOtherwise(Conflict):
    """A node's task has another answer already."""

    code = "nodes.answered_otherwise"


class TaskNotLeased(Conflict):
    """A node answers a task that was never handed out."""

    code = "nodes.not_leased"


class BlobNotAllowed(Conflict):
    """This task does not send sealed content, or not to that reader."""

    code = "nodes.blob_not_allowed"


class PublicNodeRefused(InvalidInput):
    """Published keys of a node cannot be read, or are not signed by themselves."""

    code = "nodes.identity_refused"


class BadAnswer(InvalidInput):
    """A node's answer does not have the shape or the meaning that its task asks for."""

    code = "nodes.bad_answer"


class BadShare(InvalidInput):
    """A sealed share cannot hold what the service takes."""

    code = "diagnosis.bad_share"


class BadCountersignature(InvalidInput):
    """A site's signature does not belong to the descriptor."""

    code = "descriptor.bad_signature"


class Collected(BackendError):
    """The answer was handed out, and nobody gets it any more but who collected it."""

    code = "diagnosis.collected"
    status = 410


class ShareTooLarge(BackendError):
    """A sealed share is larger than the service's input."""

    code = "diagnosis.share_too_large"
    status = 413


class BlobTooLarge(BackendError):
    """A node sends more than its task may."""

    code = "nodes.blob_too_large"
    status = 413


class BlobGone(NotFound):
    """Sealed content was deleted, or was never for this node."""

    code = "diagnosis.blob_gone"


class BudgetUsedUp(TooManyRequests):
    """The user has asked this service as often as one user may in 24 hours."""

    code = "diagnosis.budget_used_up"


class TokenQuotaUsedUp(TooManyRequests):
    """The token has sent as many requests as it may in 24 hours."""

    code = "diagnosis.token_quota_used_up"


class TooManyDiagnoses(TooManyRequests):
    """The caller sends requests faster than one caller may."""

    code = "diagnosis.too_many"


class WebhookTargetRefused(InvalidInput):
    """A webhook's address is not one that messages may be sent to."""

    code = "webhooks.target_refused"


class TooManyWebhooks(Conflict):
    """The user has as many webhooks as one user may."""

    code = "webhooks.too_many"
