"""Every command that a document tells people to type is there, with the options that it names."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import click
import pytest
from typer.main import get_command

from primia_core.cli.main import app

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")))
TYPED = re.compile(r"(?:^|[ (/])primia ([a-z-].*)")
MAKE, BENCH = re.compile(r"(?:^ *|`|=\w+ )make ([a-z-]+)"), re.compile(r"python -m (tests\.[\w.]+)")


def typed(text: str) -> Iterator[str]:
    """Give the lines of code blocks and the spans of code of a document."""
    fenced = False
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            yield line.strip()
        else:
            yield from re.findall(r"`([^`]+)`", line)


def calls(text: str) -> Iterator[list[str]]:
    """Give the words behind `primia` of each call; labels of hashes begin so too, and hold a backslash."""
    for line in typed(text):
        if "\\" not in line and (found := TYPED.search(re.split(r"\s#", line)[0])):
            command = re.split(r"\s>|\s\||;|`|\s\s", found[1])[0]
            yield shlex.split(command.replace("…", "..."), comments=False)


@cache
def tree() -> Any:
    return get_command(app)


def wrong_with(words: list[str]) -> str | None:
    """Return what is wrong with a call, or nothing: its command, or an option that the command does not have."""
    command, path = tree(), ["primia"]
    while words and hasattr(command, "get_command"):
        inner = command.get_command(click.Context(command), words[0])
        if inner is None:
            if words[0].startswith("-"):
                break
            return f"{' '.join(path)} has no command {words[0]}"
        command, path, words = inner, [*path, words[0]], words[1:]
    if not command.context_settings.get("allow_interspersed_args", True):  # what follows is for another program
        words = list(takewhile(lambda word: word.startswith("-"), words))
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {"--help"}
    unknown = [word for word in words if re.match(r"--?[a-z]", word) and word.split("=")[0] not in known]
    return f"{' '.join(path)} has no option {unknown[0]}" if unknown else None


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_call_of_the_command_line_can_be_made(document: str) -> None:
    wrong = [said for words in calls((ROOT / document).read_text()) if (said := wrong_with(words))]
    assert not wrong, f"{document}: {'; '.join(wrong)}"


def test_calls_are_read_from_blocks_and_from_prose() -> None:
    assert len(list(calls((ROOT / "README.md").read_text()))) > 25
    text = (
        "Say `primia site status` or\n\n    .venv/bin/primia logs web -f   # the end\n\n```\nX=1 primia up > log\n```\n"
    )
    assert list(calls(text)) == [["site", "status"], ["logs", "web", "-f"], ["up"]]
    assert wrong_with(["site", "statu"]) == "primia site has no command statu"
    assert wrong_with(["logs", "web", "--folow"]) == "primia logs has no option --folow"
    assert wrong_with(["logs", "-n", "5", "--state=x"]) is None


def test_every_target_and_every_measurement_that_a_document_names_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in DOCUMENTS:
        text = (ROOT / document).read_text()
        for line in typed(text):
            assert set(MAKE.findall(line)) <= targets, f"{document} names {line}"
        for module in BENCH.findall(text):
            assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), f"{document} names {module}"
