"""Every level agrees with the committed vectors, wrong keys included: those give wrong results, and always the same."""

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from primia_core.mpc import kernels
from primia_core.mpc.kernels.blocks import grouped
from primia_core.mpc.kernels.reference.hashing import hashed

VECTORS = Path(__file__).parent / "vectors"


def read(name):
    return json.loads((VECTORS / name).read_text())


def blocks(text, *shape):
    return np.frombuffer(bytes.fromhex(text), np.uint64).reshape(*shape, 2).copy()


def fixed(vector):
    return kernels.FixedKeys(**{name: bytes.fromhex(key) for name, key in vector["fixed"].items()})


def test_hash():
    vector = read("hash.json")
    for case in vector["cases"]:
        got = hashed(bytes.fromhex(vector["key"]), blocks(case["x"], 1))
        assert got.tobytes().hex() == case["hash"]


@pytest.fixture
def comparison(level):
    return read("comparison.json")


def evaluate_comparison(vector, roots, key):
    x = np.array(vector["x"], np.uint16)
    return [kernels.comparison_evaluate(b, x, vector["bits"], roots[b], key, fixed(vector)) for b in (0, 1)]


def test_comparison_keys_are_dealt_as_committed(comparison):
    threshold = np.array(comparison["threshold"], np.uint16)
    roots = [blocks(root, len(threshold)) for root in comparison["roots"]]
    key = kernels.comparison_generate(threshold, comparison["bits"], *roots, fixed(comparison))
    np.testing.assert_array_equal(key, grouped(blocks(comparison["key"], key.shape[1], len(threshold))))
    shares = evaluate_comparison(comparison, roots, key)
    np.testing.assert_array_equal(shares, comparison["shares"])
    np.testing.assert_array_equal(shares[0] ^ shares[1], np.less(comparison["x"], comparison["threshold"]))


def test_wrong_comparison_keys_and_roots_give_the_committed_wrong_results(comparison):
    count = len(comparison["threshold"])
    want = np.less(comparison["x"], comparison["threshold"])
    for negative in comparison["negative"]:
        roots = [blocks(root, count) for root in comparison["roots"]]
        rows = blocks(comparison["key"], 3, count)
        if negative.get("swap"):
            roots.reverse()
        else:
            rows[negative["row"]] ^= blocks(negative["xor"])
        shares = evaluate_comparison(comparison, roots, grouped(rows))
        np.testing.assert_array_equal(shares, negative["shares"], err_msg=negative["what"])
        assert negative["wrong"]
        assert np.flatnonzero((shares[0] ^ shares[1]) != want).tolist() == negative["wrong"]


@pytest.fixture(params=[0, 1], ids=["uint32", "uint64"])
def dcf(level, request):
    whole = read("dcf.json")
    return whole["cases"][request.param] | {"fixed": whole["fixed"]}


def dealt(vector):
    threshold, ring = np.array(vector["threshold"], np.uint16), np.dtype(vector["ring"])
    payload = np.array([[int(word) for word in row] for row in vector["payload"]], ring)
    roots = [blocks(root, len(threshold)) for root in vector["roots"]]
    key = kernels.dcf_generate(threshold, payload, vector["bits"], *roots, fixed(vector))
    return payload * np.less(vector["x"], threshold)[:, None], roots, key


def evaluate_dcf(vector, roots, key):
    x, w = np.array(vector["x"], np.uint16), len(vector["payload"][0])
    bits, ring = vector["bits"], vector["ring"]
    return [kernels.dcf_evaluate(b, x, bits, roots[b], key, fixed(vector), ring, w) for b in (0, 1)]


def as_text(shares):
    return [[[str(word) for word in row] for row in share.tolist()] for share in shares]


def test_payload_keys_are_dealt_as_committed(dcf):
    want, roots, key = dealt(dcf)
    assert sha256(key.tobytes()).hexdigest() == dcf["key_sha256"]
    shares = evaluate_dcf(dcf, roots, key)
    assert as_text(shares) == dcf["shares"]
    np.testing.assert_array_equal(shares[0] + shares[1], want)


def test_wrong_payload_keys_and_roots_give_the_committed_wrong_results(dcf):
    for negative in dcf["negative"]:
        want, roots, key = dealt(dcf)
        if negative.get("swap"):
            roots.reverse()
        else:
            key.view(np.uint8)[0, negative["byte"] : 16 * negative["elements"] : 16] ^= 1
        shares = evaluate_dcf(dcf, roots, key)
        assert as_text(shares) == negative["shares"], negative["what"]
        assert negative["wrong"]
        assert np.flatnonzero(np.any(shares[0] + shares[1] != want, axis=1)).tolist() == negative["wrong"]
