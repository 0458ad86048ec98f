"""Read what a report is made of from files: what other commands print, and dossiers."""

import json
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from primia_core.reporting.dossier import Dossier
from primia_core.reporting.errors import DossierError

Part = TypeVar("Part", bound=BaseModel)
LIMIT_BYTES = 256 * 2**20


def read_dossier(path: Path) -> Dossier:
    """Read a dossier, or the one inside a report that was written as JSON.

    Raises:
        DossierError: no such file, none of a dossier, or the hash that it carries is another.
    """
    raw = _json(path)
    if not isinstance(raw, dict) or "dossier" not in raw:
        return _parsed(Dossier, raw, path)
    found = _parsed(Dossier, raw["dossier"], path)
    if found.content_hash != raw.get("content_hash"):
        raise DossierError(
            f"{path} carries the content hash {str(raw.get('content_hash'))[:16]}…, its dossier has "
            f"{found.content_hash[:16]}…; "
            "it was changed: fetch it again"
        )
    return found


def read_part(kind: type[Part], path: Path) -> Part:
    """Read one document from what a command printed as JSON.

    Raises:
        DossierError: no such file, or one of another kind.
    """
    return _parsed(kind, _json(path), path)


def dossier_of(**parts: object) -> Dossier:
    """Put a dossier together.

    Raises:
        DossierError: parts that do not belong together, with the reason.
    """
    try:
        return Dossier.model_validate(parts)
    except ValidationError as error:
        raise DossierError(f"these parts make no dossier: {_reason(error)}") from error


def _json(path: Path) -> object:
    try:
        if path.stat().st_size > LIMIT_BYTES:
            raise DossierError(
                f"{path} has {path.stat().st_size} bytes, more than {LIMIT_BYTES}; give a dossier or a document"
            )
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise DossierError(
            f"{path} cannot be read as JSON ({type(error).__name__}); give what `--json` printed"
        ) from error


def _parsed(kind: type[Part], raw: object, path: Path) -> Part:
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        raise DossierError(
            f"{path} is no {kind.__name__}: {_reason(error)}; was it made by another version?"
        ) from error


def _reason(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else str(first["msg"]).removeprefix("Value error, ")
