"""Write tests/vectors/diagnosis.json anew: ``python -m tests.core.diagnosis.write_vectors``.

Both languages check themselves with the committed file. Keys and seals are random, so a new file has other bytes and
means the same.
"""

import base64
import json
from datetime import timedelta
from pathlib import Path
from secrets import token_bytes
from typing import Any

import numpy as np
from cryptography.hazmat.primitives import serialization
from PIL import Image

from primia_core.canonical import canonical_json, sha256_hex
from primia_core.diagnosis import AnswerKey, LogEntry, Result, countersign, open_answers, seal, share_info, sign
from primia_core.diagnosis.framing import frame
from primia_core.diagnosis.input import normalised, table
from primia_core.diagnosis.results import certainty
from primia_core.imaging import squash
from primia_core.mpc.dealing import draw
from primia_core.mpc.profile import Width
from primia_core.mpc.randomness import Stream
from tests.core.diagnosis.parties import DIAGNOSIS, NOW, SERVICE, Asked, described, node, signed

FILE = Path(__file__).parents[2] / "vectors" / "diagnosis.json"


def jwk(key: AnswerKey) -> dict[str, str]:
    """Return a private key as WebCrypto imports it."""
    numbers = serialization.load_pem_private_key(key.to_pem(), None).private_numbers()
    public = numbers.public_numbers
    parts = {"d": numbers.private_value, "x": public.x, "y": public.y}
    text = {name: base64.urlsafe_b64encode(n.to_bytes(32, "big")).rstrip(b"=").decode() for name, n in parts.items()}
    return {"kty": "EC", "crv": "P-256", **text}


def key_of(key: AnswerKey) -> dict[str, Any]:
    return {"pem": key.to_pem().decode(), "jwk": jwk(key), "public": key.public.hex()}


