"""Secure aggregation: sums over sites of which nobody sees one site's part. It knows no model and no network."""

from primia_core.secagg.identity import Identity, PublicIdentity
from primia_core.secagg.ledger import Ledger, MemoryLedger
from primia_core.secagg.messages import (
    AbortCertificate,
    AbortSignature,
    Advertisement,
    Inbox,
    RosterMessage,
    SealedShares,
    SignedAggregate,
    SubmissionHeader,
    SurvivorCertificate,
    SurvivorList,
    SurvivorSignature,
    UnmaskShares,
)
from primia_core.secagg.session import Member, SessionSpec, VectorSpec

__all__ = [
    "AbortCertificate",
    "AbortSignature",
    "Advertisement",
    "Identity",
    "Inbox",
    "Ledger",
    "Member",
    "MemoryLedger",
    "PublicIdentity",
    "RosterMessage",
    "SealedShares",
    "SessionSpec",
    "SignedAggregate",
    "SubmissionHeader",
    "SurvivorCertificate",
    "SurvivorList",
    "SurvivorSignature",
    "UnmaskShares",
    "VectorSpec",
]
