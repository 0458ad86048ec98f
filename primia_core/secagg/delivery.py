"""What a site accepts as delivered: one share of every participant's secrets."""

from collections.abc import Collection

from primia_core.secagg.dealing import SharePair, open_share
from primia_core.secagg.errors import MissingShare, ShareNotAuthentic, SybilInRoster, UnknownSender
from primia_core.secagg.messages import Inbox, RosterMessage
from primia_core.secagg.roster_rules import check_graph, check_quorum, check_session
from primia_core.secagg.session import SessionSpec


def open_inbox(
    spec: SessionSpec,
    roster: RosterMessage,
    site: str,
    inbox: Inbox,
    *,
    confirmed: Collection[str],
    share_private: bytes,
) -> dict[str, SharePair]:
    """Open every share that was delivered to a site, after checking that none is missing.

    Returns:
        The site's shares of each of the other participants.
    Raises:
        ReplayedRound, UnknownSender: the inbox is of another session or site, or names strangers.
        SybilInRoster: a participant is there twice.
        TruncatedRoster, TooFewConfirmed, ThinMaskGraph: too few participate.
        MissingShare: a participant's share is not there, or there twice.
        ShareNotAuthentic, ShareAgainstAnotherCommitment: a share is not what its dealer sealed.
    """
    _check_addressed(spec, roster, site, inbox)
    _check_participants(spec, roster, site, inbox.participants, confirmed)
    due = sorted(set(inbox.participants) - {site})
    delivered = {item.sender: item.share for item in inbox.shares}
    if sorted(delivered) != due or len(delivered) != len(inbox.shares):
        raise MissingShare(f"one share each is due from {due}; delivered are {[item.sender for item in inbox.shares]}")
    if astray := [sender for sender, share in delivered.items() if share.receiver != site]:
        raise ShareNotAuthentic(f"the shares of {astray} are sealed for another site than {site}")
    return {
        sender: open_share(roster, sender, share, share_private=share_private) for sender, share in delivered.items()
    }


def _check_addressed(spec: SessionSpec, roster: RosterMessage, site: str, inbox: Inbox) -> None:
    check_session(spec, inbox.session, "inbox")
    if inbox.roster != roster.digest or inbox.site != site:
        raise UnknownSender(
            f"the inbox is for {inbox.site} under the roster {inbox.roster[:12]}, "
            f"this is {site} under {roster.digest[:12]}; deliver the right one"
        )


def _check_participants(
    spec: SessionSpec,
    roster: RosterMessage,
    site: str,
    participants: tuple[str, ...],
    confirmed: Collection[str],
) -> None:
    if list(participants) != sorted(set(participants)):
        raise SybilInRoster(f"each participant is listed once, sorted; got {list(participants)}")
    if unknown := sorted(set(participants) - set(roster.by_site)):
        raise UnknownSender(f"{unknown} are said to have shared and did not advertise; refuse the inbox")
    if site not in participants:
        raise UnknownSender(f"{site} is told that it did not share, so nobody would mask for it; refuse the inbox")
    check_quorum(spec, participants, confirmed)
    check_graph(spec, participants)
