"""The committed vectors hold, refusals included; the browser's code is checked with the same file."""

import json
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from primia_core.canonical import canonical_json, sha256_hex
from primia_core.diagnosis import (
    AnswerKey,
    LogEntry,
    Result,
    SignedDescriptor,
    check,
    open_answers,
    share_info,
    verify_log,
)
from primia_core.diagnosis.errors import AnswerError, DiagnosisError, LogError, Unsealable
from primia_core.diagnosis.framing import frame, unframe
from primia_core.diagnosis.input import normalised, table
from primia_core.diagnosis.request import ShareHeader, request_digest
from primia_core.diagnosis.results import certainty
from primia_core.imaging import squash
from primia_core.mpc.dealing import draw
from primia_core.mpc.profile import Width
from primia_core.mpc.randomness import Stream
from primia_core.secagg import PublicIdentity
from primia_core.secagg.errors import ForgedSignature
from tests.core.diagnosis.resize_twin import squashed

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "diagnosis.json").read_text())


def key(vector):
    read = AnswerKey.from_pem(vector["pem"].encode())
    assert read.public.hex() == vector["public"]
    return read


def descriptor(index):
    return check(SignedDescriptor.from_json(VECTORS["descriptors"][index]["signed"]))


@pytest.mark.parametrize("case", VECTORS["hpke"]["cases"])
def test_sealed_bytes_open(case):
    opened = key(VECTORS["hpke"]["key"]).open(bytes.fromhex(case["sealed"]), case["info"].encode())
    assert opened.hex() == case["plaintext"]


@pytest.mark.parametrize("case", VECTORS["hpke"]["refused"], ids=lambda case: case["why"])
def test_other_sealed_bytes_do_not(case):
    with pytest.raises(Unsealable):
        key(VECTORS["hpke"]["key"]).open(bytes.fromhex(case["sealed"]), case["info"].encode())


@pytest.mark.parametrize("case", VECTORS["expansion"], ids=lambda case: f"{case['words']} of {case['ring_bits']}")
def test_a_seed_expands_to_the_partys_draw(case):
    words = draw(Stream(bytes.fromhex(case["seed"]), 0), case["words"], Width(case["ring_bits"]))
    assert words.tobytes().hex() == case["bytes"]
    assert str(words[-1]) == case["last"]


@pytest.mark.parametrize("case", VECTORS["canonical"])
def test_canonical_json(case):
    assert canonical_json(case["value"]).hex() == case["bytes"]
    assert sha256_hex(case["value"]) == case["sha256"]


@pytest.mark.parametrize("case", VECTORS["frames"])
def test_frames(case):
    header, payload = json.loads(case["header"]), bytes.fromhex(case["payload"])
    assert frame(header, payload).hex() == case["bytes"]
    assert unframe(bytes.fromhex(case["bytes"])) == (header, payload)


def test_signatures():
    vector = VECTORS["ed25519"]
    identity = PublicIdentity.from_json(vector["identity"])
    assert identity.fingerprint == vector["fingerprint"]
    identity.verify(bytes.fromhex(vector["message"]), bytes.fromhex(vector["signature"]))
    for wrong in vector["refused"]:
        with pytest.raises(ForgedSignature):
            identity.verify(bytes.fromhex(wrong["message"]), bytes.fromhex(wrong["signature"]))


@pytest.mark.parametrize("index", range(len(VECTORS["descriptors"])))
def test_descriptors(index):
    vector, read = VECTORS["descriptors"][index], descriptor(index)
    assert read.digest == vector["digest"]
    nodes = (*read.parties, read.dealer, read.owner)
    assert [node.fingerprint for node in nodes] == vector["fingerprints"]
    assert table(read.input).tolist() == vector["table"]
    plane = np.frombuffer(bytes.fromhex(vector["plane"]), np.uint8).reshape(read.input.size, -1)
    assert normalised(plane, read).reshape(-1).tolist() == vector["integers"]


