"""Rows of private trainings: what noise, rate and steps cost, by the accountant that a figure's name says.

A row gives `noise_multiplier` (or `sigma`), a rate (`sample_rate` or `q`, or `n` and `batch`), `steps` or `epochs`, and
`delta`. A figure named after `pld` is of privacy loss distributions, `prv` of Opacus' privacy random variables, `rdp`
of Renyi's divergence: dp-accounting's, or Opacus' own where the name says `opacus`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from primia_core.evaluation.errors import VectorsError
from primia_core.privacy.accounting import Steps, spent_by_rdp

Json = Any
Row = Mapping[str, Json]
Read = Callable[[Row], float]
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "noise": ("noise_multiplier", "sigma", "noise"),
    "rate": ("sample_rate", "sampling_rate", "sampling_probability", "q"),
    "images": ("n", "N", "samples", "dataset_size"),
    "batch": ("batch", "batch_size", "B", "L"),
    "steps": ("steps", "T", "iterations"),
    "epochs": ("epochs",),
    "delta": ("delta",),
}
SAID: Final = frozenset(name for names in NAMES.values() for name in names) | {
    "note",
    "description",
    "name",
    "tolerance",
}
"""What a row gives; everything else in it is expected."""


def is_rows(name: str, block: Json) -> bool:
    """Say whether a block holds rows of private trainings."""
    return name.split("_")[0] in ("dp", "privacy") or (
        name == "rows" and bool(_rows(block)) and _is_row(_rows(block)[0][1])
    )


def privacy_rows(name: str, block: Json) -> Iterator[tuple[str, Json, Callable[[], Json] | None]]:
    """Expect every figure of every row."""
    for where, row in _rows(block):
        if not isinstance(row, Mapping):
            yield f"{name}.{where}", row, None
            continue
        for figure, wanted in row.items():
            if figure in SAID:
                continue
            if isinstance(wanted, Mapping):  # figures in a block of their own
                for inner, value in wanted.items():
                    yield f"{name}.{where}.{figure}.{inner}", value, _compute(f"{figure}_{inner}", row)
            else:
                yield f"{name}.{where}.{figure}", wanted, _compute(figure, row)


def _rows(block: Json) -> list[tuple[str, Json]]:
    if isinstance(block, Mapping) and not _is_row(block):
        return list(block.items())
    if isinstance(block, Sequence) and not isinstance(block, str):
        return [(str(place), row) for place, row in enumerate(block)]
    return [("row", block)]


def _is_row(block: Json) -> bool:
    return isinstance(block, Mapping) and any(name in block for name in NAMES["noise"])


def _compute(figure: str, row: Row) -> Callable[[], Json] | None:
    name = figure.lower()
    known: tuple[tuple[bool, Read], ...] = (
        ("prv" in name, _prv),
        ("pld" in name, _pld),
        ("rdp" in name and "opacus" in name, _rdp_of_opacus),
        ("rdp" in name, lambda row: spent_by_rdp(_steps(row), _given(row, "delta"))),
        (name in ("epsilon", "eps", "epsilon_of_record"), _pld),
        (name in ("opacus", "epsilon_opacus"), _rdp_of_opacus),
        (name in ("derived_steps", "total_steps"), lambda row: _steps(row).count),
        (name in ("derived_rate", "rate"), lambda row: _steps(row).sample_rate),
    )
    return next((partial(read, row) for applies, read in known if applies), None)


def _pld(row: Row) -> float:
    """Return dp-accounting's figure at its own grid; ``privacy.accounting`` has a coarser one for large epsilons."""
    from primia_core.privacy.accountants import epsilon_by_loss_distribution

    steps = _steps(row)
    numbers = (steps.noise_multiplier, steps.sample_rate, steps.count)
    return epsilon_by_loss_distribution([numbers], _given(row, "delta"), roughly=0.0)


def _prv(row: Row) -> float:
    from opacus.accountants import PRVAccountant

    return _opacus(PRVAccountant(), row)


def _rdp_of_opacus(row: Row) -> float:
    from opacus.accountants import RDPAccountant

    return _opacus(RDPAccountant(), row)


def _opacus(accountant: Any, row: Row) -> float:
    steps = _steps(row)
    accountant.history = [(steps.noise_multiplier, steps.sample_rate, steps.count)]
    return float(accountant.get_epsilon(_given(row, "delta")))


def _steps(row: Row) -> Steps:
    rate = _found(row, "rate")
    if rate is None:
        rate = _given(row, "batch") / _given(row, "images")
    count = _found(row, "steps")
    if count is None:
        count = int(_given(row, "epochs") / rate)
    return Steps(_given(row, "noise"), rate, int(count))


def _given(row: Row, what: str) -> float:
    found = _found(row, what)
    if found is None:
        raise VectorsError(f"the row gives none of {list(NAMES[what])}; add one, or leave its figures out")
    return found


def _found(row: Row, what: str) -> float | None:
    return next((float(row[name]) for name in NAMES[what] if row.get(name) is not None), None)
