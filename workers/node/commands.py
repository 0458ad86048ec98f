"""``primia node``: what the operator of a party, a dealer or a model owner does. Text, or JSON with ``--json``."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from primia_core.diagnosis.identity import NodeIdentity
from workers.node.database import Database
from workers.node.folder import ENVIRONMENT, NodeFolder, NodeSettings, RoleName
from workers.node.journal import Journal
from workers.node.new_epoch import open_next_epoch
from workers.node.outbox import Outbox
from workers.node.roles import APPS, worker_command
from workers.node.setup import join, make_node
from workers.node.trust import Trust

node = typer.Typer(
    name="node",
    no_args_is_help=True,
    help="A node of encrypted diagnosis: a compute party, the dealer, or a model's owner. Each is somebody else's.",
)

Folder = Annotated[Path, typer.Option("--folder", envvar=ENVIRONMENT, help="The node's folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
HERE = Path("node")


def register(app: typer.Typer) -> None:
    """Add ``node`` to the command line."""
    app.add_typer(node)


@node.command()
def init(
    role: Annotated[str, typer.Argument(help="p0, p1, dealer or owner.")],
    name: Annotated[str, typer.Option(help="What people call the institution.")],
    folder: Folder = HERE,
    address: Annotated[str, typer.Option(help="host:port at which other nodes reach it (p0, dealer).")] = "",
    listen: Annotated[str, typer.Option(help="host:port to bind instead of the address.")] = "",
    origin: Annotated[str, typer.Option(help="Web address of its public keys (p0, p1).")] = "",
    page: Annotated[str, typer.Option(help="host:port to serve them at instead of the origin's.")] = "",
    trust: Annotated[str, typer.Option(help="pinned: people compare fingerprints. hub: believe the hub.")] = "pinned",
    threads: Annotated[int, typer.Option(help="Threads to compute with.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Make this node's folder: keys and node.toml. Nothing is sent."""
    if role not in APPS:
        raise typer.BadParameter(f"{role!r} is none of {', '.join(APPS)}", param_hint="ROLE")
    if trust not in {"pinned", "hub"}:
        raise typer.BadParameter(f"{trust!r} is neither pinned nor hub", param_hint="--trust")
    known_role: RoleName = next(known for known in APPS if known == role)
    policy: Literal["pinned", "hub"] = "hub" if trust == "hub" else "pinned"
    settings = NodeSettings(
        role=known_role, name=name, trust=policy, address=address, listen=listen, origin=origin, page=page,
        threads=threads,
    )  # fmt: skip
    fingerprint = make_node(NodeFolder(folder.absolute()), settings).public.fingerprint
    _emit(
        as_json,
        {"folder": str(folder.absolute()), "role": role, "name": name, "fingerprint": fingerprint},
        [
            f"{name} ({role}) is ready in {folder.absolute()}",
            f"  fingerprint {fingerprint}",
            "Next: primia node enrol --hub https://... --token ...   (tell the others your fingerprint by telephone)",
        ],
    )


@node.command()
def enrol(
    hub: Annotated[str, typer.Option(help="The hub's address, https://host/.")],
    token: Annotated[str, typer.Option(help="The one-time token from the coordinator.", envvar="PRIMIA_NODE_TOKEN")],
    folder: Folder = HERE,
    plain_http: Annotated[
        bool, typer.Option(help="Allow http:// to another machine (a network that encrypts).")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Join a federation with a one-time token."""
    here = NodeFolder(folder.absolute())
    joined = join(here, hub=hub, token=token, plain_http=plain_http)
    own = NodeIdentity.load(here.identity).public.fingerprint
    _emit(
        as_json,
        {"node": joined.node, "federation": joined.federation, "fingerprint": own},
        [
            f"{here.settings().name} is enrolled as {joined.node!r} in {joined.federation!r}",
            f"  our fingerprint {own}",
            "Next: primia node confirm FINGERPRINT for each node that you work with, then primia node run",
        ],
    )


@node.command()
def confirm(
    fingerprint: Annotated[str, typer.Argument(help="64 digits, as the other operator read them to you.")],
    note: Annotated[str, typer.Option(help="Who, when, by what means.")] = "",
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Record that you compared another node's fingerprint with its operator, not with the hub."""
    database = Database(NodeFolder(folder.absolute()).database)
    try:
        kept = Trust(database).confirm(fingerprint, note)
    finally:
        database.close()
    _emit(as_json, {"confirmed": kept}, [f"confirmed {kept}"])


@node.command()
def epoch(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Open a new dealer epoch, after a party or the dealer was restored from a copy: all masks and sets are void."""
    number = open_next_epoch(NodeFolder(folder.absolute()))
    _emit(as_json, {"epoch": number}, [f"epoch {number} is open; publish every service of this dealer again"])


@node.command()
def run(
    folder: Folder = HERE,
    log_level: Annotated[str, typer.Option(help="debug, info, warning or error.")] = "info",
) -> None:
    """Run the node until it is stopped."""
    here = NodeFolder(folder.absolute())
    here.address()  # says what is missing before Celery starts
    os.environ[ENVIRONMENT] = str(here.path)
    settings = here.settings()
    os.execv(sys.executable, worker_command(settings.role, settings.role, log_level=log_level))  # noqa: S606


@node.command()
def status(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Say who this node is, whom it trusts, and what has left it. Asks nobody."""
    here = NodeFolder(folder.absolute())
    settings, own = here.settings(), NodeIdentity.load(here.identity).public.fingerprint
    database = Database(here.database)
    try:
        confirmed = Trust(database).confirmed()
        unsent, sent_bytes = Outbox(database).unsent(), Journal(database).total_bytes()
    finally:
        database.close()
    services = sorted(path.name for path in here.services.glob("*")) if here.services.exists() else []
    body: dict[str, object] = {
        "role": settings.role,
        "name": settings.name,
        "fingerprint": own,
        "trust": settings.trust,
        "hub": settings.hub.url,
        "federation": settings.hub.federation,
        "confirmed": confirmed,
        "services": services,
        "answers_not_taken": len(unsent),
        "bytes_sent": sent_bytes,
    }
    _emit(
        as_json,
        body,
        [
            f"{settings.name} ({settings.role}) of {settings.hub.federation or 'no federation yet'}",
            f"  hub          {settings.hub.url or '-'}",
            f"  fingerprint  {own}",
            f"  trust        {settings.trust}",
            *(f"  confirmed    {fingerprint}  {note}" for fingerprint, note in confirmed.items()),
            *(f"  service      {service}" for service in services),
            f"  sent         {sent_bytes} bytes, {len(unsent)} answers not taken yet",
        ],
    )


def _emit(as_json: bool, body: dict[str, object], lines: Sequence[str]) -> None:
    typer.echo(json.dumps(body, indent=2) if as_json else "\n".join(lines))
