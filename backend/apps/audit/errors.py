"""What can go wrong with the audit log.

BackendError
  ChainBroken     audit.chain_broken
"""

from backend.common.errors import BackendError


class ChainBroken(BackendError):
    """An entry is not what was written, or one is missing."""

    code = "audit.chain_broken"
    status = 500
