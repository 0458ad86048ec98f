"""What a prepared network costs and how close it sails to its limits, for people and as JSON. Decides nothing.

It tells magnitudes on the calibration images and of the weights: it belongs to the owner of the model.
"""

from collections.abc import Mapping, Sequence
from math import inf, log2

import numpy as np
from pydantic import BaseModel, ConfigDict

from primia_core.mpc.program.counts import OperationCount, count
from primia_core.mpc.program.encoding import Integers, input_limit
from primia_core.mpc.program.operations import Convolution, Linear, SecureProgram
from primia_core.mpc.program.peaks import FEW, Peaks

OUT_OF_RANGE = (
    "A sum beyond its limit gives a wrong value of at most {wire} bits, at most 2**{wire} units off, never an "
    "arbitrary ring element; the answer is then wrong and no party can see it. Plaintext replay finds it and names the "
    "layer. A requester whose pixels stay within the input limit and who treats logits far beyond those of calibration "
    "as no answer is warned."
)
COARSE = 7
"""Bits of a filter below which a report warns."""
SHOWN = ("input", "linear", "maximum", "relu", "lift", "weighted_pool")


class LayerReport(BaseModel):
    """One operation, or the stages of one max pool.

    Attributes:
        operation: position of the first of them in the program.
        scale: integer = scale * real.
        weight_bits: of the largest filter entry, without its sign.
        peak: largest magnitude on the calibration images.
        limit: largest magnitude that is computed right.
        headroom_bits: log2(limit / peak).
        multiplications: ring products with secret filters.
        signs: sign tests.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    operation: int
    place: str
    kind: str
    scale: float
    weight_bits: int | None = None
    peak: float | None = None
    limit: float | None = None
    headroom_bits: float | None = None
    multiplications: int = 0
    signs: int = 0


class Totals(BaseModel):
    """Of one image."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    multiplications: int
    relus: int
    comparisons: int
    truncations: int
    lifts: int
    opened_bytes: int
    weight_words: int


