"""Log-in, tokens and what their scopes permit."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from backend.apps.accounts.errors import TokenNameTaken, TokenUnknown, TooManyFailures, WrongCredentials
from backend.apps.accounts.models import ApiToken, Scope
from backend.apps.accounts.services import credentials_check, token_create, token_revoke, token_use, user_create
from backend.common.errors import InvalidInput
from tests.backend.world import NOW, PASSWORD, consortium, person

pytestmark = pytest.mark.django_db
SESSION = "/api/v1/auth/session"


def check(**changes):
    given = {"username": "ada", "password": PASSWORD, "address": "10.0.0.1", "now": NOW}
    return credentials_check(**{**given, **changes})


def test_user_keeps_the_password_that_they_have_when_made_again():
    first = person()
    assert user_create(username="ada", password="another long password", now=NOW) == first
    first.refresh_from_db()
    assert first.check_password(PASSWORD)


def test_user_create_refuses_a_password_that_is_easy_to_guess():
    with pytest.raises(ValidationError, match="too common"):
        user_create(username="bob", password="password1234", now=NOW)


def test_credentials_stop_being_tried_after_ten_failures_and_only_for_that_name(clean_cache):
    person()
    person("bob")
    for _ in range(10):
        with pytest.raises(WrongCredentials):
            check(password="wrong")
    with pytest.raises(TooManyFailures):
        check()
    assert check(username="bob").username == "bob"


def test_credentials_stop_being_tried_from_an_address_that_failed_fifty_times(clean_cache):
    person()
    for number in range(50):
        with pytest.raises(WrongCredentials):
            check(username=f"guess-{number}")
    with pytest.raises(TooManyFailures):
        check()
    assert check(address="10.0.0.2").username == "ada"


def test_credentials_never_throttle_a_person_who_knows_the_password(clean_cache):
    person()
    for _ in range(60):
        assert check().username == "ada"


def test_session_says_that_nobody_is_logged_in(client):
    answer = client.get(SESSION)
    assert answer.status_code == 200
    assert answer.json()["user"] is None
    assert answer.json()["csrf"]


def test_session_refuses_a_log_in_without_csrf_token(clean_cache):
    person()
    api = APIClient(enforce_csrf_checks=True)
    answer = api.post(SESSION, {"username": "ada", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (403, "request.csrf")


def test_session_opens_with_csrf_token_and_shows_the_memberships(clean_cache):
    federation = consortium()
    api = APIClient(enforce_csrf_checks=True)
    csrf = api.get(SESSION).json()["csrf"]
    answer = api.post(SESSION, {"username": "ada", "password": PASSWORD}, headers={"X-CSRFToken": csrf})
    assert answer.status_code == 200
    body = answer.json()
    assert body["user"]["username"] == "ada"
    assert body["memberships"] == [
        {
            "federation": str(federation.pk),
            "federation_slug": "alpine",
            "federation_name": "Alpine",
            "role": "coordinator",
            "site": None,
            "site_slug": None,
        }
    ]
    assert api.delete(SESSION).status_code == 403
    assert api.delete(SESSION, headers={"X-CSRFToken": body["csrf"]}).status_code == 204
    assert api.get(SESSION).json()["user"] is None


def test_session_answers_a_wrong_password_and_an_unknown_name_alike(clean_cache):
    person()
    api = APIClient()
    wrong = api.post(SESSION, {"username": "ada", "password": "wrong"})
    unknown = api.post(SESSION, {"username": "eve", "password": "wrong"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


def test_token_is_stored_as_a_hash_only():
    token, secret = token_create(user=person(), name="laptop", scopes=["read"], now=NOW)
    row = ApiToken.objects.filter(pk=token.pk).values().get()
    assert secret not in str(row)
    assert token_use(secret=secret, now=NOW) == token


def test_token_is_refused_when_expired_revoked_unknown_or_its_user_is_not_active():
    ada = person()
    token, secret = token_create(user=ada, name="laptop", scopes=["read"], now=NOW, expires_at=NOW + timedelta(hours=1))
    assert token_use(secret=secret, now=NOW).last_used_at is None
    with pytest.raises(TokenUnknown):
        token_use(secret=secret, now=NOW + timedelta(hours=1))
    with pytest.raises(TokenUnknown):
        token_use(secret=secret + "x", now=NOW)
    ada.is_active = False
    ada.save()
    with pytest.raises(TokenUnknown):
        token_use(secret=secret, now=NOW)
    ada.is_active = True
    ada.save()
    token_revoke(user=ada, token_id=token.pk, now=NOW)
    token_revoke(user=ada, token_id=token.pk, now=NOW)
    with pytest.raises(TokenUnknown):
        token_use(secret=secret, now=NOW)


def test_token_names_are_unique_per_user_and_scopes_are_known():
    ada = person()
    token_create(user=ada, name="laptop", scopes=["read"], now=NOW)
    with pytest.raises(TokenNameTaken):
        token_create(user=ada, name="laptop", scopes=["read"], now=NOW)
    token_create(user=person("bob"), name="laptop", scopes=["read"], now=NOW)
    with pytest.raises(InvalidInput):
        token_create(user=ada, name="phone", scopes=["everything"], now=NOW)


def test_token_of_another_user_is_not_revoked():
    token, secret = token_create(user=person(), name="laptop", scopes=["read"], now=NOW)
    token_revoke(user=person("eve"), token_id=token.pk, now=NOW)
    assert token_use(secret=secret, now=NOW)


@pytest.mark.parametrize(("scopes", "status"), [([Scope.READ], 403), ([Scope.FEDERATIONS], 201)])
def test_token_writes_only_where_its_scope_reaches(scopes, status):
    federation = consortium()
    _, secret = token_create(user=person(), name="laptop", scopes=scopes, now=NOW)
    api = APIClient(headers={"Authorization": f"Bearer {secret}"})
    body = {"site_slug": "north", "site_name": "North"}
    assert api.post(f"/api/v1/federations/{federation.pk}/enrolments", body).status_code == status


def test_token_cannot_make_tokens():
    _, secret = token_create(user=person(), name="laptop", scopes=Scope.values, now=NOW)
    api = APIClient(headers={"Authorization": f"Bearer {secret}"})
    assert api.get("/api/v1/auth/tokens").status_code == 200
    assert api.post("/api/v1/auth/tokens", {"name": "more", "scopes": ["read"]}).status_code == 403


def test_api_asks_for_a_token_when_there_is_none(client):
    answer = client.get("/api/v1/federations")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["code"] == "request.not_authenticated"


def test_tokens_are_made_listed_and_revoked_over_the_api(as_user):
    api = as_user(person())
    made = api.post("/api/v1/auth/tokens", {"name": "laptop", "scopes": ["read", "jobs"]})
    assert made.status_code == 201
    assert made.json()["token"].startswith("primia_")
    listed = api.get("/api/v1/auth/tokens").json()["results"]
    assert [row["name"] for row in listed] == ["laptop"]
    assert "token" not in listed[0]
    assert api.delete(f"/api/v1/auth/tokens/{made.json()['id']}").status_code == 204
    assert api.get("/api/v1/auth/tokens").json()["results"] == []


def test_user_is_made_from_the_command_line(monkeypatch):
    monkeypatch.setenv("PRIMIA_PASSWORD", "password1234")
    with pytest.raises(CommandError, match="too common"):
        call_command("user_create", "nils")
    monkeypatch.setenv("PRIMIA_PASSWORD", PASSWORD)
    call_command("user_create", "nils", stdout=StringIO())
    assert check(username="nils").username == "nils"
