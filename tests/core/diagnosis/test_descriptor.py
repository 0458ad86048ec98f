"""Both parties sign the same bytes, in one spelling, and nobody can change a field."""

import json
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from primia_core.canonical import canonical_json
from primia_core.diagnosis import Descriptor, SignedDescriptor, check, countersign, sign, verify
from primia_core.diagnosis.descriptor import Real
from primia_core.diagnosis.errors import (
    DescriptorError,
    DescriptorExpired,
    ForgedDescriptor,
    UnsignedDescriptor,
    UntrustedParty,
)
from tests.core.diagnosis.parties import NOW, described, node, party, signed

REAL = TypeAdapter(Real)


def leaves(value, path=()):
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


def with_leaf(value, path, leaf):
    copy = json.loads(json.dumps(value))
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = leaf
    return copy


@pytest.mark.parametrize("policy", ["logits", "label"])
@pytest.mark.parametrize("ring_bits", [32, 64])
def test_a_descriptor_survives_json_with_its_digest(policy, ring_bits):
    made = described(policy, ring_bits=ring_bits)
    read = Descriptor.from_json(json.loads(json.dumps(made.to_json())))
    assert read == made
    assert read.digest == made.digest
    assert canonical_json(read.to_json()) == canonical_json(made.to_json())


def test_no_number_in_it_is_a_float():
    assert not [path for path, leaf in leaves(described().to_json()) if isinstance(leaf, float)]
    assert described().to_json()["accuracy"]["largest_logit_error"] == "1e-07"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_real_number_survives_as_a_decimal_string(value):
    text = REAL.dump_python(value, mode="json")
    assert text == repr(value)
    assert REAL.validate_python(text) == value


@pytest.mark.parametrize("text", ["4.00", "4", "+4.0", " 4.0", "4_0.0", "1E-7", "nan", "inf", "-inf", "0x1p3", ""])
def test_a_real_number_has_one_spelling(text):
    with pytest.raises(ValidationError):
        REAL.validate_python(text)


def another(leaf):
    """Return a value of the same kind."""
    if isinstance(leaf, int):
        return leaf + 1
    if re.fullmatch(r"-?\d+\.\d+|1e-07", leaf):
        return "0.5"
    if re.fullmatch(r"[0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f-]{36}", leaf):
        return ("1" if leaf[0] == "0" else "0") + leaf[1:]
    return leaf.replace(":23Z", ":24Z") if leaf.endswith("Z") else f"{leaf}x"


def test_every_field_is_signed():
    whole = signed(described()).to_json()
    paths = [path for path, _ in leaves(whole["descriptor"])]
    forged = set()
    for path, leaf in leaves(whole["descriptor"]):
        with pytest.raises(DescriptorError) as refused:
            check(SignedDescriptor.from_json(with_leaf(whole, ("descriptor", *path), another(leaf))))
        if isinstance(refused.value, ForgedDescriptor):
            forged.add(path)
    unsound = {path for path in paths if path not in forged}
    assert {path[0] for path in unsound} <= {"version", "output", "input", "parties", "dealer", "owner", "created"}
    assert len(forged) >= 35


@pytest.mark.parametrize(
    ("path", "leaf"),
    [
        (("input", "limit"), "4.00"),
        (("input", "limit"), 4.0),
        (("input", "size"), "4"),
        (("created",), "2026-11-25T03:25:23+00:00"),
        (("created",), "2026-11-25T03:25:23.000000Z"),
        (("service",), "5E7A1C52-0F6E-4F3E-9A55-0C2F6B7A1D11"),
        (("epoch",), True),
        (("version",), 2),
        (("mask",), "0F" * 16),
        (("parties", 0, "origin"), "https://north.example/"),
        (("output", "words"), 4),
        (("output", "temperature"), "0.0"),
        (("price", "rounds"), -1),
        (("price", "rounds"), 2**53),
    ],
)
def test_another_spelling_or_value_is_refused(path, leaf):
    with pytest.raises(DescriptorError):
        Descriptor.from_json(with_leaf(described().to_json(), path, leaf))


