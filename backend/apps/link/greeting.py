"""Whether an agent and this hub can work together: one version of the link, and clocks that agree."""

from datetime import datetime

from backend.apps.link.errors import ClockSkew, ProtocolMismatch
from backend.apps.link.inputs import HelloInput

PROTOCOL = 1
MAX_SKEW_S = 120.0


def check_greeting(given: HelloInput, *, now: datetime) -> None:
    """Pass an agent that can work with this hub.

    Raises:
        ProtocolMismatch, ClockSkew: it could not.
    """
    if given.protocol != PROTOCOL:
        raise ProtocolMismatch(
            f"the agent speaks version {given.protocol} of the link, this hub {PROTOCOL}; install the same PriMIA"
        )
    ahead = given.seconds_from(now)
    if abs(ahead) > MAX_SKEW_S:
        raise ClockSkew(f"the agent's clock is {ahead:+.0f} s from the hub's, limit {MAX_SKEW_S:.0f} s; set the clocks")
