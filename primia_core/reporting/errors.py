"""What can be wrong with a report.

ReportingError
├── DossierError       what a report is made of cannot be read, or is of something else
└── DrawingError       a figure has a shape or a colour that a page cannot show
"""

from primia_core.errors import PrimiaError


class ReportingError(PrimiaError):
    """A report cannot be made."""

    code = "reporting.error"


class DossierError(ReportingError):
    """A part of a dossier is damaged, of another kind, or of another model."""

    code = "reporting.dossier"


class DrawingError(ReportingError):
    """A figure cannot be turned into a picture."""

    code = "reporting.drawing"
