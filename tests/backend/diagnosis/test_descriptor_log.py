"""The public log: chained, refused to whoever would change it, and verified; and the sites that countersign."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from backend.apps.diagnosis.models import DescriptorLog
from backend.apps.diagnosis.selectors.descriptors import log_verify, signed_descriptor
from backend.apps.diagnosis.services.service_end import service_close
from backend.apps.federations.models import Site
from primia_core.diagnosis import SignedDescriptor, check, countersign
from primia_core.diagnosis.errors import LogError
from primia_core.secagg.identity import Identity
from tests.backend.link.server import client
from tests.backend.world import hospital

TRIGGER = "diagnosis_descriptorlog_append_only"


@pytest.fixture
def vouching(published, tmp_path):
    """Return a confirmed site's client, its row and its keys."""
    site, credential = hospital(published.federation, "north")
    keys = Identity.create(tmp_path / "north", "north")
    Site.objects.filter(pk=site.pk).update(
        identity=keys.public.to_json(), fingerprint=keys.public.fingerprint, confirmed=True
    )
    with client(published.address.replace("/node/", "/link/"), credential) as http:
        yield http, Site.objects.get(pk=site.pk), keys


def test_the_database_refuses_to_change_or_delete_an_entry(published):
    for deed in (lambda rows: rows.update(kind="closed"), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            deed(DescriptorLog.objects.all())
    assert log_verify(published.service) == 1


@pytest.mark.parametrize(
    "change",
    [{"digest": "1" * 64}, {"detail": {"name": "another"}}, {"kind": "closed"}, {"previous": "2" * 64}, {"seq": 7}],
)
def test_an_entry_that_was_changed_behind_the_triggers_back_is_found(published, change):
    assert log_verify(published.service) == 1
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE diagnosis_descriptorlog DISABLE TRIGGER {TRIGGER}")
        try:
            DescriptorLog.objects.update(**change)
            with pytest.raises(LogError):
                log_verify(published.service)
            DescriptorLog.objects.all().delete()
        finally:
            cursor.execute(f"ALTER TABLE diagnosis_descriptorlog ENABLE TRIGGER {TRIGGER}")


def test_an_entry_that_was_taken_out_is_found(published, vouching):
    http, _, keys = vouching
    signed = signed_descriptor(published.service)
    _sign(http, signed, keys).raise_for_status()
    service_close(service_id=published.service.pk, by=published.ada, now=timezone.now())
    assert log_verify(published.service) == 3
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE diagnosis_descriptorlog DISABLE TRIGGER {TRIGGER}")
        try:
            DescriptorLog.objects.filter(seq=2).delete()
            with pytest.raises(LogError, match="3"):
                log_verify(published.service)
            DescriptorLog.objects.all().delete()
        finally:
            cursor.execute(f"ALTER TABLE diagnosis_descriptorlog ENABLE TRIGGER {TRIGGER}")


def test_a_site_lists_checks_and_countersigns_over_its_link(published, vouching):
    http, site, keys = vouching
    (listed,) = http.get("descriptors").raise_for_status().json()["descriptors"]
    signed = SignedDescriptor.from_json(listed)
    check(signed)
    for _ in range(2):
        _sign(http, signed, keys).raise_for_status()
    again = signed_descriptor(published.service)
    check(again)
    assert [(each.role, each.name) for each in again.signatures][-1] == ("site", "north")
    kinds = list(DescriptorLog.objects.order_by("seq").values_list("kind", flat=True))
    assert kinds == ["published", "countersigned"]
    assert DescriptorLog.objects.get(seq=2).detail == {"site": "north", "fingerprint": site.fingerprint}


def test_a_signature_by_other_keys_or_of_another_descriptor_is_refused(published, vouching, tmp_path):
    http, _, keys = vouching
    signed = signed_descriptor(published.service)
    stranger = Identity.create(tmp_path / "stranger", "north")
    assert _sign(http, signed, stranger).json()["code"] == "descriptor.bad_signature"
    changed = signed.descriptor.model_copy(update={"intended_use": "everything"})
    wrong = countersign(changed, keys).signature
    path = f"descriptors/{signed.descriptor.digest}/countersign"
    assert http.post(path, json={"signature": wrong}).json()["code"] == "descriptor.bad_signature"
    assert http.post(f"descriptors/{'0' * 64}/countersign", json={"signature": wrong}).status_code == 404
    assert [each.role for each in signed_descriptor(published.service).signatures] == ["p0", "p1"]


def test_an_unconfirmed_site_vouches_for_nothing(published, vouching):
    http, site, keys = vouching
    Site.objects.filter(pk=site.pk).update(confirmed=False)
    refused = _sign(http, signed_descriptor(published.service), keys).json()
    assert (refused["code"], "fingerprint" in refused["message"]) == ("descriptor.bad_signature", True)


def test_a_closed_service_is_no_longer_offered_to_sites(published, vouching):
    http, _, keys = vouching
    signed = signed_descriptor(published.service)
    service_close(service_id=published.service.pk, by=published.ada, now=timezone.now())
    assert http.get("descriptors").json() == {"descriptors": []}
    assert _sign(http, signed, keys).status_code == 404


def _sign(http, signed, keys):
    signature = countersign(signed.descriptor, keys).signature
    return http.post(f"descriptors/{signed.descriptor.digest}/countersign", json={"signature": signature})
