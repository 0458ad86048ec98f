"""Python that a document shows can be read by Python, and what it takes from this package is there."""

import ast
import re
import textwrap
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")))
FENCED = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:^(?: {4}.*)?\n)+", re.MULTILINE)


def blocks(text: str) -> Iterator[str]:
    """Give the blocks of Python of a document: those that say so, and indented ones that begin with an import."""
    yield from FENCED.findall(text)
    for found in INDENTED.findall(text):
        block = textwrap.dedent(found).strip("\n")
        if re.match(r"(import|from) \w", block):
            yield block


def taken(block: str) -> Iterator[tuple[str, str]]:
    """Give module and name of everything of ours that a block imports."""
    for node in ast.walk(ast.parse(block)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in ("primia_core", "workers"):
            yield from ((str(node.module), alias.name) for alias in node.names)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_python_of_a_document_is_python_and_imports_what_is_there(document: str) -> None:
    for block in blocks((ROOT / document).read_text()):
        for module, name in taken(block):
            assert hasattr(import_module(module), name), f"{document} takes {name} from {module}, which has none"


def test_blocks_are_found() -> None:
    pages = {name: list(blocks((ROOT / "docs" / f"{name}.md").read_text())) for name in ("integrators", "diagnosis")}
    assert len(pages["integrators"]) >= 4
    assert ("primia_core.client.diagnosis", "DiagnosisClient") in list(taken(pages["diagnosis"][0]))
    text = "As\n\n    from primia_core.client import nobody\n    nobody()\n\nsays.\n"
    assert [list(taken(block)) for block in blocks(text)] == [[("primia_core.client", "nobody")]]
    with pytest.raises(SyntaxError):
        list(taken("from x import\n"))
