"""Everything that a dealer refuses or fails at, as one tree.

DealerFault
├── ServiceUnknown      the service was never masked here, or is closed
├── StaleEpoch          the service was masked in an epoch that is over
├── DoorTaken           the address at which parties fetch their sets cannot be listened at
└── DiskFull            there is no room for another set
"""

from primia_core.errors import PrimiaError


class DealerFault(PrimiaError):
    """Something at the dealer is wrong."""

    code = "dealer.error"


class ServiceUnknown(DealerFault):
    """The service was never masked here, or is closed."""

    code = "dealer.service_unknown"


class StaleEpoch(DealerFault):
    """The service was masked in an epoch that is over."""

    code = "dealer.stale_epoch"


class DoorTaken(DealerFault):
    """The address at which parties fetch their sets cannot be listened at."""

    code = "dealer.door_taken"


class DiskFull(DealerFault):
    """There is no room for another set."""

    code = "dealer.disk_full"