@pytest.mark.parametrize("case", VECTORS["refused_descriptors"], ids=lambda case: case["why"])
def test_other_descriptors_are_refused(case):
    with pytest.raises(DiagnosisError):
        check(SignedDescriptor.from_json(case["signed"]))


def test_the_log():
    verify_log([LogEntry.from_json(row) for row in VECTORS["log"]["entries"]])


@pytest.mark.parametrize("case", VECTORS["log"]["refused"], ids=lambda case: case["why"])
def test_other_logs_are_refused(case):
    with pytest.raises(LogError):
        verify_log([LogEntry.from_json(row) for row in case["entries"]])


@pytest.mark.parametrize("case", VECTORS["requests"], ids=["logits", "label"])
def test_requests_open_and_add_up(case):
    asked = descriptor(case["descriptor"])
    payloads = []
    for party in (0, 1):
        sealing = key(VECTORS["descriptors"][case["descriptor"]]["keys"][party])
        plaintext = sealing.open(bytes.fromhex(case["sealed"][party]), share_info(asked.service, party))
        assert plaintext.hex() == case["plaintexts"][party]
        header, payload = unframe(plaintext)
        assert request_digest(ShareHeader.model_validate(header)).hex() == case["digest"]
        payloads.append(payload)
    width = asked.input.width
    total = np.frombuffer(payloads[1], width.dtype) + draw(Stream(payloads[0], 0), len(case["integers"]), width)
    assert total.view(np.int32 if width.bits == 32 else np.int64).tolist() == case["integers"]


@pytest.mark.parametrize("case", VECTORS["requests"], ids=["logits", "label"])
def test_answers_open(case):
    asked, want = descriptor(case["descriptor"]), case["opened"]
    opened = open_answers(asked, *requester(case), case["answers"], request_digest=bytes.fromhex(case["digest"]))
    assert (opened.label, opened.plausible) == (want["label"], want["plausible"])
    assert opened.logits == (want["logits"] and tuple(want["logits"]))
    assert opened.probabilities == (want["probabilities"] and pytest.approx(want["probabilities"], abs=1e-12))
    assert opened.entropy == (want["entropy"] and pytest.approx(want["entropy"], abs=1e-12))
    assert Result.of(opened, asked).certainty == want["certainty"]


@pytest.mark.parametrize("case", VECTORS["requests"], ids=["logits", "label"])
def test_other_answers_are_refused(case):
    for refused in case["refused"]:
        with pytest.raises(AnswerError) as error:
            open_answers(
                descriptor(case["descriptor"]),
                *requester(case),
                refused["answers"],
                request_digest=bytes.fromhex(case["digest"]),
            )
        assert error.value.code == refused["code"], refused["why"]


def requester(case):
    return UUID(case["diagnosis"]), key(case["answer_key"])


@pytest.mark.parametrize("case", VECTORS["certainty"])
def test_certainty(case):
    assert certainty(case["margin"], case["entropy"], plausible=case["plausible"]) == case["certainty"]


@pytest.mark.parametrize("case", VECTORS["resize"], ids=lambda c: f"{c['height']}x{c['width']} to {c['size']}")
def test_pictures_are_resized_alike(case):
    picture = resizable(case)
    assert squash(picture, case["size"]).tobytes().hex() == case["squashed"]
    assert squashed(picture, case["size"]).tobytes().hex() == case["squashed"]


def resizable(case):
    if "float32" in case:
        flat = np.frombuffer(bytes.fromhex(case["float32"]), np.float32)
    else:
        flat = np.frombuffer(bytes.fromhex(case["grey"]), np.uint8).astype(np.float32) / np.float32(255)
    return flat.reshape(case["height"], case["width"])


def test_luminance():
    rgb = np.frombuffer(bytes.fromhex(VECTORS["luminance"]["rgb"]), np.uint8).reshape(-1, 3).astype(np.int64)
    grey = (rgb @ [19595, 38470, 7471] + 0x8000) >> 16
    assert grey.astype(np.uint8).tobytes().hex() == VECTORS["luminance"]["grey"]
