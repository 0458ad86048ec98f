"""Secure aggregation: sums over sites of which nobody sees one site's part. It knows no model and no network."""

from primia_core.secagg.coordinator import CoordinatorSession, Phase
from primia_core.secagg.encoding import decode, encode, error_bound
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
from primia_core.secagg.roster_rules import check_against_plan
from primia_core.secagg.session import Member, SessionSpec, VectorSpec
from primia_core.secagg.site import MaskedSubmission, SiteSession

__all__ = [
    "AbortCertificate",
    "AbortSignature",
    "Advertisement",
    "CoordinatorSession",
    "Identity",
    "Inbox",
    "Ledger",
    "MaskedSubmission",
    "Member",
    "MemoryLedger",
    "Phase",
    "PublicIdentity",
    "RosterMessage",
    "SealedShares",
    "SessionSpec",
    "SignedAggregate",
    "SiteSession",
    "SubmissionHeader",
    "SurvivorCertificate",
    "SurvivorList",
    "SurvivorSignature",
    "UnmaskShares",
    "VectorSpec",
    "check_against_plan",
    "decode",
    "encode",
    "error_bound",
]
