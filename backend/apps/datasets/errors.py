"""What can go wrong with a report on a cohort.

InvalidInput
  ReadinessTellsTooMuch     datasets.readiness_tells_too_much
"""

from backend.common.errors import InvalidInput


class ReadinessTellsTooMuch(InvalidInput):
    """The report holds a number, or a field that nobody has agreed to publish."""

    code = "datasets.readiness_tells_too_much"