class Report(BaseModel):
    """What there is to know about a prepared network.

    Attributes:
        input_limit: largest magnitude of a normalised pixel; a requester refuses or clips beyond.
        images: that calibrated it.
        least_headroom_bits: of all sums.
        out_of_range: what happens to a value beyond its limit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: str
    program_digest: str
    input_scale: float
    input_limit: float
    images: int
    margin_bits: float
    least_headroom_bits: float
    layers: tuple[LayerReport, ...]
    totals: Totals
    warnings: tuple[str, ...]
    out_of_range: str

    def to_json(self) -> str:
        """Return the report as JSON."""
        return self.model_dump_json(indent=2)

    def table(self) -> str:
        """Return the report as text of aligned columns."""
        heads = ("place", "kind", "scale", "weight bits", "peak", "limit", "headroom", "products", "signs")
        lines = [heads, *(_line(layer) for layer in self.layers)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
        aligned = [
            "  ".join(
                cell.ljust(width) if column < 2 else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        ]
        totals = ", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in self.totals)
        notes = [f"note: {warning}" for warning in self.warnings]
        ends = [f"totals: {totals}", f"input limit: {self.input_limit:.4g} after normalisation", self.out_of_range]
        return "\n".join([*aligned, *ends, *notes])


def report(program: SecureProgram, weights: Mapping[str, Integers], peaks: Peaks, *, margin_bits: float) -> Report:
    """Describe a program with its integers and the peaks that its scales come from."""
    counts = count(program)
    layers = [
        _layer(program, weights, peaks, counted) for counted in _merged(counts.operations) if counted.kind in SHOWN
    ]
    widths = program.widths
    opened_bits = counts.total("opened_wide") * widths.ring_bits + counts.total("opened_narrow") * widths.wire_bits
    return Report(
        profile=program.profile,
        program_digest=program.digest,
        input_scale=program.scales[0],
        input_limit=input_limit(program),
        images=peaks.images,
        margin_bits=margin_bits,
        least_headroom_bits=min(
            (row.headroom_bits for row in layers if row.headroom_bits is not None), default=margin_bits
        ),
        layers=tuple(layers),
        totals=Totals(
            multiplications=counts.total("multiplications"),
            relus=counts.elements("relu"),
            comparisons=counts.elements("maximum"),
            truncations=counts.elements("truncate"),
            lifts=counts.elements("lift"),
            opened_bytes=opened_bits // 8,
            weight_words=counts.weight_words,
        ),
        warnings=tuple(_warnings(program, weights, peaks)),
        out_of_range=OUT_OF_RANGE.format(wire=widths.wire_bits),
    )


def _layer(
    program: SecureProgram, weights: Mapping[str, Integers], peaks: Peaks, counted: OperationCount
) -> LayerReport:
    index, scale = counted.operation, program.scales[counted.operation]
    shown = LayerReport(
        operation=index,
        place=counted.place,
        kind=counted.kind,
        scale=scale,
        multiplications=counted.multiplications,
        signs=counted.signs,
    )
    operation = program.operations[index]
    if counted.kind == "input":
        return shown.model_copy(update=_range(peaks.image, input_limit(program)))
    if not isinstance(operation, Linear):
        return shown
    bits = max(_filter_bits(operation, weights), default=None)
    limits = _range(peaks.sums[index], program.widths.sum_limit / scale)
    return shown.model_copy(update={"weight_bits": bits, **limits})


def _range(peak: float, limit: float) -> dict[str, float | None]:
    return {"peak": peak, "limit": limit, "headroom_bits": log2(limit / peak) if peak > 0 else None}


def _merged(counts: Sequence[OperationCount]) -> list[OperationCount]:
    """Take the stages of one max pool together."""
    merged: list[OperationCount] = []
    for counted in counts:
        before = merged[-1] if merged else None
        if before and (before.kind, before.place) == (counted.kind, counted.place) == ("maximum", counted.place):
            signs = before.signs + counted.signs
            merged[-1] = OperationCount(
                before.operation, "maximum", before.place, counted.elements, signs=signs, opened_narrow=signs
            )
        else:
            merged.append(counted)
    return merged


def _warnings(program: SecureProgram, weights: Mapping[str, Integers], peaks: Peaks) -> list[str]:
    found = []
    if peaks.images < FEW:
        found.append(f"only {peaks.images} images calibrated this; {FEW} or more make the headroom trustworthy")
    rectified = _rectified(program)
    for index, peak in peaks.sums.items():
        place = program.places[index]
        if peak == 0:
            found.append(f"{place} is zero on all calibration images; its scale is a guess")
        elif peaks.highest.get(index, inf) <= 0 and index in rectified:
            found.append(f"{place} is never active: its ReLU gave zero on all calibration images")
    for index, operation in enumerate(program.operations):
        if not isinstance(operation, Linear):
            continue
        bits = min(filter(None, _filter_bits(operation, weights)), default=COARSE)
        if bits < COARSE:
            found.append(
                f"the weights of {program.places[index]} keep {bits} bits, because what they read comes from wide "
                "average pools; take the precise profile if accuracy suffers"
            )
    return found


def _filter_bits(operation: Linear, weights: Mapping[str, Integers]) -> list[int]:
    """Return the bits of the largest entry of each filter."""
    names = [term.weight for term in operation.terms if isinstance(term, Convolution)]
    return [int(np.abs(weights[name]).max()).bit_length() for name in names]


def _rectified(program: SecureProgram) -> set[int]:
    """Return the sums that go, perhaps through a max pool, into a positive part."""
    origin: dict[int, int] = {}
    found = set()
    for index, operation in enumerate(program.operations):
        if operation.kind == "truncate":
            origin[index] = operation.source
        elif operation.kind == "maximum":
            origin[index] = origin[operation.left]
        elif operation.kind == "relu":
            found.add(origin[operation.source])
    return found


def _line(layer: LayerReport) -> tuple[str, ...]:
    def number(value: float | None) -> str:
        return "" if value is None else f"{value:.4g}"

    return (
        layer.place,
        layer.kind,
        number(layer.scale),
        "" if layer.weight_bits is None else str(layer.weight_bits),
        number(layer.peak),
        number(layer.limit),
        "" if layer.headroom_bits is None else f"{layer.headroom_bits:.2f}",
        f"{layer.multiplications:,}" if layer.multiplications else "",
        f"{layer.signs:,}" if layer.signs else "",
    )
