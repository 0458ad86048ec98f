"""Who computes: everything by which a lying platform, or a party that is somebody else, is found out before sending."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from primia_core.client.conversation import nobody
from primia_core.client.drivers import Line, perform
from primia_core.client.errors import ServiceShut, UntrustedParty
from primia_core.client.trust import Service, Trust, establish
from primia_core.diagnosis.errors import DescriptorError, DescriptorExpired, LogError, UnsignedDescriptor
from primia_core.diagnosis.identity import NodeIdentity
from primia_core.diagnosis.log import LogEntry
from primia_core.diagnosis.vouching import SignedDescriptor
from tests.core.client.fake_platform import TOKEN, FakePlatform, Web


def look(
    platform: FakePlatform, *fingerprints: str, known: LogEntry | None = None, now: datetime | None = None
) -> Service:
    trust = Trust.pinned(fingerprints)
    talk = establish(platform.url, platform.service, trust, known=known, now=now or datetime.now(UTC))
    line = Line(platform.url, TOKEN)
    with httpx.Client(base_url=line.base_url) as http:
        return perform(talk, line, http, nobody)


def other(platform: FakePlatform, tmp_path: Path) -> None:
    """Let party 1's origin show keys that the descriptor does not name."""
    platform.shown["p1"] = NodeIdentity.create(tmp_path / "other", "p1").public


def test_parties_are_confirmed_by_their_own_origins(platform: FakePlatform) -> None:
    service = look(platform)
    assert service.descriptor == platform.descriptor
    assert [party.by for party in service.parties] == ["origin", "origin"]
    assert service.last == platform.log[-1]


def test_the_token_is_shown_to_the_platform_alone(platform: FakePlatform) -> None:
    look(platform)
    assert platform.authorized == [None, None]


def test_a_party_whose_origin_shows_another_key_is_refused(platform: FakePlatform, tmp_path: Path) -> None:
    other(platform, tmp_path)
    with pytest.raises(UntrustedParty, match="itself shows") as caught:
        look(platform)
    assert caught.value.code == "diagnosis.untrusted_party"
    assert platform.descriptor.parties[1].fingerprint in caught.value.message
    assert platform.shown["p1"].fingerprint in caught.value.message


def test_a_party_whose_origin_is_silent_is_refused(platform: FakePlatform) -> None:
    platform.pages[0].stop()
    with pytest.raises(UntrustedParty, match="does not confirm its key"):
        look(platform)


def test_a_party_that_does_not_say_that_it_signed_is_refused(platform: FakePlatform) -> None:
    platform.listed[0] = {**platform.listed[0], "digest": "00" * 32}
    with pytest.raises(UntrustedParty, match="does not list this descriptor"):
        look(platform)


def test_a_key_page_at_the_platforms_own_origin_proves_nothing(platform: FakePlatform) -> None:
    parties = [{**platform.nodes["p0"].public.to_json(), "origin": platform.url}, platform.descriptor.parties[1]]
    platform.publish(parties=parties)
    with pytest.raises(UntrustedParty, match="own origin"):
        look(platform)


def test_two_parties_at_one_origin_are_refused(platform: FakePlatform) -> None:
    keys = {"p0": platform.nodes["p0"].public.to_json(), "p1": platform.nodes["p1"].public.to_json()}
    both: dict[int, dict[str, object]] = {}
    asked: list[int] = []

    def answer(*_: object) -> object:
        asked.append(len(asked))
        return both[asked[-1]]

    web = Web(answer)
    platform.publish(parties=[{**keys[f"p{n}"], "origin": web.url} for n in (0, 1)])
    both |= {n: {"node": keys[f"p{n}"], "descriptors": [platform.listed[n]]} for n in (0, 1)}
    with pytest.raises(UntrustedParty, match="one operator could be both"):
        look(platform)
    web.stop()


