"""Who sees a federation, how a hospital joins it, and who may speak for whom."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from backend.apps.accounts.services import secret_hash
from backend.apps.federations import policies, selectors, services
from backend.apps.federations.errors import (
    CredentialUnknown,
    EnrolmentRefused,
    FingerprintDiffers,
    IdentityRefused,
    RoleMissing,
    SiteTaken,
)
from backend.apps.federations.models import Enrolment, Membership, Role, Site
from tests.backend.world import NOW, consortium, hospital, member, person, public_identity

pytestmark = pytest.mark.django_db


def invite(federation, slug="north"):
    return services.enrolment_create(
        federation_id=federation.pk, site_slug=slug, site_name=slug.title(), by=person(), now=NOW
    )


def test_federation_is_visible_to_members_only(as_user):
    federation = consortium()
    consortium("coastal", coordinator=person("bob"))
    listed = as_user(person()).get("/api/v1/federations").json()["results"]
    assert [row["slug"] for row in listed] == ["alpine"]
    assert listed[0]["roles"] == ["coordinator"]
    assert as_user(person("bob")).get(f"/api/v1/federations/{federation.pk}").status_code == 404
    assert as_user(person("bob")).get(f"/api/v1/federations/{federation.pk}/sites").status_code == 404


def test_enrolment_needs_the_coordinator_role_and_is_invisible_to_strangers(as_user):
    federation = consortium()
    body = {"site_slug": "north", "site_name": "North"}
    address = f"/api/v1/federations/{federation.pk}/enrolments"
    assert as_user(member(federation, Role.AUDITOR, "iris")).post(address, body).status_code == 403
    assert as_user(person("eve")).post(address, body).status_code == 404
    answer = as_user(person()).post(address, body)
    assert answer.status_code == 201
    assert Enrolment.objects.get().token_hash == secret_hash(answer.json()["token"])


def test_enrolment_refuses_a_slug_that_no_plan_can_name(as_user):
    federation = consortium()
    answer = as_user(person()).post(
        f"/api/v1/federations/{federation.pk}/enrolments", {"site_slug": "North!", "site_name": "North"}
    )
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == ["site_slug"]


def test_site_enrols_once_and_gets_colours_in_order():
    federation = consortium()
    sites = [hospital(federation, slug)[0] for slug in ("north", "south", "west")]
    assert [site.colour for site in sites] == [0, 1, 2]
    assert not any(site.confirmed for site in sites)


def test_site_credential_is_stored_as_a_hash_only():
    site, credential = hospital(consortium())
    assert credential not in str(Site.objects.filter(pk=site.pk).values().get())
    assert services.site_by_credential(credential=credential) == site
    with pytest.raises(CredentialUnknown):
        services.site_by_credential(credential=credential + "x")


def test_enrolment_is_refused_when_unknown_or_too_old():
    _, token = invite(consortium())
    with pytest.raises(EnrolmentRefused):
        services.site_enrol(token="guess", identity=public_identity("n"), now=NOW)
    with pytest.raises(EnrolmentRefused):
        services.site_enrol(token=token, identity=public_identity("n"), now=NOW + timedelta(days=7))


def test_enrolment_repeats_for_the_same_identity_until_the_agent_was_heard():
    _, token = invite(consortium())
    site, first = services.site_enrol(token=token, identity=public_identity("n"), now=NOW)
    again, second = services.site_enrol(token=token, identity=public_identity("n"), now=NOW)
    assert again == site
    with pytest.raises(CredentialUnknown):
        services.site_by_credential(credential=first)
    with pytest.raises(EnrolmentRefused):
        services.site_enrol(token=token, identity=public_identity("other"), now=NOW)
    services.site_heard(site_id=site.pk, now=NOW)
    with pytest.raises(EnrolmentRefused):
        services.site_enrol(token=token, identity=public_identity("n"), now=NOW)
    assert services.site_by_credential(credential=second) == site


def test_enrolment_refuses_an_identity_that_is_none_and_one_that_is_another_site():
    federation = consortium()
    hospital(federation, "north")
    _, token = invite(federation, "south")
    with pytest.raises(IdentityRefused):
        services.site_enrol(token=token, identity={"name": "x", "document": "e30="}, now=NOW)
    with pytest.raises(SiteTaken):
        services.site_enrol(token=token, identity=public_identity("alpine-north"), now=NOW)
    with pytest.raises(SiteTaken):
        invite(federation, "north")


def test_site_is_confirmed_only_with_the_fingerprint_that_it_published(as_user):
    federation = consortium()
    site, _ = hospital(federation)
    address = f"/api/v1/federations/{federation.pk}/sites/{site.pk}/confirm"
    answer = as_user(person()).post(address, {"fingerprint": "0" * 64})
    assert (answer.status_code, answer.json()["code"]) == (409, "federations.fingerprint_differs")
    spoken = " ".join(site.fingerprint[index : index + 4] for index in range(0, 64, 4)).upper()
    answer = as_user(person()).post(address, {"fingerprint": spoken})
    assert (answer.status_code, answer.json()["confirmed"]) == (200, True)


def test_site_is_not_confirmed_by_its_own_administrator():
    federation = consortium()
    site, _ = hospital(federation)
    admin = member(federation, Role.SITE_ADMIN, "nils", site)
    with pytest.raises(RoleMissing):
        services.site_confirm(
            federation_id=federation.pk, site_id=site.pk, fingerprint=site.fingerprint, by=admin, now=NOW
        )
    with pytest.raises(FingerprintDiffers):
        services.site_confirm(federation_id=federation.pk, site_id=site.pk, fingerprint="ä", by=person(), now=NOW)


def test_site_administrator_speaks_for_their_own_site_and_the_coordinator_for_none():
    federation = consortium()
    north, south = hospital(federation, "north")[0], hospital(federation, "south")[0]
    admin = member(federation, Role.SITE_ADMIN, "nils", north)
    policies.require_site_admin(user=admin, site_id=north.pk)
    for user, site in ((admin, south), (person(), north)):
        with pytest.raises(RoleMissing):
            policies.require_site_admin(user=user, site_id=site.pk)


def test_heartbeat_makes_a_site_online_for_half_a_minute_and_never_moves_back():
    site, _ = hospital(consortium())
    services.site_heard(site_id=site.pk, now=NOW, agent_version="0.1.0")
    services.site_heard(site_id=site.pk, now=NOW - timedelta(seconds=5))
    site.refresh_from_db()
    assert (site.last_seen_at, site.agent_version) == (NOW, "0.1.0")
    assert selectors.is_online(site, now=NOW + timedelta(seconds=29))
    assert not selectors.is_online(site, now=NOW + timedelta(seconds=30))


def test_database_refuses_a_site_role_without_site_and_a_site_with_another_role():
    federation = consortium()
    site, _ = hospital(federation)
    for role, its_site in ((Role.SITE_ADMIN, None), (Role.AUDITOR, site)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.create(
                user=person("nils"), federation=federation, role=role, site=its_site, created_at=NOW
            )


def test_site_output_holds_no_key_and_no_credential(as_user):
    federation = consortium()
    site, _ = hospital(federation)
    answer = as_user(person()).get(f"/api/v1/federations/{federation.pk}/sites")
    assert [row["slug"] for row in answer.json()] == ["north"]
    assert site.credential_hash not in answer.content.decode()


def test_role_is_granted_from_the_command_line():
    federation = consortium()
    hospital(federation)
    person("nils")
    call_command("membership_grant", "alpine", "nils", "site_admin", "--site", "north", stdout=StringIO())
    assert Membership.objects.get(user__username="nils").site.slug == "north"
    for wrong in (("alpine", "nils", "site_admin"), ("alpine", "nils", "auditor", "--site", "north")):
        with pytest.raises(CommandError, match="needs --site"):
            call_command("membership_grant", *wrong)
    with pytest.raises(CommandError, match="Check the names"):
        call_command("membership_grant", "alpine", "nobody", "auditor")
