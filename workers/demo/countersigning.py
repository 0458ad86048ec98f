"""The demonstration's hospitals vouch for the service: each has compared both parties, and countersigns."""

from collections.abc import Collection, Iterable
from contextlib import closing

from primia_core.secagg import Identity
from workers.link import LinkClient
from workers.site.database import Database
from workers.site.folder import SiteFolder
from workers.site.journal import Journal
from workers.site.vouching import vouch


def countersign_all(folders: Iterable[SiteFolder], digest: str, *, compared: Collection[str]) -> int:
    """Let every hospital run what ``primia site countersign`` does.

    Args:
        digest: of the descriptor.
        compared: the fingerprints of both parties, as their institutions said them.
    Returns:
        How many have signed.
    """
    signed = 0
    for folder in folders:
        with closing(Database(folder.database)) as database, closing(LinkClient(folder.address())) as link:
            vouch(link, Journal(database), Identity.load(folder.identity), digest, compared=compared)
        signed += 1
    return signed
