"""A diagnosis by real processes: the whole way, and that nobody on it but the requester learns anything.

The hub holds the trained weights, since it has trained them with the hospitals. What it must never hold is what belongs
to a diagnosis: the picture, the answer, and the model as the parties share it.
"""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from primia_core.client import ApiError, Client
from primia_core.diagnosis import NodeIdentity, ReceivedShare
from primia_core.diagnosis.answer import Answer
from primia_core.diagnosis.framing import decode64, unframe
from primia_core.diagnosis.sealing import answer_info
from primia_core.imaging import decode_image
from primia_core.imaging.phantoms import CLASSES, phantom
from primia_core.imaging.square import squash
from primia_core.models.weights import load
from primia_core.mpc.model import secret_tensors
from primia_core.mpc.program.encoding import to_words
from primia_core.mpc.program.model import SecureModel
from tests.integration.canaries import Canaries, files_below, found_in
from tests.integration.consortium import Consortium
from tests.integration.harness import RunningPlatform
from tests.integration.released_model import release_model
from tests.integration.told import Told, diagnose, request, wait_for_state
from tests.workers.owner.models import SIZE, draw_pictures, keep_rates, weights_file
from workers.demo.institutions import enrol_institutions, wait_until_online
from workers.demo.people import make_people
from workers.demo.service import publish, wait_until_stocked
from workers.node.folder import NodeFolder
from workers.owner.prepared import MODEL

pytestmark = [pytest.mark.platform, pytest.mark.slow]

Record = Callable[[str, object], None]
PICTURE_PIXELS = 150


@dataclass
class Clinic:
    """An open service on a running platform, and a patient who asks it."""

    consortium: Consortium
    patient: Client
    service: str
    weights: Path
    picture: Path

    @property
    def platform(self) -> RunningPlatform:
        return self.consortium.platform

    def folder(self, role: str) -> NodeFolder:
        """Return a node's own folder."""
        return NodeFolder(self.platform.state.nodes / role)

    def plain_logits(self) -> np.ndarray:
        """Return what the plain network says of the picture."""
        grey = squash(decode_image(self.picture), SIZE).astype(np.float32) / 255
        given = torch.from_numpy((grey - np.float32(0.5)) / np.float32(0.25))[None, None]
        with torch.inference_mode():
            return load(self.weights).network()(given).numpy()[0]

    def hub_holds(self) -> Iterator[tuple[str, bytes]]:
        """Yield all that the hub keeps: tables and log of PostgreSQL, Redis, stored files, logs, and every row."""
        state = self.platform.state
        own = (state.nodes, state.sites)
        for place, content in files_below(state.path):
            if not any(folder in Path(place).parents for folder in own):
                yield place, content
        for (table,) in self.consortium.rows(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
        ):
            question = f"SELECT row_to_json(each)::text FROM {table} each"  # noqa: S608 - quoted by the database
            rows = self.consortium.rows(question)
            yield f"rows of {table}", "\n".join(text for (text,) in rows).encode()


