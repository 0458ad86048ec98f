"""``primia site``: what a person at a hospital does with the agent. Plain text, or JSON with ``--json``.

The commands that decide (approve, refuse, confirm) write to the site's own database; a running agent sees it within
seconds, and one that is started later sees it then.
"""

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

from primia_core.secagg import Identity
from workers.link import LinkClient
from workers.site.approvals import Approvals
from workers.site.audit_pages import AuditPages
from workers.site.cohort import SiteCohort
from workers.site.database import Database
from workers.site.dataset import HospitalDataset
from workers.site.folder import ENVIRONMENT, SiteFolder
from workers.site.journal import Journal
from workers.site.policy import SitePolicy
from workers.site.report import (
    approval_lines,
    approval_row,
    audit_lines,
    descriptor_lines,
    emit,
    journal_lines,
    spending_lines,
    status_lines,
)
from workers.site.setup import join, make_site
from workers.site.vouching import offered, vouch

site = typer.Typer(
    name="site",
    no_args_is_help=True,
    help="The agent of one hospital: it trains where the images are, obeys only plans signed here, lists what left.",
)

Folder = Annotated[Path, typer.Option("--folder", envvar=ENVIRONMENT, help="The site's folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
HERE = Path("site")


def register(app: typer.Typer) -> None:
    """Add ``site`` to the command line."""
    app.add_typer(site)


@site.command()
def init(
    slug: Annotated[
        str, typer.Argument(help="Short name, as the coordinator knows it: small letters, digits, hyphens.")
    ],
    data: Annotated[Path, typer.Option(exists=True, help="CSV (path,label,patient_id,split) or a folder of classes.")],
    folder: Folder = HERE,
    name: Annotated[str, typer.Option(help="What people call the hospital.")] = "",
    task: Annotated[str, typer.Option(help="What the images are about; the same at all sites.")] = (
        "chest-xray-pneumonia"
    ),
    classes: Annotated[str, typer.Option(help="Class names in order, with commas; the same at all sites.")] = "",
    approval: Annotated[str, typer.Option(help="manual: a person signs each plan. auto: the policy does.")] = "manual",
    as_json: AsJson = False,
) -> None:
    """Make this hospital's folder: keys, cohort table, site.toml. No image is copied and nothing is sent."""
    mode: Literal["manual", "auto"] = "auto" if approval == "auto" else "manual"
    if approval not in {"manual", "auto"}:
        raise typer.BadParameter(f"{approval!r} is neither manual nor auto", param_hint="--approval")
    made = make_site(
        SiteFolder(folder.absolute()),
        site=slug,
        name=name or slug,
        data=data.absolute(),
        task=task,
        classes=tuple(part.strip() for part in classes.split(",")) if classes else None,
        policy=SitePolicy(approval=mode),
    )
    split = "split here by patient" if made.split_here else "with the splits of its table"
    emit(
        as_json,
        {
            "folder": str(folder.absolute()),
            "site": slug,
            "fingerprint": made.fingerprint,
            "dataset_version": made.cohort.version,
            "classes": list(made.cohort.classes),
            "images": len(made.cohort),
            "rejected": len(made.cohort.rejected),
        },
        [
            f"{made.settings.name} is ready in {folder.absolute()}",
            f"  cohort      {len(made.cohort)} images, {split}; {len(made.cohort.rejected)} rejected",
            f"  classes     {', '.join(made.cohort.classes)}",
            f"  fingerprint {made.fingerprint}",
            "Next: primia site enrol --hub https://... --token ...   (tell the others your fingerprint by telephone)",
        ],
    )


@site.command()
def enrol(
    hub: Annotated[str, typer.Option(help="The hub's address, https://host/.")],
    token: Annotated[str, typer.Option(help="The one-time token from the coordinator.", envvar="PRIMIA_SITE_TOKEN")],
    folder: Folder = HERE,
    plain_http: Annotated[
        bool, typer.Option(help="Allow http:// to another machine (a network that encrypts).")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Join a federation with a one-time token, and pin its coordinator's keys."""
    here = SiteFolder(folder.absolute())
    coordinator = join(here, hub=hub, token=token, plain_http=plain_http)
    settings = here.settings()
    own = Identity.load(here.identity).public.fingerprint
    emit(
        as_json,
        {
            "site": settings.site,
            "federation": settings.hub.federation,
            "fingerprint": own,
            "coordinator_fingerprint": coordinator.fingerprint,
        },
        [
            f"{settings.name} is enrolled as {settings.site!r} in {settings.hub.federation!r}",
            f"  our fingerprint         {own}",
            f"  coordinator's           {coordinator.fingerprint}",
            "Compare both with the coordinator by telephone. Next: primia site confirm FINGERPRINT, primia site run",
        ],
    )


@site.command()
def run(
    folder: Folder = HERE,
    log_level: Annotated[str, typer.Option(help="debug, info, warning or error.")] = "info",
) -> None:
    """Run the agent until it is stopped. One outbound connection; nothing listens here."""
    os.environ[ENVIRONMENT] = str(folder.absolute())
    SiteFolder(folder.absolute()).address()  # says what is missing before Celery starts
    command = ["-m", "celery", "-A", "workers.site.app", "worker", "--pool", "solo", "--loglevel", log_level]
    os.execv(sys.executable, [sys.executable, *command])  # noqa: S606 - our own interpreter and arguments


@site.command()
def status(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Say who this site is, what it waits for, and what it has signed. Asks nobody."""
    here = SiteFolder(folder.absolute())
    with _rows(here) as (approvals, journal, database):
        settings, identity = here.settings(), Identity.load(here.identity)
        answers = database.one("SELECT count(*) AS n FROM outbox WHERE sent_at IS NULL")
        body = {
            "site": settings.site,
            "name": settings.name,
            "hub": settings.hub.url,
            "federation": settings.hub.federation,
            "fingerprint": identity.public.fingerprint,
            "policy": settings.policy.model_dump(mode="json"),
            "confirmed": sorted(approvals.confirmed()),
            "plans": [approval_row(one) for one in approvals.all()],
            "bytes_sent": journal.total_bytes(),
            "privacy": approvals.spending.to_json(),
            "answers_not_taken": answers["n"] if answers else 0,
        }
        emit(as_json, body, status_lines(body, approvals))


@site.command()
def approve(
    plan: Annotated[str, typer.Argument(help="Plan hash or job id, or the beginning of one.")],
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Sign a plan in your name. The agent then obeys it."""
    with _rows(SiteFolder(folder.absolute())) as (approvals, _, _):
        approval = approvals.approve(plan, by=getpass.getuser())
        emit(as_json, approval_row(approval), approval_lines(approval))


@site.command()
def refuse(
    plan: Annotated[str, typer.Argument(help="Plan hash or job id, or the beginning of one.")],
    reason: Annotated[str, typer.Option(help="Why; the coordinator reads it.")],
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Say no to a plan. Nobody at the hub can overrule it."""
    with _rows(SiteFolder(folder.absolute())) as (approvals, _, _):
        approval = approvals.refuse(plan, reason, by=getpass.getuser())
        emit(as_json, approval_row(approval), approval_lines(approval))


@site.command()
def confirm(
    fingerprint: Annotated[str, typer.Argument(help="64 digits, as the other hospital read them to you.")],
    note: Annotated[str, typer.Option(help="Who, when, by what means.")] = "",
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Record that you compared another site's fingerprint with that site, not with the hub."""
    wanted = "".join(fingerprint.lower().split())
    with _rows(SiteFolder(folder.absolute())) as (approvals, _, _):
        approvals.confirm(wanted, note)
        emit(as_json, {"confirmed": wanted}, [f"confirmed {wanted}"])


@site.command()
def journal(
    folder: Folder = HERE,
    after: Annotated[int, typer.Option(help="Only rows after this number.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many rows.")] = 100,
    last: Annotated[bool, typer.Option(help="The latest rows instead of the first ones.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what left this site: every answer, blob and report, with its size and hash."""
    with _rows(SiteFolder(folder.absolute())) as (_, entries, _):
        rows = entries.last(limit) if last else entries.entries(after=after, limit=limit)
        emit(as_json, {"rows": [row.to_json() for row in rows]}, journal_lines(rows, entries.total_bytes()))


@site.command()
def privacy(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Show what each study has spent of its privacy budget at this site."""
    with _rows(SiteFolder(folder.absolute())) as (approvals, _, _):
        body = approvals.spending.to_json()
        emit(as_json, body, spending_lines(body))


@site.command()
def audits(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """List what audits made of this site's own images: pages to open in a browser. They never leave by themselves."""
    here = SiteFolder(folder.absolute())
    here.settings()  # or says that no site is here
    pages = AuditPages(here.audits).all()
    rows = [
        {"job": one.job, "page": str(one.page), "verdict": one.document.verdict, "statement": one.document.statement}
        for one in pages
    ]
    emit(as_json, {"audits": rows}, audit_lines(pages))


@site.command()
def publish(
    folder: Folder = HERE,
    reader: Annotated[list[str] | None, typer.Option(help="PySyft user who may see the mock; repeat; or any.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make this hospital's PySyft dataset: drawn mock images, and a private manifest that stays here."""
    here = SiteFolder(folder.absolute())
    settings = here.settings()
    made = HospitalDataset(here, settings).publish(SiteCohort.open(here, settings.data).cohort, reader or [])
    emit(
        as_json,
        {"name": made.name, "owner": made.owner, "mock": str(made.mock), "manifest": str(made.manifest)},
        [
            f"{made.name} of {made.owner} is published to {', '.join(reader or ['nobody'])}",
            f"  mock (drawings)  {made.mock}",
            f"  manifest         {made.manifest}   stays here",
        ],
    )


@site.command()
def mock(
    reader: Annotated[str, typer.Argument(help="PySyft user.")],
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """List what a PySyft user may see of the dataset, by its permission files as they are now."""
    here = SiteFolder(folder.absolute())
    found = [str(path) for path in HospitalDataset(here, here.settings()).mock_files(reader)]
    emit(as_json, {"reader": reader, "files": found}, found)


@site.command()
def descriptors(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """List what the federation's open diagnosis services promise, after checking who has signed it."""
    with closing(LinkClient(SiteFolder(folder.absolute()).address())) as link:
        signed = offered(link)
    lines = [line for each in signed for line in descriptor_lines(each)]
    emit(as_json, {"descriptors": [each.to_json() for each in signed]}, lines or ["no service is open"])


@site.command("countersign")
def countersign_descriptor(
    digest: Annotated[str, typer.Argument(help="The descriptor's digest, or the beginning of it.")],
    compared: Annotated[
        list[str], typer.Option(help="Fingerprint of a party as that party read it to you; give both.")
    ],
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Let this hospital's name stand beside a descriptor whose parties you have spoken with."""
    here = SiteFolder(folder.absolute())
    wanted = ["".join(fingerprint.lower().replace(":", "").split()) for fingerprint in compared]
    with _rows(here) as (_, entries, _), closing(LinkClient(here.address())) as link:
        descriptor = vouch(link, entries, Identity.load(here.identity), digest, compared=wanted)
    emit(as_json, {"countersigned": descriptor.digest}, [f"countersigned {descriptor.digest}  {descriptor.name}"])


@contextmanager
def _rows(here: SiteFolder) -> Iterator[tuple[Approvals, Journal, Database]]:
    settings = here.settings()
    database = Database(here.database)
    try:
        identity = Identity.load(here.identity)
        approvals = Approvals(database, settings, identity, lambda: SiteCohort.open(here, settings.data).version)
        yield approvals, Journal(database), database
    finally:
        database.close()
