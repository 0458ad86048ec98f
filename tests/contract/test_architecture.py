"""ARCHITECTURE.md is a map of this house: whatever it draws or names is there, and no room is missing from it."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAP = (ROOT / "ARCHITECTURE.md").read_text()
ROOMS_OF_NAMES = ("", "backend/apps", "primia_core", "primia_core/mpc")
"""Where a dotted name of the page may begin."""
QUEUES = {"mpc.p0", "mpc.p1", "mpc.dealer", "mpc.owner"}
NO_PACKAGES = {"docker", "docs", "frontend"}


def drawn(first: str) -> list[str]:
    """Return the lines of the drawing that begins so."""
    (block,) = (block for block in re.findall(r"```\n(.*?)```", MAP, re.DOTALL) if block.startswith(first))
    return block.splitlines()


def houses() -> dict[str, list[str]]:
    """Return the lines of each top-level folder in the first drawing."""
    found: dict[str, list[str]] = {}
    for line in drawn("primia_core/ "):
        if not line.startswith(" "):
            found[line.partition("/")[0]] = [line]
        else:
            found[list(found)[-1]].append(line)
    return found


def children(house: str) -> set[str]:
    """Return the rooms that are drawn in a top-level folder, one a line."""
    return {line.split()[0].rstrip("/") for line in houses()[house][1:]}


def packages(folder: Path) -> set[str]:
    return {path.parent.name for path in folder.glob("*/__init__.py")}


def modules(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.py")} - {"__init__"}


def test_every_top_level_folder_is_on_the_map() -> None:
    assert set(houses()) == packages(ROOT) | NO_PACKAGES
    assert all((ROOT / name).is_dir() for name in houses())


@pytest.mark.parametrize("house", ["primia_core", "backend", "workers"])
def test_every_room_is_on_the_map_and_every_room_on_the_map_is_there(house: str) -> None:
    missing = packages(ROOT / house) - children(house)
    assert not missing, f"ARCHITECTURE.md does not draw {missing}"
    gone = children(house) - packages(ROOT / house) - modules(ROOT / house)
    assert not gone, f"ARCHITECTURE.md draws {gone}, which {house} does not have"


def test_every_app_of_the_backend_is_on_the_map() -> None:
    (line,) = (line for line in houses()["backend"] if line.split()[0] == "apps/")
    assert set(line.split()[1:]) == packages(ROOT / "backend" / "apps")


def test_the_rooms_of_tests_and_of_the_frontend_are_on_the_map() -> None:
    (tests,) = houses()["tests"]
    assert set(re.findall(r"(\w+)/", tests)) == {"tests"} | packages(ROOT / "tests")
    (frontend,) = houses()["frontend"]
    inside = re.search(r"src/\{([\w,]+)\}", frontend)
    assert inside is not None
    assert set(inside[1].split(",")) == {path.name for path in (ROOT / "frontend" / "src").iterdir() if path.is_dir()}


def test_every_module_of_encrypted_inference_is_on_its_map() -> None:
    named: set[str] = set()
    for line in drawn("primia_core/mpc/\n")[1:]:
        first, _, rest = line.strip().partition("  ")
        named |= {name.rstrip("/") for name in first.split(", ")} | set(re.findall(r"; (\w+):", rest))
    mpc = ROOT / "primia_core" / "mpc"
    assert named == packages(mpc) | modules(mpc)


def dotted() -> Iterator[str]:
    """Give the dotted names of code in the page."""
    for span in set(re.findall(r"`([^`\n]+)`", MAP)) - QUEUES:
        if re.fullmatch(r"\w+(\.\w+)+", span) and not span.endswith((".py", ".toml", ".md", ".ts")):
            yield span


def paths() -> Iterator[str]:
    """Give the paths of files and folders in the page."""
    for span in set(re.findall(r"`([\w./-]+/[\w./-]*)(?:::\w+)?`", MAP)):
        if not span.startswith("/"):
            yield span


@cache
def text_of(place: Path) -> str:
    """Return the source of a module or of all modules of a package."""
    files = sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    return "\n".join(path.read_text() for path in files if path.is_file())


def defines(text: str, name: str) -> bool:
    return re.search(rf"^\s*(?:class|(?:async )?def) {name}\b|^\s*{name}\b.* = ", text, re.MULTILINE) is not None


def is_there(name: str) -> bool:
    """Return whether a dotted name leads from a room or a class to something that is defined there."""
    parts = name.split(".")
    if parts[0][0].isupper():
        files = (text_of(path) for room in ROOMS_OF_NAMES[1:] for path in (ROOT / room).rglob("*.py"))
        return any(all(defines(text, part) for part in parts) for text in files)
    for room in ROOMS_OF_NAMES:
        for cut in range(len(parts), 0, -1):
            if text := text_of(ROOT.joinpath(room, *parts[:cut])):
                return all(defines(text, part) for part in parts[cut:])
    return False


def test_every_name_of_code_in_the_page_is_defined_where_it_says() -> None:
    names = list(dotted())
    assert len(names) > 20, "the page's names are no longer read"
    missing = [name for name in names if not is_there(name)]
    assert not missing, f"ARCHITECTURE.md names {', '.join(missing)}"
    assert not is_there("secagg.NobodysSession")
    assert not is_there("Stock.give_twice")


def test_every_path_in_the_page_leads_somewhere() -> None:
    found = list(paths())
    assert len(found) > 15, "the page's paths are no longer read"
    rooms = [ROOT, ROOT / "primia_core"]
    missing = [path for path in found if not any((room / path).exists() for room in rooms)]
    assert not missing, f"ARCHITECTURE.md names {', '.join(missing)}"