@pytest.fixture(scope="module")
def module_clinic(module_platform: RunningPlatform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """Found a consortium, enrol four nodes, and publish a small network until its stock is full."""
    folder = tmp_path_factory.mktemp("clinic")
    module_platform.start()
    with closing(Consortium(module_platform, folder)) as consortium:
        access, nodes = consortium.access, module_platform.state.nodes
        weights, picture = folder / "trained.safetensors", folder / "patient.png"
        weights_file(weights)
        noise = np.random.default_rng(7).integers(-20, 21, (PICTURE_PIXELS, PICTURE_PIXELS))
        chest = phantom(CLASSES[1], size=PICTURE_PIXELS, seed=(8, 1)).astype(np.int64)
        Image.fromarray(np.clip(chest + noise, 0, 255).astype(np.uint8)).save(picture)
        version = release_model(consortium, weights, classes=CLASSES, size=SIZE)
        rows = enrol_institutions(consortium.url, nodes, consortium.client, access)
        keep_rates(nodes / "owner")
        draw_pictures(nodes / "owner" / "calibration", 40)
        wait_until_online(consortium.client, access, say=lambda line: None)
        service = publish(consortium.client, version, rows, title="Chest X-ray", stock=(2, 3))
        wait_until_stocked(consortium.client, service["id"], say=lambda line: None)
        slug = consortium.client.get(f"federations/{access.federation}")["slug"]
        token = make_people(consortium, slug, folder)["patient"].token
        with closing(Client(consortium.url, token)) as patient:
            yield Clinic(consortium, patient, service["id"], weights, picture)


@pytest.fixture
def clinic(module_clinic: Clinic, platform: RunningPlatform) -> Clinic:
    """The module's clinic, on a platform that runs."""
    return module_clinic


@pytest.fixture(scope="module")
def told(module_clinic: Clinic) -> Told:
    """One diagnosis that was sent, answered and collected."""
    return diagnose(module_clinic.patient, module_clinic.service, module_clinic.picture)


@pytest.fixture(scope="module")
def planted(module_clinic: Clinic, told: Told) -> Canaries:
    """Return picture, answer and shared model in every form."""
    canaries, opened = Canaries(), told.opened
    canaries.plant_bytes("picture file", module_clinic.picture.read_bytes())
    canaries.plant_bytes("picture", np.ascontiguousarray(decode_image(module_clinic.picture)).tobytes())
    canaries.plant_bytes("picture, resized", squash(decode_image(module_clinic.picture), SIZE).tobytes())
    canaries.plant_numbers("picture, as integers", told.integers)
    assert opened.logits is not None
    assert opened.probabilities is not None
    canaries.plant_reals("logits", opened.logits)
    canaries.plant_reals("probabilities", opened.probabilities)
    canaries.plant_numbers("logits, as integers", logit_integers(told))
    model = SecureModel.load(module_clinic.folder("owner").service(module_clinic.service) / MODEL)
    for tensor in secret_tensors(model.program):
        words = to_words(model.program, model.weights[tensor.name]).tobytes()
        if len(set(words)) > 16:
            canaries.plant_bytes("shared model", words)
    return canaries


def logit_integers(told: Told) -> np.ndarray:
    """Return the sum of both halves of the answer, as the parties computed it."""
    scale = told.signed.descriptor.output.scale
    assert told.opened.logits is not None
    return np.rint(np.array(told.opened.logits) * scale).astype(np.int64)


def halves_of_picture(clinic: Clinic, told: Told) -> list[np.ndarray]:
    """Return what each party opens of the request, with its own keys."""
    descriptor = told.signed.descriptor
    return [
        ReceivedShare.open(
            NodeIdentity.load(clinic.folder(f"p{party}").identity), told.shares[party], party=party,
            diagnosis=uuid.UUID(told.id), descriptor=descriptor, now=descriptor.created,
        ).words()
        for party in (0, 1)
    ]  # fmt: skip


def halves_of_answer(told: Told) -> list[np.ndarray]:
    """Return what each party put into its half of the answer."""
    descriptor, halves = told.signed.descriptor, []
    for answer in map(Answer.from_json, told.answers):
        _, payload = unframe(told.key.open(decode64(answer.sealed), answer_info(told.id, answer.party)))
        halves.append(np.frombuffer(payload, descriptor.output.width.dtype))
    return halves


def test_a_patient_gets_the_answer_of_the_plain_network(clinic: Clinic, told: Told, record_property: Record):
    opened = told.opened
    plain = clinic.plain_logits()
    assert opened.label == int(plain.argmax())
    assert np.abs(np.array(opened.logits) - plain).max() < 0.01
    record_property("seconds from picture to answer", round(told.seconds, 2))
    row = clinic.patient.get(f"diagnoses/{told.id}")
    assert row["state"] == "collected"
    with pytest.raises(ApiError) as again:
        clinic.patient.post(f"diagnoses/{told.id}/collect", {})
    assert (again.value.status, again.value.code) == (410, "diagnosis.collected")


def test_the_hub_never_holds_picture_answer_or_shared_model(clinic: Clinic, told: Told, planted: Canaries):
    seen: dict[str, set[str]] = {}
    known = {
        "sealed answer": told.answers[0]["sealed"].encode(),
        "service": clinic.service.encode(),
        "weights as trained": clinic.weights.read_bytes()[-64:],
        "diagnosis": told.id.encode(),
    }
    held = {}
    for place, content in clinic.hub_holds():
        if found := planted.found_in(content):
            held[place] = found
        for name, value in known.items():
            if value in content:
                seen.setdefault(name, set()).add(place)
    assert held == {}
    # The search reads what it says it reads: what may be there, is found there.
    assert any("pg_wal" in place for place in seen["sealed answer"]), seen
    assert any("appendonly" in place or place.endswith(".aof") for place in seen["service"]), seen
    assert any("artifacts" in place for place in seen["weights as trained"]), seen
    assert any("rows of diagnosis_diagnosis" in place for place in seen["diagnosis"]), seen
    assert any("logs" in place for place in seen["diagnosis"]), seen


def test_what_was_sealed_is_gone_at_the_hub_once_it_is_over(clinic: Clinic, told: Told):
    assert list((clinic.platform.state.storage / "sealed").iterdir()) == []
    for place, content in clinic.hub_holds():
        if not place.startswith("rows of "):
            continue
        assert told.answers[0]["sealed"].encode() not in content, place


@pytest.mark.parametrize("role", ["p0", "p1", "dealer"])
def test_no_single_node_ever_holds_picture_answer_or_model(clinic: Clinic, told: Told, planted: Canaries, role: str):
    assert found_in(planted, files_below(clinic.folder(role).path)) == {}
    if role == "dealer":
        return
    party = int(role == "p1")
    view = halves_of_picture(clinic, told)[party].tobytes() + halves_of_answer(told)[party].tobytes()
    assert planted.found_in(view) == set()


def test_both_parties_together_would_find_picture_and_answer(clinic: Clinic, told: Told, planted: Canaries):
    """What the search above is worth: added up, the same two views hold all of it."""
    first, second = halves_of_picture(clinic, told)
    picture = (first + second).astype(np.int32)
    assert "picture, as integers" in planted.found_in(picture.tobytes())
    first, second = halves_of_answer(told)
    answer = (first + second).astype(np.int32)
    assert "logits, as integers" in planted.found_in(answer.tobytes())
    scale = told.signed.descriptor.output.scale
    assert "logits" in planted.found_in(json.dumps([float(value) / scale for value in answer]).encode())


def test_the_owner_holds_the_model_and_so_the_search_can_find_it(clinic: Clinic, planted: Canaries):
    model = SecureModel.load(clinic.folder("owner").service(clinic.service) / MODEL)
    words = b"".join(
        to_words(model.program, model.weights[each.name]).tobytes() for each in secret_tensors(model.program)
    )
    assert "shared model" in planted.found_in(words)


def test_nobody_but_the_patient_sees_the_diagnosis(clinic: Clinic, told: Told):
    for address in (f"diagnoses/{told.id}", f"diagnoses/{told.id}/events"):
        with pytest.raises(ApiError):
            clinic.consortium.client.get(address)


def test_a_party_that_is_killed_costs_an_attempt_and_the_others_are_answered(clinic: Clinic):
    sent = [request(clinic.patient, clinic.service, clinic.picture) for _ in range(3)]
    wait_for_state(clinic.patient, sent[0], "computing", "answered")
    clinic.platform.kill("node-p0")
    for each in sent:
        row = wait_for_state(clinic.patient, each, "answered", "failed", within_s=180)
        if row["state"] == "failed":
            assert each is sent[0], row  # it may have been the one in whose middle the party died
            assert row["failure"]["next_step"]
            continue
        each.answers.extend(clinic.patient.post(f"diagnoses/{each.id}/collect", {})["answers"])
        assert np.abs(np.array(each.opened.logits) - clinic.plain_logits()).max() < 0.01
    assert list((clinic.platform.state.storage / "sealed").iterdir()) == []
