"""`primia diagnose`: ask a service about one picture or a folder; the answer is opened on this machine alone."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from primia_core.cli.output import AsJson, SettingsError

if TYPE_CHECKING:
    from primia_core.client.diagnosis import DiagnosisClient
    from primia_core.client.flight import Diagnosed
    from primia_core.client.trust import Service

WITHOUT_RESULT = 1


def register(app: typer.Typer) -> None:
    """Add `diagnose` to the command line."""
    app.command("diagnose")(diagnose)


def diagnose(
    pictures: Annotated[
        Path | None,
        typer.Argument(metavar="PICTURE|FOLDER", help="A JPEG, PNG or DICOM file, or a folder of them."),
    ] = None,
    service: Annotated[
        str, typer.Option("--service", metavar="URL", help="Address of the service's page: https://host/services/ID.")
    ] = "",
    token: Annotated[
        str,
        typer.Option(
            "--token",
            envvar="PRIMIA_TOKEN",
            help="Made under API access, with the scope diagnoses. "
            "Better given as a variable: a command line is seen by others on this machine.",
        ),
    ] = "",
    trust: Annotated[
        list[str] | None,
        typer.Option(
            "--trust",
            metavar="FINGERPRINT",
            help="Compared by telephone: of each party, or of the model's "
            "owner or a hospital that vouches for them. Replaces the look at the parties' own origins.",
        ),
    ] = None,
    collect: Annotated[
        bool, typer.Option("--collect", help="Collect the answers of requests that an interrupted call left.")
    ] = False,
    csv: Annotated[Path | None, typer.Option(help="Write a table of results here.", dir_okay=False)] = None,
    fhir: Annotated[
        Path | None, typer.Option(help="Write a FHIR R4 DiagnosticReport for each result here.", file_okay=False)
    ] = None,
    timings: Annotated[bool, typer.Option("--timings", help="Say what each step took.")] = False,
    within: Annotated[float, typer.Option(min=1, help="Seconds to wait for an answer.")] = 300.0,
    keep: Annotated[
        Path | None,
        typer.Option(
            envvar="PRIMIA_DIAGNOSES",
            help="Private folder for requests without a result yet. [default: ~/.local/state/primia/diagnoses]",
        ),
    ] = None,
    plain_http: Annotated[
        bool, typer.Option("--plain-http", help="Allow plain HTTP to other machines, where the network encrypts.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Have pictures diagnosed by two parties that see neither picture nor answer.

    Before anything is sent, the service's descriptor, its signatures and log are checked, and each party's key is
    fetched from the party's own origin and compared. The picture is read, split and sealed here; the answer is opened
    here, by a key that never leaves. If this process dies, give the same command again, or --collect.

    The exit status is 0, and 1 where a picture of a folder has no result.

    [bold]Examples[/]

    primia diagnose chest.png --service https://hub.example/services/3f9a2b1c-...

    primia diagnose ~/xrays --service https://hub.example/services/3f9a2b1c-... --csv results.csv --fhir reports

    primia diagnose --collect --service https://hub.example/services/3f9a2b1c-...
    """  # fmt: skip
    from primia_core.cli.diagnosis_steps import Steps
    from primia_core.client.address import ServiceAddress
    from primia_core.client.diagnosis import DiagnosisClient
    from primia_core.client.pending import default_folder

    _check_options(pictures, service, token, collect=collect)
    address = ServiceAddress.parse(service, plain=plain_http)
    steps = Steps(folder=collect or (pictures is not None and pictures.is_dir()), quiet=as_json)
    with DiagnosisClient(
        address.platform, token, trust=trust or (), keep=keep or default_folder(), within_s=within,
        plain_http=plain_http, tell=steps,
    ) as client:  # fmt: skip
        found = client.service(address.service) if pictures else None
        if found is not None:
            steps.verified(found)
        try:
            rows = _ask(client, pictures, found)
        except KeyboardInterrupt:
            typer.echo(f"The request goes on. Its answer: primia diagnose --collect --service {address}", err=True)
            raise
    _tell(rows, found, csv=csv, fhir=fhir, timings=timings, as_json=as_json)
    if any(row.result is None for row in rows):
        raise typer.Exit(WITHOUT_RESULT)


def _check_options(pictures: Path | None, service: str, token: str, *, collect: bool) -> None:
    if not service:
        raise SettingsError("which service? give --service with the address of its page, https://host/services/ID")
    if not token:
        raise SettingsError(
            "no token; make one under API access in the dashboard, with the scope diagnoses, and set PRIMIA_TOKEN"
        )
    if (pictures is None) != collect:
        raise SettingsError("give a picture or a folder, or --collect without one")
    if pictures is not None and not pictures.exists():
        raise SettingsError(f"{pictures} does not exist; give a picture or a folder of pictures")


def _ask(client: "DiagnosisClient", pictures: Path | None, service: "Service | None") -> "list[Diagnosed]":
    if pictures is None or service is None:
        return client.collect()
    if pictures.is_dir():
        return client.diagnose_folder(pictures, service)
    return [client.diagnose_in_detail(pictures, service)]


def _tell(
    rows: "Sequence[Diagnosed]", service: "Service | None", *, csv: Path | None, fhir: Path | None, timings: bool,
    as_json: bool,
) -> None:  # fmt: skip
    from primia_core.cli.diagnosis_files import write_csv, write_reports
    from primia_core.cli.diagnosis_results import print_one, print_rows, print_timings, to_json
    from primia_core.cli.output import print_json

    if csv is not None:
        write_csv(rows, csv)
    if fhir is not None:
        write_reports(rows, fhir)
    if as_json:
        print_json(to_json(rows, service))
        return
    if len(rows) == 1 and rows[0].result is not None:
        print_one(rows[0])
    else:
        print_rows(rows)
    if timings:
        print_timings(rows)
