"""Which requests a party has computed: one answer a request, and bytes that left are resent, never made again.

A run that ended without an answer may be tried again with new correlations; what was used is burnt. Once this party's
share of the answer may have left, the request is over: a redelivery gets the very same bytes, or a refusal.
"""

from hashlib import sha256
from typing import Final

from primia_core.mpc.errors import SessionError
from primia_core.mpc.session import DIGEST_BYTES
from primia_core.mpc.stock.ledger import Ledger

REQUEST: Final = "request"
DIGEST: Final = "request.digest"
ATTEMPT: Final = "request.attempt"
ANSWER: Final = "request.answer"


class Requests:
    """The book of requests at one party.

    Args:
        most_attempts: how often a request without an answer may be tried.
    """

    def __init__(self, ledger: Ledger, *, most_attempts: int = 3) -> None:
        self._ledger, self._most = ledger, most_attempts

    def admit(self, request_id: str, digest: bytes) -> None:
        """Take a request in, durably, or refuse it; nothing is computed yet, and no attempt counted.

        Args:
            digest: of the request as this party received it; 32 bytes.
        Raises:
            SessionError: it was answered, or its id or digest came before with another digest or id.
        """
        if len(digest) != DIGEST_BYTES:
            raise SessionError(f"a request's digest has {DIGEST_BYTES} bytes, got {len(digest)}")
        subject = _subject(request_id)
        known = self._ledger.write_once(REQUEST, subject, digest)
        if known is not None and known != digest:
            raise SessionError(f"request {request_id} came before with another content; send it under an id of its own")
        owner = self._ledger.write_once(DIGEST, digest, subject)
        if owner is not None and owner != subject:
            raise SessionError(f"request {request_id} is a copy of one that came under another id; it is refused")
        if self.sent(request_id) is not None:
            raise SessionError(f"request {request_id} was answered; resend the stored answer or ask anew")

    def begin(self, request_id: str, digest: bytes) -> int:
        """Admit a request and count an attempt, durably, before anything is computed for it.

        Returns:
            Which attempt this is, from 1.
        Raises:
            SessionError: as ``admit``, or it was tried often enough.
        """
        self.admit(request_id, digest)
        return self._next_attempt(request_id, _subject(request_id))

    def answer(self, request_id: str, sealed: bytes) -> bytes:
        """Store a sealed share of the answer, durably, before it leaves, and return what may leave.

        Returns:
            ``sealed``.
        Raises:
            SessionError: the request was not begun, or another answer was stored for it.
        """
        subject = _subject(request_id)
        if self._ledger.read(REQUEST, subject) is None:
            raise SessionError(f"request {request_id} was never begun here; begin it before it is answered")
        before = self._ledger.write_once(ANSWER, subject, sealed)
        if before is not None and before != sealed:
            raise SessionError(f"request {request_id} was answered with other bytes; resend the stored answer")
        return sealed

    def sent(self, request_id: str) -> bytes | None:
        """Return the stored answer, to be resent as it is, or ``None``."""
        return self._ledger.read(ANSWER, _subject(request_id))

    def _next_attempt(self, request_id: str, subject: bytes) -> int:
        for attempt in range(1, self._most + 1):
            if self._ledger.write_once(ATTEMPT, subject + bytes([attempt])) is None:
                return attempt
        raise SessionError(f"request {request_id} was tried {self._most} times without an answer; ask anew")


def _subject(request_id: str) -> bytes:
    return sha256(request_id.encode()).digest()
