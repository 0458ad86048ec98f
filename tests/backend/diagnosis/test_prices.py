"""The price of privacy before publishing: counted from shapes, timed by services alike, told to members only."""

from datetime import timedelta

import pytest

from backend.apps.accounts.services import token_create
from backend.apps.artifacts import store
from backend.apps.artifacts.services import artifact_publish
from backend.apps.diagnosis.errors import ModelUnfit
from backend.apps.diagnosis.models import DiagnosisService, Node
from backend.apps.diagnosis.selectors.prices import PROTOCOLS, prices_of
from backend.apps.registry.services import model_register
from primia_core.models.registry import build_model
from primia_core.models.spec import ModelSpec
from primia_core.mpc.cost import exact_costs, total
from primia_core.mpc.program.preparation import prepare
from tests.backend.world import NOW, consortium, draft_job, person

SPEC = ModelSpec(name="small_cnn", classes=3)


@pytest.fixture
def storage(settings, tmp_path):
    settings.PRIMIA_STORAGE = tmp_path


def registered(federation, **card):
    """Return a version whose weights nobody reads."""
    artifact = artifact_publish(blob=store.put_chunks([b"weights"]), kind="weights", now=NOW)
    whole = {"model": SPEC.model_dump(mode="json"), "image_size": 32, "classes": ["a", "b", "c"], **card}
    return model_register(
        federation_id=federation.pk, job_id=draft_job(federation).pk, name="lungs", artifact=artifact, card=whole,
        lineage={}, evaluation={}, now=NOW,
    )  # fmt: skip


def published(version, seconds, **terms):
    """Add a service of that version of which the owner expected so many seconds."""
    number = DiagnosisService.objects.count()
    nodes = {
        role: Node.objects.create(
            federation=version.federation, role=role, slug=f"{role}-{number}", name=role, public={}, created_at=NOW,
            fingerprint=f"{number}{place}".zfill(64), credential_hash=f"{number}{place}".zfill(64),
        )
        for place, role in enumerate(("p0", "p1", "dealer", "owner"))
    }  # fmt: skip
    return DiagnosisService.objects.create(
        federation=version.federation, model_version=version, slug=f"s-{number}", title="s", intended_use="tests",
        created_at=NOW, expires_at=NOW + timedelta(days=1), facts={"price": {"online_seconds": seconds}}, **nodes,
        **{"policy": "logits", "protocol": "tables", "profile": "fast", **terms},
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("policy", ["logits", "label"])
def test_price_is_what_the_prepared_program_costs(storage, policy):
    import numpy as np

    images = np.random.default_rng(3).normal(size=(2, 1, 32, 32)).astype(np.float32)
    program = prepare(build_model(SPEC, seed=1), images, policy=policy).program
    prices = prices_of(version=registered(consortium()), policy=policy, profile="fast")
    assert [price["protocol"] for price in prices] == list(PROTOCOLS)
    for price in prices:
        cost = total(exact_costs(program, price["protocol"]))
        assert (price["rounds"], price["bytes_each_way"]) == (cost.rounds, cost.most_sent)
        assert tuple(price["stock_bytes"].values()) == cost.material


@pytest.mark.django_db
def test_price_takes_its_seconds_from_services_alike_or_names_none(storage):
    federation = consortium()
    version = registered(federation)
    for seconds in (0.2, "0.4", 0.9):
        published(version, seconds)
    published(version, 50.0, policy="label")
    published(version, 50.0, protocol="fss")
    published(registered(federation, image_size=64), 50.0)
    tables, fss, *others = prices_of(version=version, policy="logits", profile="fast")
    assert (tables["online_seconds"], fss["online_seconds"]) == (0.4, 50.0)
    assert [other["online_seconds"] for other in others] == [None, None]


@pytest.mark.django_db
@pytest.mark.parametrize("card", [{"image_size": 4}, {"model": {"name": "a transformer"}}, {"model": None}])
def test_a_network_that_cannot_be_shared_has_no_price(storage, card):
    with pytest.raises(ModelUnfit, match="cannot be counted"):
        prices_of(version=registered(consortium(), **card), policy="logits", profile="fast")


@pytest.mark.django_db
def test_price_is_told_to_members_and_to_tokens_that_may_publish(storage, as_user, client):
    asked = {"model_version": str(registered(consortium()).pk), "policy": "label"}
    address = "/api/v1/services/price"
    (first, *_) = as_user(person()).post(address, asked, format="json").json()
    assert first["protocol"] == "tables"
    assert first["stock_bytes"]["p0"] == 0 < first["stock_bytes"]["p1"]
    assert as_user(person("eve")).post(address, asked, format="json").status_code == 404
    refused = as_user(person()).post(address, {**asked, "profile": "quick"}, format="json")
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["profile"])
    for scope, status in (("read", 403), ("services", 200)):
        _, secret = token_create(user=person(), name=scope, scopes=[scope], now=NOW)
        headers = {"Authorization": f"Bearer {secret}"}
        answer = client.post(address, asked, content_type="application/json", headers=headers)
        assert answer.status_code == status
