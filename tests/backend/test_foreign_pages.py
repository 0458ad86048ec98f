"""A page from elsewhere cannot use a browser that is logged in: cookies stay here, and every deed needs a token."""

import pytest
from rest_framework.test import APIClient

from backend.apps.accounts.models import ApiToken
from tests.backend.world import PASSWORD, person

SESSION, TOKENS = "/api/v1/auth/session", "/api/v1/auth/tokens"
DEED = {"name": "stolen", "scopes": ["read"]}


@pytest.fixture
def browser(clean_cache):
    """Return a client that logs in as a browser does, and the answer that it got."""
    person()
    api = APIClient(enforce_csrf_checks=True)
    csrf = api.get(SESSION).json()["csrf"]
    answer = api.post(SESSION, {"username": "ada", "password": PASSWORD}, headers={"X-CSRFToken": csrf})
    assert answer.status_code == 200
    return api, answer


def test_cookies_are_not_sent_with_what_another_site_makes_a_browser_do(browser):
    _, answer = browser
    assert {cookie["samesite"] for cookie in answer.cookies.values()} == {"Lax"}
    assert answer.cookies["sessionid"]["httponly"]


def test_deed_of_a_logged_in_browser_is_refused_without_the_token_of_its_own_pages(browser):
    api, answer = browser
    refused = api.post(TOKENS, DEED)
    assert (refused.status_code, refused.json()["code"]) == (403, "request.csrf")
    assert not ApiToken.objects.exists()
    assert api.post(TOKENS, DEED, headers={"X-CSRFToken": answer.json()["csrf"]}).status_code == 201
