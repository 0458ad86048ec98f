"""A report in each of its four forms, as bytes."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, get_args

from primia_core.reporting.csv_table import csv_of
from primia_core.reporting.dossier import Dossier
from primia_core.reporting.html_page import html_of
from primia_core.reporting.pdf_pages import pdf_of
from primia_core.reporting.report import report_of

Form = Literal["html", "pdf", "csv", "json"]
FORMS: Final[tuple[Form, ...]] = get_args(Form)
MEDIA_TYPES: Final[Mapping[Form, str]] = MappingProxyType(
    {
        "html": "text/html; charset=utf-8",
        "pdf": "application/pdf",
        "csv": "text/csv; charset=utf-8",
        "json": "application/json",
    }
)
FORMAT: Final = "primia report 1"


def render(dossier: Dossier, form: Form) -> bytes:
    """Write a report.

    Returns:
        A function of the dossier alone: the same bytes on every day and in every process.
    """
    match form:
        case "html":
            return html_of(report_of(dossier)).encode()
        case "pdf":
            return pdf_of(report_of(dossier))
        case "csv":
            return csv_of(dossier).encode()
        case "json":
            return _json(dossier)


def _json(dossier: Dossier) -> bytes:
    """Write the inputs with their hash: a program reads figures from it, and ``read_dossier`` the dossier."""
    whole = {
        "format": FORMAT,
        "content_hash": dossier.content_hash,
        "dossier": dossier.model_dump(mode="json"),
    }
    return json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1, sort_keys=True).encode() + b"\n"
