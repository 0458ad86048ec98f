"""What one party is told in secret stands in no printed form of the half that it has opened."""

import pytest

from tests.core.diagnosis.parties import Asked, described


@pytest.mark.parametrize("party", [0, 1])
def test_an_opened_half_prints_no_salt(party: int) -> None:
    """With the salt of party 1's half, party 0 could confirm a picture that it has guessed."""
    share = Asked(described()).open(party)
    for printed in (repr(share), str(share), repr(share.header), str(share.header)):
        assert share.header.salt not in printed
        assert share.header.own in printed
