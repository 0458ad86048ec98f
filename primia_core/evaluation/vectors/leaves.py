"""What a set expects, value by value, each with all that stands around it. Knows no figure.

A set holds cases and, in blocks, what is expected of them. Names of cases, settings and texts are told from names of
what is expected here; nothing else is passed over.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from primia_core.evaluation.errors import VectorsError
from primia_core.evaluation.vectors import privacy_rows
from primia_core.evaluation.vectors.cases import RATERS, are_answers, is_role, is_truth
from primia_core.evaluation.vectors.group_tests import MEASURED, unnamed_groups
from primia_core.evaluation.vectors.labels import NAMED_BY, POSITIVE
from primia_core.evaluation.vectors.likeness import GIVEN

Json = Any
Content = Mapping[str, Json]
TEXTS: Final = frozenset(
    {
        *("description", "note", "notes", "comment", "comments", "remark", "remarks", "caveat", "warning", "why"),
        *("source", "citation", "reference", "paper", "doi", "url", "origin", "provenance", "library", "version"),
        *("convention", "conventions", "definition", "formula", "interpretation", "rule", "unit", "units"),
        *("title", "task", "type", "mechanism", "sampling", "neighbouring", "positive_is"),
    }
)
FLAGS: Final[Mapping[str, Mapping[bool, str]]] = {
    "equal_var": {True: "student", False: "welch"},
    "correction": {True: "cc", False: "chi2"},
    "exact": {True: "exact", False: "chi2"},
}
"""Yes and no that speak for what stands beside them, as the words that they are."""
CALLED: Final = ("name", "rater", "model", "group", "id")
"""What says the name of a rater or group in a list of them."""
LABELS: Final = frozenset({"name", "id", "seed", "case"})
"""Of a set, a row or a case: a text or a number that nobody computes."""
TOLERANCES: Final = frozenset(
    {
        *("tolerance", "tol", "atol", "rtol", "abs_tol", "rel_tol", "tolerance_abs", "tolerance_rel"),
        *("tolerance_absolute", "tolerance_relative", "absolute_tolerance", "relative_tolerance"),
    }
)
DECIMALS: Final = frozenset({"decimals", "rounded_to", "rounded_to_decimals"})
SETTINGS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("level", "confidence_level", "conf_level"), "level"),
    **dict.fromkeys(("n_bins", "bins"), "bins"),
    **dict.fromkeys(("thresholds", "threshold"), "threshold"),
    **dict.fromkeys(("data_range", "ddof", "beta", "margin"), ""),
}
"""Numbers that speak for a whole block, by the parameter that they are; none: their own name."""
OF_CLASS: Final = frozenset({"class", "class_name", "class_index", "label"})
SPEAKING: Final = frozenset(
    {
        *("class", "class_name", "class_index", "label", "rater", "model", "group", "pair", "between", "comparison"),
        *("raters", "models", "groups", "a", "b", "first", "second"),
        *(f"{who}_{which}" for who in ("rater", "model", "group") for which in "ab12"),
        *("method", "accountant", "weights", "average", "strategy"),
    }
)
"""Names whose text, or list of texts, is part of the name of everything beside it."""

HOLDING: Final = RATERS | {"groups"}
"""Given by name; a block may hold answers or measurements, and beside them what is expected of them."""


@dataclass(frozen=True)
class Leaf:
    """One value that is expected.

    Attributes:
        where: the names that lead to it, places in lists among them.
        said: the same for who reads them: without places, with what blocks say of themselves.
        numbers: parameters that blocks around it give.
        row: what is known of a private training.
        tolerances: that blocks around it give, by the names of figures; without a name, for all.
        in_row: what was said since the row of a private training began.
        place, places: the last place in a list of blocks, and how many it has.
    """

    where: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    wanted: Json = None
    numbers: Mapping[str, Json] = field(default_factory=dict)
    row: Mapping[str, float] = field(default_factory=dict)
    tolerances: Mapping[str, float] = field(default_factory=dict)
    in_row: tuple[str, ...] = ()
    place: int | None = None
    places: int = 0

    @property
    def tolerance(self) -> float | None:
        """Return what blocks around the value allow it to be off; ``None``: none says."""
        return self.tolerances.get(self.where[-1], self.tolerances.get(""))


def by_name(content: Content) -> Content:
    """Return a set with raters and groups by name, and rows by column, also where it lists them."""
    columns = content.get("columns")
    if isinstance(columns, list) and isinstance(content.get("rows"), list):
        rows = [dict(zip(columns, row, strict=True)) if isinstance(row, list) else row for row in content["rows"]]
        content = {**{key: value for key, value in content.items() if key != "columns"}, "rows": rows}
    return {key: _by_name(value) if key in HOLDING else value for key, value in content.items()}


def _by_name(value: Json) -> Json:
    blocks = isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value)
    if not blocks:
        return value
    names = [next((str(one[key]) for key in CALLED if key in one), str(place)) for place, one in enumerate(value)]
    if len(set(names)) < len(names):
        return value
    return {
        name: {key: inner for key, inner in one.items() if key not in CALLED}
        for name, one in zip(names, value, strict=True)
    }


def leaves(content: Content) -> Iterator[Leaf]:
    """Give everything that a set expects.

    Raises:
        VectorsError: a tolerance that is none.
    """
    private = privacy_rows.are_rows(content)
    top = replace(_within(Leaf(), content, private=private), said=(), in_row=())
    for name, value in content.items():
        if not _is_given(name, value, content):
            yield from _walk(_under(top, name), value, private=private)
        elif name in HOLDING and isinstance(value, Mapping):
            for who, block in value.items():
                beside = _beside(block)
                if beside is not None:
                    yield from _walk(replace(top, where=(name, who), said=(who,)), beside, private=private)


def _beside(block: Json) -> Json | None:
    """Return what is expected of somebody beside the answers or measurements that are given."""
    if isinstance(block, Mapping):
        return {key: one for key, one in block.items() if not _is_content(key, one)} or None
    return None if isinstance(block, list) else block


def _walk(around: Leaf, value: Json, *, private: bool) -> Iterator[Leaf]:
    if isinstance(value, Mapping) and value:
        block = _within(around, value, private=private)
        about_training = private and privacy_rows.is_about_training(value)
        for key, inner in value.items():
            if not _is_said(key, inner, private=about_training):
                yield from _walk(_under(block, key), inner, private=private)
    elif isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        for place, inner in enumerate(value):
            one = replace(around, where=(*around.where, str(place)), place=place, places=len(value))
            yield from _walk(one, inner, private=private)
    else:
        yield replace(around, wanted=value)


def _under(around: Leaf, name: str) -> Leaf:
    return replace(around, where=(*around.where, name), said=(*around.said, name), in_row=(*around.in_row, name))


def _within(around: Leaf, block: Content, *, private: bool) -> Leaf:
    """Return what is known inside a block: what was known outside, and what the block says of itself."""
    numbers = {SETTINGS[key] or key: value for key, value in block.items() if _is_setting(key, value)}
    if _is_number(block.get("alpha")) and not private:
        numbers["level"] = 1 - block["alpha"]
    speaking = {key: _words(value) for key, value in block.items() if _is_speaking(key, value)}
    flags = tuple(FLAGS[key][value] for key, value in block.items() if _is_flag(key, value))
    said = (*(word for words in speaking.values() for word in words), *flags)
    row = privacy_rows.given(block) if private and privacy_rows.is_about_training(block) else {}
    return replace(
        around,
        said=(*around.said, *said),
        in_row=said if row else (*around.in_row, *said),
        place=None if speaking.keys() - OF_CLASS else around.place,
        numbers={**around.numbers, **numbers},
        row={**around.row, **row},
        tolerances={**around.tolerances, **tolerances(block)},
    )


def tolerances(block: Content) -> dict[str, float]:
    """Return what a block allows values to be off: one number, or one for each figure by name.

    Raises:
        VectorsError: a tolerance that is none.
    """
    found: dict[str, float] = {}
    for name in sorted(TOLERANCES & block.keys()):
        said = block[name] if isinstance(block[name], Mapping) else {"": block[name]}
        for figure, value in said.items():
            if not _is_number(value) or not 0 <= value < 1:
                raise VectorsError(f"a tolerance of {value!r} is none; give a number from 0 to below 1, such as 1e-9")
            key = "" if figure == "default" else figure
            found[key] = max(float(value), found.get(key, 0.0))
    for name in DECIMALS & block.keys():
        if _is_number(block[name]):
            found[""] = 0.5 * 10.0 ** -block[name]
    return found


def _is_given(name: str, value: Json, content: Content) -> bool:
    """Say whether a name of a set is of its cases, a setting or a text."""
    listed = isinstance(value, list)
    return (
        (name in NAMED_BY and (listed or isinstance(value, int) or _names_classes(value)))
        or (name in POSITIVE and isinstance(value, str | int))
        or name in ("n_classes", "paper_printed")
        or (name in ("p_values", "pvalues") and isinstance(value, list | Mapping))
        or (name in HOLDING and isinstance(value, list | Mapping))
        or (listed and any(name in names for kinds in GIVEN.values() for names in kinds))
        or (listed and is_truth(name))
        or are_answers(name, value, content)
        or name in unnamed_groups(content)
        or _is_said(name, value, private=privacy_rows.are_rows(content))
    )


def _names_classes(value: Json) -> bool:
    return isinstance(value, Mapping) and bool(value) and all(isinstance(name, str) for name in value.values())


def _is_content(name: str, value: Json) -> bool:
    """Say whether a name beside a rater or a group is of answers or measurements."""
    return isinstance(value, list) and (is_role(name) or name in MEASURED)


def _is_said(name: str, value: Json, *, private: bool) -> bool:
    """Say whether a name in a block is of a text, a setting, or what a row gives."""
    return (
        (name in TEXTS and isinstance(value, str))
        or (name in LABELS and isinstance(value, str | int))
        or name in TOLERANCES
        or (name in DECIMALS and _is_number(value))
        or (name == "alpha" and _is_number(value) and not private)
        or _is_setting(name, value)
        or _is_speaking(name, value)
        or _is_flag(name, value)
        or (private and privacy_rows.is_given(name) and bool(privacy_rows.given({name: value})))
    )


def _is_setting(name: str, value: Json) -> bool:
    return name in SETTINGS and (_is_number(value) or (isinstance(value, list) and all(map(_is_number, value))))


def _is_speaking(name: str, value: Json) -> bool:
    return name in SPEAKING and bool(_words(value)) and (isinstance(value, str | list) or name in OF_CLASS)


def _is_flag(name: str, value: Json) -> bool:
    return name in FLAGS and isinstance(value, bool)


def _words(value: Json) -> list[str]:
    """Return a text, a list of texts, or the number of a class, as names."""
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return [str(value)]
    texts = isinstance(value, Sequence) and bool(value) and all(isinstance(one, str) for one in value)
    return list(value) if texts else []


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
