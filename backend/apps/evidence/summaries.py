"""What a list tells of a document, read off its JSON as it is, so that the web process needs no science."""

from typing import Any

Json = dict[str, Any]


def figure_of(document: Json, name: str) -> Json:
    """Return a figure with its interval."""
    found: Json = document[name]
    return found


def views_of(document: Json) -> list[str]:
    """Return the views that an audit attacked, each once and in their order."""
    return list(dict.fromkeys(view["view"] for view in document["views"]))