def test_unknown_fields_are_refused():
    with pytest.raises(DescriptorError):
        Descriptor.from_json({**described().to_json(), "more": 1})


@pytest.mark.parametrize(
    "changes",
    [
        {"parties": (party("north"), party("north"))},
        {"dealer": node("north").public},
        {"expires": NOW - timedelta(days=2)},
        {"classes": ("one", "two")},
    ],
)
def test_a_descriptor_that_contradicts_itself_is_refused(changes):
    with pytest.raises(ValidationError):
        described(**changes)


def test_moments_are_whole_seconds_in_utc():
    made = described(expires=(NOW + timedelta(days=9, microseconds=7)).astimezone())
    assert made.to_json()["expires"] == "2026-12-05T03:25:23Z"


def test_a_service_expires():
    made = described()
    made.check_open(made.expires - timedelta(seconds=1))
    with pytest.raises(DescriptorExpired):
        made.check_open(made.expires)


def test_both_parties_must_have_signed():
    whole = signed(described())
    assert check(whole) == whole.descriptor
    for alone in (whole.signatures[:1], whole.signatures[1:], ()):
        with pytest.raises(UnsignedDescriptor):
            check(SignedDescriptor(descriptor=whole.descriptor, signatures=alone))


def test_a_party_signs_in_its_own_place_only():
    for name, role in (("south", "p0"), ("north", "p1"), ("north", "owner")):
        with pytest.raises(DescriptorError):
            sign(described(), node(name), role)


def test_signatures_belong_to_one_descriptor_one_role_and_one_signer():
    made = described()
    first, second = signed(made).signatures
    other = sign(described(epoch=8), node("north"), "p0")
    site = countersign(made, node("site").identity)
    wrong = [
        other,
        first.model_copy(update={"role": "p1"}),
        first.model_copy(update={"signature": second.signature}),
        first.model_copy(update={"signer": second.signer}),
        first.model_copy(update={"name": "somebody else"}),
        first.model_copy(update={"signature": "no base64"}),
        site.model_copy(update={"identity": None}),
        site.model_copy(update={"identity": node("other site").identity.public}),
        site.model_copy(update={"signer": node("other site").identity.public.fingerprint}),
    ]
    for signature in wrong:
        with pytest.raises(ForgedDescriptor):
            verify(made, signature)
        with pytest.raises(ForgedDescriptor):
            check(SignedDescriptor(descriptor=made, signatures=(first, second, signature)))


def test_a_forged_countersignature_spoils_the_whole_and_a_real_one_survives_json():
    whole = signed(described())
    site = countersign(whole.descriptor, node("site").identity)
    whole = whole.model_copy(update={"signatures": (*whole.signatures, site)})
    assert check(SignedDescriptor.from_json(json.loads(json.dumps(whole.to_json())))) == whole.descriptor


def test_a_requester_trusts_parties_or_who_vouches_for_them():
    whole = signed(described())
    north, south = (p.fingerprint for p in whole.descriptor.parties)
    check(whole, trusted=[north, south.upper()])
    for known in ([], [north], [south], [node("site").identity.public.fingerprint]):
        with pytest.raises(UntrustedParty):
            check(whole, trusted=known)
    site = countersign(whole.descriptor, node("site").identity)
    vouched = whole.model_copy(update={"signatures": (*whole.signatures, site)})
    check(vouched, trusted=[site.signer])
    with pytest.raises(UntrustedParty):
        check(vouched, trusted=[node("other site").identity.public.fingerprint])


@pytest.mark.parametrize("value", [None, [], {}, {"descriptor": {}}, {"descriptor": {}, "signatures": [], "x": 1}])
def test_what_is_no_signed_descriptor_is_refused(value):
    with pytest.raises(DescriptorError):
        SignedDescriptor.from_json(value)