def changed(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def hpke() -> dict[str, Any]:
    key, other = AnswerKey.create(), AnswerKey.create()
    info = share_info(SERVICE, 1)
    contents = [b"", b"one", bytes(range(256)), "grüß 🫁".encode()]
    cases = [{"info": info.decode(), "plaintext": c.hex(), "sealed": seal(key.public, c, info).hex()} for c in contents]
    sealed = seal(key.public, b"content", info)
    refused = [
        {"why": "another purpose", "info": share_info(SERVICE, 0).decode(), "sealed": sealed.hex()},
        {"why": "a changed one-time key", "info": info.decode(), "sealed": changed(sealed, 40).hex()},
        {"why": "a changed ciphertext", "info": info.decode(), "sealed": changed(sealed, 66).hex()},
        {"why": "a changed tag", "info": info.decode(), "sealed": changed(sealed, len(sealed) - 1).hex()},
        {"why": "cut short", "info": info.decode(), "sealed": sealed[:-1].hex()},
        {"why": "another key", "info": info.decode(), "sealed": seal(other.public, b"content", info).hex()},
    ]
    return {"key": key_of(key), "cases": cases, "refused": refused}


def expansion() -> list[dict[str, Any]]:
    cases = []
    for bits in (32, 64):
        for count in (1, 3, 4, 5, 63, 1000):
            seed = token_bytes(32)
            words = draw(Stream(seed, 0), count, Width(bits))
            case = {"seed": seed.hex(), "ring_bits": bits, "words": count, "bytes": words.tobytes().hex()}
            cases.append({**case, "last": str(int(words[-1]))})
    return cases


def canonical() -> list[dict[str, Any]]:
    values = [
        {}, {"b": 1, "a": [True, False, None, -7, 0, 2**53 - 1]}, {"é": "ß", "z": "\U0001fac1", "Z": "", "": [[]]},
        {"text": 'quote " slash / back \\ tab \t line \n return \r bell \x07 delete \x7f separator \u2028 \u2029'},
        {"real": "1.0", "small": "1e-07", "large": "1e+16", "nested": {"y": {"x": []}, "10": 1, "9": 2}},
    ]  # fmt: skip
    return [{"value": value, "bytes": canonical_json(value).hex(), "sha256": sha256_hex(value)} for value in values]


def frames() -> list[dict[str, str]]:
    return [
        {"header": json.dumps(header), "payload": payload.hex(), "bytes": frame(header, payload).hex()}
        for header, payload in (({"v": 1, "b": "é", "a": 0}, b""), ({"party": 1}, bytes(range(40))))
    ]


def descriptors() -> list[dict[str, Any]]:
    cases = []
    for descriptor in (described(), described("label", ring_bits=64, channels=1, size=5)):
        whole = signed(descriptor)
        more = (sign(descriptor, node("owner"), "owner"), countersign(descriptor, node("site").identity))
        whole = whole.model_copy(update={"signatures": (*whole.signatures, *more)})
        nodes = [*descriptor.parties, descriptor.dealer, descriptor.owner]
        case = {"signed": whole.to_json(), "digest": descriptor.digest, "fingerprints": [n.fingerprint for n in nodes]}
        greys = np.arange(25, dtype=np.uint8)[: descriptor.input.size**2].reshape(-1, descriptor.input.size) + 90
        case["table"] = [int(value) for value in table(descriptor.input)]
        case["plane"] = greys.tobytes().hex()
        case["integers"] = [int(value) for value in normalised(greys, descriptor).reshape(-1)]
        case["keys"] = [key_of(node(name)._sealing) for name in ("north", "south")]
        cases.append(case)
    return cases


def refused_descriptors() -> list[dict[str, Any]]:
    whole, other = signed(described()).to_json(), signed(described(epoch=8)).to_json()
    first, second = whole["signatures"]
    forged = {**first, "signature": other["signatures"][0]["signature"]}
    swapped = {**whole["descriptor"], "parties": whole["descriptor"]["parties"][::-1]}
    strange = {**whole["descriptor"]["parties"][0], "sealing_key": whole["descriptor"]["parties"][1]["sealing_key"]}
    replaced = {**whole["descriptor"], "parties": [strange, whole["descriptor"]["parties"][1]]}
    spelt = {**whole["descriptor"], "input": {**whole["descriptor"]["input"], "limit": "4.00"}}
    return [
        {"why": "party 1 has not signed", "signed": {**whole, "signatures": [first]}},
        {"why": "party 0 has signed another descriptor", "signed": {**whole, "signatures": [forged, second]}},
        {"why": "one field was changed", "signed": {**whole, "descriptor": {**whole["descriptor"], "epoch": 9}}},
        {"why": "the parties were swapped", "signed": {**whole, "descriptor": swapped}},
        {"why": "a sealing key was put in", "signed": {**whole, "descriptor": replaced}},
        {"why": "a number is spelt in another way", "signed": {**whole, "descriptor": spelt}},
    ]


def ed25519() -> dict[str, Any]:
    signer, message = node("north"), b"primia answer v1\0" + bytes(range(50))
    signature = signer.sign(message)
    document = json.loads(signer.identity.public.document)
    return {
        "identity": signer.identity.public.to_json(),
        "fingerprint": signer.identity.public.fingerprint,
        "public_key": base64.urlsafe_b64decode(document["verificationMethod"][0]["publicKeyJwk"]["x"] + "=").hex(),
        "message": message.hex(),
        "signature": signature.hex(),
        "refused": [
            {"message": changed(message, 20).hex(), "signature": signature.hex()},
            {"message": message.hex(), "signature": changed(signature, 0).hex()},
            {"message": message.hex(), "signature": node("south").sign(message).hex()},
        ],
    }


def log() -> dict[str, Any]:
    digest = described().digest
    entries: list[LogEntry] = []
    steps = (("published", {}), ("countersigned", {"name": "Krankenhaus Süd", "seen": 3}), ("closed", {"by": "owner"}))
    for hours, (kind, detail) in enumerate(steps):
        at = NOW + timedelta(hours=hours)
        previous = entries[-1] if entries else None
        entries.append(LogEntry.after(previous, kind=kind, service=SERVICE, digest=digest, detail=detail, at=at))
    rows = [entry.to_json() for entry in entries]
    return {
        "entries": rows,
        "refused": [
            {"why": "a gap", "entries": [rows[0], rows[2]]},
            {"why": "the beginning is missing", "entries": rows[1:]},
            {"why": "a detail was changed", "entries": [rows[0], {**rows[1], "detail": {"name": "x"}}, rows[2]]},
            {"why": "a time was changed", "entries": [{**rows[0], "at": "2026-11-26T03:25:24Z"}, *rows[1:]]},
            {"why": "two entries were swapped", "entries": [rows[0], rows[2], rows[1]]},
        ],
    }


def requests(known: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return whole requests for the descriptors of the file, with their answers."""
    cases = []
    whole = (
        (described(), [9000, -123456, 40960]),
        (described("label", ring_bits=64, channels=1, size=5), [2]),
    )
    for index, (descriptor, values) in enumerate(whole):
        assert descriptor.digest == known[index]["digest"]
        asked = Asked(descriptor)
        plaintexts = [
            node(name).open(asked.request.shares[party], share_info(SERVICE, party))
            for party, name in enumerate(("north", "south"))
        ]
        answers = asked.answers(values)
        opened = open_answers(descriptor, DIAGNOSIS, asked.key, answers, request_digest=asked.request.digest)
        result = Result.of(opened, descriptor)
        another = Asked(descriptor)
        rows = [answer.to_json() for answer in answers]
        later = [answer.to_json() for answer in asked.answers(values, session=b"t" * 32)]
        cases.append(
            {
                "descriptor": index,
                "diagnosis": str(DIAGNOSIS),
                "answer_key": key_of(asked.key),
                "integers": [int(value) for value in asked.integers.reshape(-1)],
                "plaintexts": [plaintext.hex() for plaintext in plaintexts],
                "sealed": [share.hex() for share in asked.request.shares],
                "digest": asked.request.digest.hex(),
                "answers": rows,
                "opened": {
                    "label": opened.label,
                    "logits": opened.logits,
                    "probabilities": opened.probabilities,
                    "entropy": opened.entropy,
                    "plausible": opened.plausible,
                    "margin": result.margin,
                    "certainty": result.certainty,
                },
                "refused": [
                    {"why": "one party alone", "code": "answer.incomplete", "answers": rows[:1]},
                    {"why": "one party twice", "code": "answer.incomplete", "answers": [rows[0], rows[0]]},
                    {
                        "why": "signed by the other party",
                        "code": "answer.forged",
                        "answers": [{**rows[0], "party": 1}, {**rows[1], "party": 0}],
                    },
                    {
                        "why": "a changed byte",
                        "code": "answer.forged",
                        "answers": [{**rows[0], "sealed": later[0]["sealed"]}, rows[1]],
                    },
                    {"why": "two computations", "code": "answer.mismatch", "answers": [rows[0], later[1]]},
                    {
                        "why": "sealed for another key",
                        "code": "answer.wrong_request",
                        "answers": [answer.to_json() for answer in another.answers(values)],
                    },
                ],
            }
        )
    return cases


def certainties() -> list[dict[str, Any]]:
    return [
        {"margin": margin, "entropy": entropy, "plausible": plausible,
         "certainty": certainty(margin, entropy, plausible=plausible)}
        for margin, entropy, plausible in (
            (0.9, 0.2, True), (0.9, 0.2, False), (0.6, 0.75, True), (0.59, 0.5, True), (0.7, 0.8, True),
            (0.15, 0.95, True), (0.14, 0.5, True), (0.3, 0.96, True), (None, None, True), (None, None, False),
        )
    ]  # fmt: skip


def resizes() -> list[dict[str, Any]]:
    """Return small pictures and what becomes of them: down, up, both, one side alone, not at all; bytes and floats."""
    cases = []
    for height, width, size in ((37, 53, 8), (9, 5, 16), (31, 7, 12), (8, 8, 8), (8, 21, 8), (13, 8, 8), (3, 1, 4),
                                (64, 48, 7), (1, 1, 3), (10, 100, 11)):  # fmt: skip
        grey = np.frombuffer(token_bytes(height * width), np.uint8).reshape(height, width)
        small = squash(grey.astype(np.float32) / np.float32(255), size)
        case = {"height": height, "width": width, "size": size, "grey": grey.tobytes().hex()}
        cases.append({**case, "squashed": small.tobytes().hex()})
    ramp = (np.arange(19 * 23, dtype=np.float32) / np.float32(19 * 23)).reshape(19, 23)
    case = {"height": 19, "width": 23, "size": 6, "float32": ramp.tobytes().hex()}
    return [*cases, {**case, "squashed": squash(ramp, 6).tobytes().hex()}]


def luminance() -> dict[str, str]:
    rgb = np.frombuffer(token_bytes(3 * 500) + bytes([0] * 3 + [255] * 3 + [255, 0, 0, 0, 255, 0, 0, 0, 255]), np.uint8)
    grey = np.asarray(Image.fromarray(rgb.reshape(1, -1, 3)).convert("L"))
    return {"rgb": rgb.tobytes().hex(), "grey": grey.tobytes().hex()}


def main() -> None:
    known = descriptors()
    vectors = {
        "hpke": hpke(),
        "expansion": expansion(),
        "canonical": canonical(),
        "frames": frames(),
        "ed25519": ed25519(),
        "descriptors": known,
        "refused_descriptors": refused_descriptors(),
        "log": log(),
        "requests": requests(known),
        "certainty": certainties(),
        "resize": resizes(),
        "luminance": luminance(),
    }
    FILE.write_text(json.dumps(vectors, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
