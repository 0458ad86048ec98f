"""Numbers and lists as reports write them: in one way everywhere, in English, whatever the machine's locale."""

from collections.abc import Sequence

from primia_core.evaluation.report import Figure

NONE = "–"
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
    """Return a count with thin groups of three digits."""
    return NONE if value is None else f"{value:,}".replace(",", "\u2009" if abs(value) >= 10_000 else "")


def percent(value: float | None, places: int = 1) -> str:
    """Return a share in percent."""
    return NONE if value is None else f"{decimal(100 * value, places)} %"


def p_value(value: float | None) -> str:
    """Return a p value; below a thousandth it says no more than that."""
    if value is None:
        return NONE
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def significant(value: float | None, digits: int = 3) -> str:
    """Return a number of any size with some digits."""
    return NONE if value is None else f"{value:.{digits}g}".replace("-", "−")


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