def test_pinned_parties_need_no_origin(platform: FakePlatform) -> None:
    for page in platform.pages:
        page.stop()
    prints = [party.fingerprint for party in platform.descriptor.parties]
    spelt = [prints[0].upper(), " ".join(prints[1][i : i + 8] for i in range(0, 64, 8))]
    assert [party.by for party in look(platform, *spelt).parties] == ["pinned", "pinned"]


def test_one_pinned_party_does_not_vouch_for_the_other(platform: FakePlatform) -> None:
    with pytest.raises(UntrustedParty, match=platform.descriptor.parties[1].fingerprint):
        look(platform, platform.descriptor.parties[0].fingerprint)


def test_the_pinned_owner_vouches_for_both(platform: FakePlatform) -> None:
    assert [party.by for party in look(platform, platform.descriptor.owner.fingerprint).parties] == ["pinned"] * 2


def test_what_is_no_fingerprint_is_refused() -> None:
    with pytest.raises(UntrustedParty, match="64 hexadecimal digits"):
        Trust.pinned(["3f9a"])


def test_an_unsigned_descriptor_is_refused(platform: FakePlatform) -> None:
    platform.signed = SignedDescriptor(descriptor=platform.descriptor, signatures=platform.signed.signatures[:1])
    with pytest.raises(UnsignedDescriptor):
        look(platform)


def test_another_services_descriptor_is_refused(platform: FakePlatform) -> None:
    mine = platform.service
    platform.service = "3f9a2b1c-0000-4000-8000-000000000001"
    platform.publish()
    signed, log = platform.signed, platform.log
    platform.service = mine
    platform.signed, platform.log = signed, log
    with pytest.raises(DescriptorError, match="with the descriptor of"):
        look(platform)


def test_a_descriptor_that_the_log_does_not_name_is_refused(platform: FakePlatform) -> None:
    log = platform.log
    platform.publish(intended_use="something else")
    platform.log = log
    with pytest.raises(LogError, match="last published"):
        look(platform)


def test_an_empty_log_is_refused(platform: FakePlatform) -> None:
    platform.log = []
    with pytest.raises(LogError):
        look(platform)


def test_a_log_that_was_rewritten_since_is_found_out(platform: FakePlatform) -> None:
    known = look(platform).last
    assert look(platform, known=known).last == known
    platform.publish(intended_use="something else")
    with pytest.raises(LogError, match="seen before"):
        look(platform, known=known)


@pytest.mark.parametrize(
    ("state", "code"), [("closed", "service.closed"), ("opening", "service.not_open"), ("failed", "service.not_open")]
)
def test_a_service_that_is_not_open_says_so(platform: FakePlatform, state: str, code: str) -> None:
    platform.state = state
    with pytest.raises(ServiceShut) as caught:
        look(platform)
    assert caught.value.code == code


def test_an_unknown_service_says_so(platform: FakePlatform) -> None:
    platform.service = "3f9a2b1c-0000-4000-8000-000000000001"
    talk = establish(platform.url, "3f9a2b1c-0000-4000-8000-000000000002", Trust(), known=None, now=datetime.now(UTC))
    line = Line(platform.url, TOKEN)
    with httpx.Client(base_url=line.base_url) as http, pytest.raises(ServiceShut) as caught:
        perform(talk, line, http, nobody)
    assert caught.value.code == "service.unknown"


def test_a_service_that_its_log_calls_closed_is_closed(platform: FakePlatform) -> None:
    last = platform.log[-1]
    closed = LogEntry.after(last, kind="closed", service=last.service, digest=last.digest, at=datetime.now(UTC))
    platform.log.append(closed)
    with pytest.raises(ServiceShut, match="log says"):
        look(platform)


def test_an_expired_service_is_refused(platform: FakePlatform) -> None:
    with pytest.raises(DescriptorExpired) as caught:
        look(platform, now=datetime.now(UTC) + timedelta(days=31))
    assert caught.value.code == "service.expired"
