"""Numbers and lists as reports write them: in one way everywhere, in English, whatever the machine's locale."""

from collections.abc import Sequence
from datetime import datetime
from math import floor, log10
from typing import Final

from primia_core.evaluation.report import Figure

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
NONE: Final = "–"
"""Where nothing defines a figure."""


def decimal(value: float | None, places: int = 3) -> str:
    """Return a figure with its decimals and a real minus sign."""
    if value is None:
        return NONE
    written = f"{value:.{places}f}"
    return written.replace("-", "−") if float(written) else written.lstrip("-")


def interval(figure: Figure | None, places: int = 3) -> str:
    """Return a figure with its interval, e.g. ``0.871 (0.842 to 0.896)``."""
    if figure is None or figure.value is None:
        return NONE
    if figure.low is None or figure.high is None:
        return decimal(figure.value, places)
    return f"{decimal(figure.value, places)} ({decimal(figure.low, places)} to {decimal(figure.high, places)})"


def count(value: int | None) -> str:
    """Return a count with groups of three digits."""
    return NONE if value is None else f"{value:,}".replace(",", "\u00a0" if abs(value) >= 10_000 else "")


def percent(value: float | None, places: int = 1) -> str:
    """Return a share in percent."""
    return NONE if value is None else f"{decimal(100 * value, places)}\u00a0%"


def p_value(value: float | None) -> str:
    """Return a p value; below a thousandth it says no more than that."""
    if value is None:
        return NONE
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def significant(value: float | None, digits: int = 3) -> str:
    """Return a number of any size with so many digits."""
    if value is None:
        return NONE
    if value and not 1e-4 <= abs(value) < 1e6:
        return power(value)
    return f"{value:#.{digits}g}".rstrip(".").replace("-", "−")


def power(value: float) -> str:
    """Return a number as a power of ten, e.g. ``2 × 10⁻⁵``, without digits that it does not need."""
    if value == 0:
        return "0"
    exponent = floor(log10(abs(value)))
    factor = value / 10.0**exponent
    raised = f"10{str(exponent).translate(RAISED)}"
    return raised if f"{factor:.3g}" == "1" else f"{factor:.3g} × {raised}".replace("-", "−")


def moment(value: datetime) -> str:
    """Return a date and time, to the minute."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}, {value:%H:%M} UTC"


def listed(words: Sequence[str]) -> str:
    """Return words as a sentence lists them."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def plural(number: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def size(size_bytes: int | None) -> str:
    """Return a file's size."""
    if size_bytes is None:
        return NONE
    if size_bytes < 10**6:
        return f"{size_bytes / 1e3:.1f} kB"
    return f"{size_bytes / 1e6:.1f} MB"
