"""A result as a FHIR R4 DiagnosticReport, for hospital systems. Knows no patient: its reader adds the subject.

The report is *preliminary*: a model has made it and nobody has signed it. Codes are text, because no terminology has
one for a model's output; there are no extensions.
"""

from datetime import UTC, datetime
from typing import Any, Final

from primia_core.diagnosis.descriptor import Descriptor
from primia_core.diagnosis.results import Result

CATEGORY: Final = {
    "coding": [
        {"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "RAD", "display": "Radiology"},
    ]
}
UNIT: Final = {"system": "http://unitsofmeasure.org", "code": "1"}
SAYS: Final = {
    "clear": "The model is clear about it.",
    "unsure": "The model is unsure.",
    "cannot tell": "The model cannot tell.",
    "not told": "The service gives a label alone, without a measure of certainty.",
}


def diagnostic_report(
    result: Result, descriptor: Descriptor, *, issued: datetime, source: str | None = None
) -> dict[str, Any]:
    """Return a DiagnosticReport with one contained Observation for each class that has a probability.

    Args:
        issued: when the answer was opened.
        source: name of the picture within its reader's own system, such as a file name; ``None`` leaves it out.
    Source: HL7 FHIR R4 (4.0.1), DiagnosticReport and Observation.
    """
    moment = issued.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    observations = [
        _observation(number, name, probability, moment)
        for number, (name, probability) in enumerate((result.probabilities or {}).items(), start=1)
    ]
    report: dict[str, Any] = {
        "resourceType": "DiagnosticReport",
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{result.diagnosis}"}],
        "status": "preliminary",
        "category": [CATEGORY],
        "code": {"text": f"{descriptor.name}: {descriptor.intended_use}".rstrip(": ")},
        "effectiveDateTime": moment,
        "issued": moment,
        "performer": [{"display": f"{result.model} (service {descriptor.service})"}],
        "conclusion": _conclusion(result),
        "conclusionCode": [{"text": result.label}],
    }
    if observations:
        report["contained"] = observations
        report["result"] = [{"reference": f"#{observation['id']}"} for observation in observations]
    if source is not None:
        report["imagingStudy"] = [{"display": source}]
    return report


def _observation(number: int, name: str, probability: float, moment: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": f"class-{number}",
        "status": "preliminary",
        "code": {"text": f"Probability of {name}"},
        "effectiveDateTime": moment,
        "valueQuantity": {"value": round(probability, 6), **UNIT},
    }


def _conclusion(result: Result) -> str:
    doubt = " A value was out of range, so the answer counts as none." if result.implausible else ""
    return f"{result.label}. {SAYS[result.certainty]}{doubt} {result.notice}"
