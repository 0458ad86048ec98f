"""What a person can do about a failed service or diagnosis, by the code of what went wrong."""

from typing import Any

SERVICE_ADVICE = (
    ("link.too_many_deliveries", "The node dies over this step. Read its log, mend the cause, then try again."),
    ("party.peer_absent", "Start the other compute party (`primia node run` there), then try again."),
    ("mpc.peer", "See that the two parties reach each other at their addresses, then try again."),
    ("node.not_confirmed", "Compare the fingerprint with the other operator (`primia node confirm`), then try again."),
    ("node.", "Ask the node's operator; the reason is in its log. Then try again."),
    ("program.", "This network cannot be encrypted as it is; publish another model version."),
    ("mpc.program", "This network cannot be encrypted as it is; publish another model version."),
    ("descriptor.", "A party does not stand for this description. Compare versions and fingerprints, then try again."),
)
SERVICE_OTHERWISE = "Read the reason, mend it at the node, then try again."
DIAGNOSIS_ADVICE = (
    ("diagnosis.cancelled", "Send a new request when you want one."),
    ("service.closed", "Choose another service."),
    ("service.expired", "Choose another service."),
    ("diagnosis.wrong_descriptor", "Load the service again and send a new request."),
    ("diagnosis.expired", "Choose another service."),
    ("diagnosis.mismatch", "Send a new request. If it happens again, do not trust this hub; tell its operator."),
)
DIAGNOSIS_OTHERWISE = "Send a new request; this one cannot be answered any more."


def failure(*, node: str, phase: str, code: str, reason: str, of_service: bool) -> dict[str, Any]:
    """Return a failure as its row keeps it: which node, in which phase, why, and what to do."""
    table, otherwise = (SERVICE_ADVICE, SERVICE_OTHERWISE) if of_service else (DIAGNOSIS_ADVICE, DIAGNOSIS_OTHERWISE)
    advice = next((text for prefix, text in table if code.startswith(prefix)), otherwise)
    return {"node": node, "phase": phase, "code": code, "reason": reason, "next_step": advice}
