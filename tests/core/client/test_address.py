"""Addresses of services: what people copy, and what is refused before a token could be shown to anybody."""

import pytest

from primia_core.client.address import ServiceAddress, platform_address
from primia_core.client.errors import BadAddress

ID = "3f9a2b1c-0000-4000-8000-000000000001"


@pytest.mark.parametrize("page", ["services", "diagnose"])
@pytest.mark.parametrize("tail", ["", "/"])
def test_a_service_is_found_by_the_address_of_its_page(page: str, tail: str) -> None:
    address = ServiceAddress.parse(f"https://hub.example/{page}/{ID.upper()}{tail}")
    assert (address.platform, address.service) == ("https://hub.example", ID)


def test_a_platform_may_stand_below_a_path() -> None:
    assert ServiceAddress.parse(f"https://hub.example/primia/services/{ID}").platform == "https://hub.example/primia"


@pytest.mark.parametrize(
    "url",
    [
        "https://hub.example/",
        f"https://hub.example/models/{ID}",
        "https://hub.example/services/first",
        f"ftp://hub.example/services/{ID}",
        f"services/{ID}",
        f"https://ada:secret@hub.example/services/{ID}",
        "",
    ],
)
def test_another_address_is_refused(url: str) -> None:
    with pytest.raises(BadAddress):
        ServiceAddress.parse(url)


def test_plain_http_is_for_this_machine_unless_allowed() -> None:
    for host in ("127.0.0.1:8000", "localhost:8000", "[::1]:8000"):
        assert platform_address(f"http://{host}/") == f"http://{host}"
    with pytest.raises(BadAddress, match="would show the token"):
        platform_address("http://hub.example")
    assert platform_address("http://hub.example", plain=True) == "http://hub.example"
