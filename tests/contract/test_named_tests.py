"""What a document names as its proof exists: every test, where the document says, and every error that it names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")))
THREATS = "THREAT_MODEL.md"
ROOMS = ("primia_core", "backend", "workers")

BASE = re.compile(r"[Tt]ests are in `([^`]+)`|[Nn]ames of tests are relative to `([^`]+)`")
SPAN = re.compile(r"`([^`\n]+)`")
NAME = re.compile(r"(?:(?P<file>[\w./-]*\.py)?::)?(?P<test>test_\w+)")
FILE = re.compile(r"[\w./-]*(?:test_\w+\.py|\.test\.tsx?)")


@dataclass(frozen=True)
class Proof:
    """One test, or one file of tests, that a document names.

    Attributes:
        base: the folder in which the document says that its tests are, unless it says otherwise.
        file: relative to that folder or to the repository; empty where a test is named alone.
        test: its name; empty where the whole file is meant.
    """

    base: str
    file: str
    test: str

    def __str__(self) -> str:
        return f"{self.file}::{self.test}" if self.file and self.test else self.file or self.test

    @property
    def exists(self) -> bool:
        """Return whether it is where it should be."""
        if not self.file:
            return any(path.startswith(self.base) for path in _places().get(self.test, ()))
        paths = [path for path in (f"{self.base}/{self.file}", self.file) if (ROOT / path).is_file()]
        paths += [path for path in _files(self.base) if path.endswith(f"/{self.file}")]
        return bool(paths) and (not self.test or any(path in _places().get(self.test, ()) for path in paths))


def proofs(text: str) -> Iterator[Proof]:
    """Give what a text names, from its beginning on."""
    of_document = base = "tests"
    file, in_section = "", False
    for line in _lines(text):
        if line.startswith("## "):
            base, in_section = of_document, True
        for said in BASE.finditer(line):
            base = (said[1] or said[2]).rstrip("/")
            of_document = of_document if in_section else base
        for span in SPAN.findall(line):
            if FILE.fullmatch(span):
                file = span
                yield Proof(base, file, "")
            elif name := NAME.fullmatch(span):
                continued = span.startswith("::")
                file = (name["file"] or file) if "::" in span else ""
                assert file or not continued, f"{span} follows no file"
                yield Proof(base, file, name["test"])


def rows(text: str) -> Iterator[tuple[str, list[str]]]:
    """Give the rows of all tables whose last column is of tests: the text up to it, and its cells."""
    head: list[str] | None = None
    for number, line in enumerate(lines := _lines(text)):
        if not line.startswith("|"):
            head = None
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if head is None:
            head = cells
        elif head[-1] == "test" and not set(line) <= set("|- :"):
            yield "\n".join(lines[: number + 1]), cells


def _lines(text: str) -> list[str]:
    """Return the lines of a text, each paragraph of prose as one."""
    return re.sub(r"(?<=[^\n|])\n(?!\n|[|#-]|```)", " ", text).split("\n")


@cache
def _files(base: str) -> tuple[str, ...]:
    return tuple(path.relative_to(ROOT).as_posix() for path in (ROOT / base).rglob("*.py"))


@cache
def _places() -> dict[str, set[str]]:
    """Return the files of each test, by its name."""
    found: dict[str, set[str]] = {}
    for file in _files("tests"):
        for name in re.findall(r"^\s*(?:async )?def (test_\w+)", (ROOT / file).read_text(), re.MULTILINE):
            found.setdefault(name, set()).add(file)
    return found


@cache
def _classes() -> set[str]:
    files = (path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return {name for path in files for name in re.findall(r"^class (\w+)", path.read_text(), re.MULTILINE)}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_test_that_a_document_names_is_where_it_says(document: str) -> None:
    missing = [str(proof) for proof in proofs((ROOT / document).read_text()) if not proof.exists]
    assert not missing, f"{document} names tests that are not there: {', '.join(missing)}"


def test_every_row_of_the_threat_model_names_a_test() -> None:
    found = list(rows((ROOT / THREATS).read_text()))
    assert len(found) > 90, "the tables of the threat model are no longer read"
    bare = [cells[0] for _, cells in found if not list(proofs(cells[-1]))]
    assert not bare, f"no test is named for: {'; '.join(bare)}; a folder is no test, and an open attack is no row"


def test_every_error_that_the_threat_model_names_is_a_class() -> None:
    with_errors = [cells for _, cells in rows((ROOT / THREATS).read_text()) if len(cells) == 4]
    named = {name for cells in with_errors for name in SPAN.findall(cells[2])}
    assert len(named) > 40
    assert not named - _classes() - {"ValueError"}


def test_the_reader_misses_what_is_not_there() -> None:
    text = (
        "Errors are classes; tests are in\n`tests/contract` unless said.\n\n| attack | test |\n|---|---|\n"
        "| one | `test_mpc_rooms.py::test_no_dealer_module_reaches_the_online_link`, `::test_nobody_wrote_this` |\n"
        "| two | `test_a_ledger_is_where_the_document_says` |\n| three | `tests/contract` |\n"
        "| four | `tests/core/mpc/test_wire.py` and `test_values_come_back` |\n"
    )
    assert [str(proof) for proof in proofs(text) if not proof.exists] == [
        "test_mpc_rooms.py::test_nobody_wrote_this",
        "test_a_ledger_is_where_the_document_says",
        "test_values_come_back",
    ], "the last one is elsewhere"
    assert [cells[0] for _, cells in rows(text) if not list(proofs(cells[-1]))] == ["three"]
