"""The realm of the sites: which address leads to which call of a hospital's agent."""

from uuid import UUID

from django.utils import timezone

from backend.apps.federations.errors import CredentialUnknown
from backend.apps.federations.models import Site
from backend.apps.federations.services import site_by_credential, site_heard
from backend.apps.link import calls, inputs, transfer
from backend.apps.link.bell import site_door
from backend.apps.link.lease import Mailbox
from backend.apps.link.realm import TASK, Realm, call, stream


def _site(credential: str) -> Site:
    return site_by_credential(credential=credential)


def _heard(site_id: UUID) -> None:
    site_heard(site_id=site_id, now=timezone.now())


SITES = Realm(
    prefix="/api/v1/link/",
    scheme="Site",
    caller_of=_site,
    unknown=CredentialUnknown,
    enrolment=inputs.EnrolInput,
    enrol=calls.enrol,
    mailbox=Mailbox(door=site_door, heard=_heard, take=calls.leased),
    calls=(
        call("POST", "hello", inputs.HelloInput, calls.hello),
        call("POST", f"{TASK}/renew", inputs.RenewInput, calls.renew),
        call("POST", f"{TASK}/result", inputs.ResultInput, calls.result),
        call("POST", f"{TASK}/ack", inputs.Nothing, calls.acknowledge),
        call("POST", f"{TASK}/release", inputs.Nothing, calls.release),
        call("PUT", "dataset", inputs.DatasetInput, calls.dataset),
        call("POST", "artifacts", inputs.ArtifactInput, calls.artifact),
        call("GET", "descriptors", inputs.Nothing, calls.descriptors),
        call("POST", r"descriptors/(?P<digest>[0-9a-f]{64})/countersign", inputs.SignatureInput, calls.countersign),
    ),
    streams=(stream(r"artifacts/(?P<sha256>[0-9a-f]{64})", PUT=transfer.receive, GET=transfer.deliver),),
)
