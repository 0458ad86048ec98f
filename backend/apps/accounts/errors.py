"""What can go wrong with logging in.

NotAuthenticated
  WrongCredentials     accounts.wrong_credentials
  TokenUnknown         accounts.token_unknown
TooManyRequests
  TooManyFailures      accounts.too_many_failures
Conflict
  TokenNameTaken       accounts.token_name_taken
"""

from backend.common.errors import Conflict, NotAuthenticated, TooManyRequests


class WrongCredentials(NotAuthenticated):
    """User name or password is wrong; which of them is not said."""

    code = "accounts.wrong_credentials"


class TokenUnknown(NotAuthenticated):
    """The bearer token is unknown, expired or its user is not active."""

    code = "accounts.token_unknown"


class TooManyFailures(TooManyRequests):
    """Too many log-ins failed for this name or from this address."""

    code = "accounts.too_many_failures"


class TokenNameTaken(Conflict):
    """A token of this name exists."""

    code = "accounts.token_name_taken"
