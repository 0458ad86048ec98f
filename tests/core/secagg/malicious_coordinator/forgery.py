"""What a cheating coordinator does to messages, for the tests that refuse it."""

from primia_core.secagg.messages import Advertisement
from tests.core.secagg.parties import identity, names

A, B, C, D, E = names(5)


def forged(advertisement, **changes):
    return advertisement.model_copy(update=changes)


def signed_anew(advertisement, author, **changes):
    fields = {name: getattr(advertisement, name) for name in type(advertisement).model_fields if name != "signature"}
    return Advertisement.by(identity(author), **{**fields, **changes})


def with_member(roster, advertisement):
    kept = [a for a in roster.advertisements if a.site != advertisement.site]
    ordered = tuple(sorted([*kept, advertisement], key=lambda a: a.site))
    return roster.model_copy(update={"advertisements": ordered})


def listed_without(parties, *lost):
    """Return a list that a coordinator could make up: these sites are called dropped, and everything is signed."""
    survivors = parties.hub.survivors()
    alive = tuple(site for site in survivors.survivors if site not in lost)
    return survivors.model_copy(
        update={
            "survivors": alive,
            "dropped": tuple(lost),
            "headers": tuple(header for header in survivors.headers if header.site in alive),
        }
    )
