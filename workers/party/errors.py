"""Everything that a compute party refuses or fails at beyond what the protocol says, as one tree.

PartyFault
├── PeerAbsent           the other party does not come to the same task in time
├── OtherPeer            a service names another peer than this folder has
├── ServiceUnknown       no such service is open here
├── ServiceUndescribed   this party has signed no descriptor of it
├── DescriptorRefused    a descriptor promises something else than this party has opened
├── NoStock              no set of correlations is ready at both parties
└── Replayed             the id or the content of a request came before
"""

from primia_core.errors import PrimiaError


class PartyFault(PrimiaError):
    """Something at this party is wrong."""

    code = "party.error"


class PeerAbsent(PartyFault):
    """The other party does not come to the same task in time."""

    code = "party.peer_absent"


class OtherPeer(PartyFault):
    """A service names another peer than this folder has."""

    code = "party.other_peer"


class ServiceUnknown(PartyFault):
    """No such service is open here."""

    code = "service.unknown"


class ServiceUndescribed(PartyFault):
    """This party has signed no descriptor of a service."""

    code = "service.undescribed"


class DescriptorRefused(PartyFault):
    """A descriptor promises something else than this party has opened."""

    code = "service.descriptor_refused"


class NoStock(PartyFault):
    """No set of correlations is ready at both parties."""

    code = "diagnosis.no_stock"


class Replayed(PartyFault):
    """The id or the content of a request came before."""

    code = "diagnosis.replayed"
