"""What can go wrong in a reader study.

NotAllowed
  Blinded                readings.blinded
  NotAReader             readings.not_a_reader
Conflict
  ReaderKnows            readings.reader_knows
  RaterTaken             readings.rater_taken
  StudyNotOpen           readings.study_not_open
  AlreadyRead            readings.already_read
  ReadingTaken           readings.id_taken
  NothingToCompare       readings.nothing_to_compare
InvalidInput
  TableRefused           readings.table_refused
"""

from backend.common.errors import Conflict, InvalidInput, NotAllowed


class Blinded(NotAllowed):
    """Readers may not know the truth, or what others said, before the study is closed."""

    code = "readings.blinded"


class NotAReader(NotAllowed):
    """The caller does not read in this study."""

    code = "readings.not_a_reader"


class ReaderKnows(Conflict):
    """The person has seen the truth or other people's readings, so they cannot read."""

    code = "readings.reader_knows"


class RaterTaken(Conflict):
    """The study has a rater of this name."""

    code = "readings.rater_taken"


class StudyNotOpen(Conflict):
    """Readings are taken while the study is open, and only then."""

    code = "readings.study_not_open"


class AlreadyRead(Conflict):
    """The reader has read this case; another reading must say which one it replaces."""

    code = "readings.already_read"


class ReadingTaken(Conflict):
    """The id came before with another reading."""

    code = "readings.id_taken"


class NothingToCompare(Conflict):
    """No rater has read the cases yet."""

    code = "readings.nothing_to_compare"


class TableRefused(InvalidInput):
    """A table of cases or readings does not fit."""

    code = "readings.table_refused"
