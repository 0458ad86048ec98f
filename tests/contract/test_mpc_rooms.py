"""The dealer has no way to the parties' online messages: whatever it imports, directly or not, is no online link."""

import ast
from collections.abc import Iterator
from pathlib import Path

import primia_core

ROOT = Path(primia_core.__file__).parent
MPC = ROOT / "mpc"
ONLINE = ("primia_core.mpc.party", "primia_core.mpc.agreement", "primia_core.mpc.transport", "workers.party")
NETWORK = ("socket", "ssl", "asyncio", "selectors", "socketserver", "http", "httpx", "multiprocessing")
DEALERS = ("dealer", "dealing", "stock", "weight_masks", "delivery.giving", "delivery.messages", "delivery.server")
DOORS = ("primia_core.mpc.delivery.server", "primia_core.mpc.delivery.talk")
"""What opens a dealer's door for deliveries: it carries files, and could read no message of a run."""
OPENS_NOTHING = ("primia_core.mpc.transport", "primia_core.mpc.transport.tls")
"""A room's name, and who may talk to whom."""


def _modules() -> dict[str, Path]:
    """Return every module of primia_core and of the workers by its name."""
    found = {}
    for path in (*ROOT.rglob("*.py"), *(ROOT.parent / "workers").rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def _imported(path: Path, name: str, modules: dict[str, Path]) -> Iterator[str]:
    """Give the modules that a file's import statements name, wherever they stand in it."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            source = ".".join(part for part in (base, node.module) if part)
            yield source
            yield from (inner for alias in node.names if (inner := f"{source}.{alias.name}") in modules)


def _reach(start: str, modules: dict[str, Path]) -> dict[str, str]:
    """Return everything that a module imports in the end, each with the chain that leads there."""
    chains, waiting = {start: start}, [start]
    while waiting:
        name = waiting.pop()
        if name not in modules:
            continue
        for other in _imported(modules[name], name, modules):
            if other not in chains:
                chains[other] = f"{chains[name]} -> {other}"
                waiting.append(other)
    return chains


def _is_in(name: str, rooms: tuple[str, ...]) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def _dealer_modules(modules: dict[str, Path]) -> list[str]:
    rooms = tuple(f"primia_core.mpc.{room}" for room in DEALERS)
    return [name for name in modules if _is_in(name, rooms) or name.startswith("primia_core.mpc.dealer")]


def test_no_dealer_module_reaches_the_online_link():
    modules = _modules()
    dealers = [*_dealer_modules(modules), *(name for name in modules if _is_in(name, ("workers.dealer",)))]
    assert {"primia_core.mpc.stock.outbox", "workers.dealer.app"} <= set(dealers)
    wrong = [
        chain
        for dealer in dealers
        for name, chain in _reach(dealer, modules).items()
        if _is_in(name, ONLINE) and name not in OPENS_NOTHING
    ]
    assert not wrong, "\n".join(wrong)


def test_no_dealer_module_opens_a_socket_but_the_door():
    """It writes to the sinks that it is given; whoever carries them knows no gate."""
    modules = _modules()
    wrong = [
        chain
        for dealer in _dealer_modules(modules)
        if dealer not in DOORS
        for name, chain in _reach(dealer, modules).items()
        if _is_in(name, NETWORK) and chain.rpartition(" -> ")[0].split(" -> ")[-1].startswith("primia_core")
    ]
    assert not wrong, "\n".join(wrong)


def test_walk_finds_what_is_imported_by_way_of_others():
    modules = _modules()
    reach = _reach("primia_core.mpc.stock.outbox", modules)
    assert "primia_core.mpc.stock.ledger" in reach
    assert "sqlite3" in reach
    assert reach["sqlite3"].count("->") >= 2
