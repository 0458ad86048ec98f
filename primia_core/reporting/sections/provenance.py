"""How to check that a report is what it says: its inputs, their hash, and when they were made."""

from collections.abc import Iterator
from datetime import UTC

from primia_core.reporting.dossier import Dossier
from primia_core.reporting.tree import Bullets, Cell, Code, Facts, Paragraph, Section
from primia_core.reporting.wording import moment, plural


def provenance(dossier: Dossier) -> Section:
    """Return the chapter."""
    return Section(
        "provenance",
        "Provenance",
        (
            Paragraph(
                "Everything here follows from one set of inputs. Equal inputs give equal bytes: there is no clock, "
                "no locale and no chance in this report, and its date is the latest of the dates of its inputs."
            ),
            Facts(tuple(_facts(dossier))),
            Bullets(
                (
                    "The content hash is the SHA-256 of the inputs as canonical JSON: keys sorted, no white space, "
                    "UTF-8.",
                    "The command “primia report DOSSIER.json --out report.pdf”, with the dossier that the JSON form "
                    "of this report holds, writes this report again; compare the files byte by byte.",
                    "A hash shows that nothing was changed after it was written down elsewhere. It does not show who "
                    "wrote it.",
                )
            ),
        ),
    )


def _facts(dossier: Dossier) -> Iterator[tuple[str, Cell]]:
    yield "Content hash (SHA-256)", Code(dossier.content_hash)
    yield "Form of the inputs", Code(dossier.format)
    held = [
        (len(dossier.evaluations), "evaluation"), (len(dossier.counted), "set of counts"),
        (len(dossier.audits), "audit"),
        (int(dossier.comparison is not None), "comparison"), (int(dossier.privacy is not None), "account of privacy"),
    ]  # fmt: skip
    yield "Holds", ", ".join(_plural(number, what) for number, what in held if number) or "facts about the model only"
    for what, date in (
        ("Trained", dossier.dates.trained),
        ("Evaluated", dossier.dates.evaluated),
        ("Audited", dossier.dates.audited),
    ):
        if date:
            yield what, moment(date.astimezone(UTC))


def _plural(number: int, what: str) -> str:
    return plural(
        number, what, {"set of counts": "sets of counts", "account of privacy": "accounts of privacy"}.get(what)
    )
