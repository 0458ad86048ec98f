"""An attempt's conversation with its sites, rebuilt from its messages: who is waited for, and what comes next.

It reads rows and writes none. The rules of secure aggregation are ``CoordinatorSession``'s; this only feeds it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from backend.apps.jobs.models import Attempt, Message, SiteTask
from primia_core.errors import PrimiaError
from primia_core.secagg.coordinator import CoordinatorSession
from primia_core.secagg.errors import UnknownSender
from primia_core.secagg.identity import Identity
from primia_core.secagg.messages import (
    Advertisement,
    SealedShares,
    SubmissionHeader,
    SurvivorSignature,
    UnmaskShares,
)
from primia_core.secagg.session import SessionSpec

Json = dict[str, Any]
Phase, Kind = Attempt.Phase, SiteTask.Kind

TASKS: Mapping[str, str] = {
    Phase.ADVERTISE: Kind.ADVERTISE,
    Phase.SHARE: Kind.SHARE,
    Phase.SUBMIT: Kind.SUBMIT,
    Phase.CONSENT: Kind.CONSENT,
    Phase.UNMASK: Kind.UNMASK,
}


@dataclass(frozen=True)
class Next:
    """The phase that follows, whom to ask in it, and what to send to each."""

    phase: str
    sites: tuple[str, ...]
    payload: Callable[[str], Json]


class Conversation(Protocol):
    """What the coordinator needs to know to move an attempt on."""

    answered: tuple[str, ...]
    missing: frozenset[str]
    refused: Mapping[str, PrimiaError]
    quorum: int

    def enough(self) -> bool:
        """Say whether the present phase could be closed with the answers it has."""

    def go_on(self) -> Next:
        """Close the present phase."""


class PlainConversation:
    """No keys, no masks: the sites submit, the coordinator adds up."""

    def __init__(self, attempt: Attempt, min_survivors: int) -> None:
        self.answered = tuple(site for site, _ in _messages(attempt, Phase.SUBMIT))
        self.missing = frozenset(attempt.roster) - frozenset(self.answered)
        self.refused: Mapping[str, PrimiaError] = {}
        self.quorum = min_survivors

    def enough(self) -> bool:
        """Say whether enough sites have submitted."""
        return len(self.answered) >= self.quorum

    def go_on(self) -> Next:
        """Go from submitting to closing."""
        if not self.enough():
            raise TooFewSites(f"{len(self.answered)} sites submitted, {self.quorum} are needed")
        return Next(Phase.CLOSE, (), lambda site: {})


class SecureConversation:
    """Replays an attempt's messages into a coordinator's session, up to the present phase."""

    def __init__(self, attempt: Attempt, identity: Identity) -> None:
        self.session = CoordinatorSession(SessionSpec.model_validate(attempt.spec), identity)
        self.answered: tuple[str, ...] = ()
        self.refused: dict[str, PrimiaError] = {}
        self._phase: str = Phase.ADVERTISE
        self._hear(attempt)
        while self._phase != attempt.phase:
            self.go_on()
            self._hear(attempt)

    @property
    def missing(self) -> frozenset[str]:
        """Return whose answer the present phase lacks."""
        return self.session.missing()

    @property
    def quorum(self) -> int:
        """Return the fewest answers with which the present phase can be closed."""
        spec = self.session.spec
        return spec.threshold if self._phase in (Phase.CONSENT, Phase.UNMASK) else spec.quorum

    def enough(self) -> bool:
        """Say whether the present phase could be closed with the answers it has."""
        return self.session.enough()

    def go_on(self) -> Next:
        """Close the present phase."""
        following = {
            Phase.ADVERTISE: self._share,
            Phase.SHARE: self._submit,
            Phase.SUBMIT: self._consent,
            Phase.CONSENT: self._unmask,
            Phase.UNMASK: lambda: Next(Phase.CLOSE, (), lambda site: {}),
        }[self._phase]()
        self._phase, self.answered = following.phase, ()
        return following

    def _hear(self, attempt: Attempt) -> None:
        """Feed the session with the phase's messages; one that it refuses counts as a refusal, not as an answer."""
        if self._phase == Phase.CLOSE:
            return
        heard = []
        for site, body in _messages(attempt, self._phase):
            try:
                self._receive(site, body)
            except PrimiaError as error:
                self.refused[site] = error
            except ValueError as error:  # pydantic's: the body is not such a message
                self.refused[site] = UnreadableMessage(f"the {self._phase} message cannot be read: {error}"[:500])
            else:
                heard.append(site)
        self.answered = tuple(heard)

    def _receive(self, site: str, body: Json) -> None:
        if body.get("site") != site:
            raise UnknownSender(f"{site} sent a message in the name of {str(body.get('site'))[:64]!r}")
        match self._phase:
            case Phase.ADVERTISE:
                self.session.receive_advertisement(Advertisement.model_validate(body))
            case Phase.SHARE:
                self.session.receive_shares(SealedShares.model_validate(body))
            case Phase.SUBMIT:
                self.session.receive_submission(SubmissionHeader.model_validate(body))
            case Phase.CONSENT:
                self.session.receive_consent(SurvivorSignature.model_validate(body))
            case Phase.UNMASK:
                self.session.receive_unmask(UnmaskShares.model_validate(body))

    def _share(self) -> Next:
        roster = self.session.roster()
        said = self._said("roster", roster.model_dump(mode="json"))
        return Next(Phase.SHARE, tuple(roster.by_site), said)

    def _submit(self) -> Next:
        participants = self.session.inbox(self.answered[0]).participants if self.answered else ()
        inboxes = {site: self.session.inbox(site).model_dump(mode="json") for site in participants}
        return Next(Phase.SUBMIT, participants, lambda site: self._said("inbox", inboxes[site])(site))

    def _consent(self) -> Next:
        listed = self.session.survivors()
        return Next(Phase.CONSENT, listed.survivors, self._said("survivors", listed.model_dump(mode="json")))

    def _unmask(self) -> Next:
        certificate = self.session.certificate()
        said = self._said("certificate", certificate.model_dump(mode="json"))
        return Next(Phase.UNMASK, certificate.survivors.survivors, said)

    def _said(self, name: str, body: Json) -> Callable[[str], Json]:
        digest = self.session.spec.digest
        return lambda site: {"session": digest, name: body}


class UnreadableMessage(PrimiaError):
    """A site's message does not have the shape of its kind."""

    code = "jobs.unreadable_message"


class TooFewSites(PrimiaError):
    """A plain attempt has fewer submissions than the plan asks for."""

    code = "jobs.too_few_sites"


def _messages(attempt: Attempt, kind: str) -> list[tuple[str, Json]]:
    """Return a phase's messages in the order of their sites, so that every replay is the same."""
    rows = Message.objects.filter(attempt=attempt, kind=kind).order_by("site__slug")
    return list(rows.values_list("site__slug", "body"))
