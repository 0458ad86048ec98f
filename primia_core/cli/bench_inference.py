"""`primia bench inference`: what one encrypted diagnosis costs on this machine. Measures; decides nothing."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.table import Table

from primia_core.cli.output import SettingsError

Network = Literal["resnet18", "resnet34", "vgg16", "small_cnn"]
Pool = Literal["avg", "max"]
Protocol = Literal["fss", "fss-oneround", "tables", "tables-fast", "securenn"]
ProfileName = Literal["fast", "precise"]

DISAGREES = 1
TORCHVISION_CHANNELS = 3

JsonFile = Annotated[Path | None, typer.Option("--json", help="Write the figures to this file; - is standard output.")]
RatesFile = Annotated[
    Path | None,
    typer.Option(help="With --predict: the speed of this machine, measured and written here when the file is missing."),
]
LatencyMs = Annotated[float, typer.Option(min=0, help="Added to every message, one way, in milliseconds.")]
BandwidthMbps = Annotated[
    float | None, typer.Option(min=0.001, help="Limit of each direction, in megabits a second; none without it.")
]


def inference(
    model: Annotated[Network, typer.Option(help="The network; its weights are drawn, not trained.")] = "resnet18",
    size: Annotated[int, typer.Option(min=8, max=1024, help="Pixels a side.")] = 224,
    pool: Annotated[Pool, typer.Option(help="How the networks of ours pool; resnet34 has its maximum.")] = "avg",
    protocol: Annotated[Protocol, typer.Option(help="How signs are read; securenn is the baseline.")] = "fss",
    profile: Annotated[ProfileName, typer.Option(help="Ring of 32 bits, or of 64.")] = "fast",
    channels: Annotated[int, typer.Option(min=1, max=4, help="Of the image.")] = 3,
    batch: Annotated[int, typer.Option(min=1, max=64, help="Images a run.")] = 1,
    label: Annotated[bool, typer.Option("--label", help="Give the requester the label and no logits.")] = False,
    latency_ms: LatencyMs = 0.0,
    bandwidth_mbps: BandwidthMbps = None,
    threads: Annotated[int, typer.Option(min=1, max=256, help="Of each process.")] = 1,
    runs: Annotated[int, typer.Option(min=1, max=1000, help="How many are counted, after one that is not.")] = 5,
    predict: Annotated[
        bool, typer.Option("--predict", help="Print what the cost model expects, without running the parties.")
    ] = False,
    rates: RatesFile = None,
    as_json: JsonFile = None,
) -> None:
    """Run encrypted inference between real processes and say what it costs.

    Two parties and a dealer (SecureNN: three parties) run on this machine and talk over TLS 1.3.
    The time online runs until the last party has its share of the answer.
    The same network runs in plain float32 beside it, on as many threads.

    --predict runs reference networks instead, some seconds, to learn how fast this machine is.
    --rates keeps what it has learnt; then nothing runs at all.

    The exit status is 0 when every label agrees with the plain one, and 1 otherwise.

    [bold]Examples[/]

    primia bench inference --protocol tables

    primia bench inference --pool max --protocol fss --latency-ms 10 --runs 3 --json figures.json

    primia bench inference --model vgg16 --size 64 --predict

    primia bench inference --latency-ms 50 --bandwidth-mbps 100 --predict --rates fss.json
    """
    from primia_core.cli.encrypted_runs import Setting, expected, measure

    if rates is not None and not predict:
        raise SettingsError(f"--rates {rates} says nothing without --predict; add it, or leave the file away")
    for option, file in (("--rates", rates), ("--json", as_json)):
        if file is not None and not file.parent.is_dir():
            raise SettingsError(f"{option} {file}: there is no folder {file.parent}; make it first")
    if model == "resnet34" and (pool == "avg" or channels != TORCHVISION_CHANNELS):
        raise SettingsError("resnet34 is torchvision's, of 3 channels and a pool by maximum; take --pool max")
    setting = Setting(
        model=model, size=size, pool=pool, protocol=protocol, profile=profile, channels=channels, batch=batch,
        policy="label" if label else "logits", latency_ms=latency_ms,
        bandwidth_mbps=float("inf") if bandwidth_mbps is None else bandwidth_mbps, threads=threads, runs=runs,
    )  # fmt: skip
    if predict and (rates is None or not rates.exists()):
        typer.echo("measuring how fast this machine is", err=True)
    figures = expected(setting, rates) if predict else measure(setting)
    if as_json is None:
        show(figures, Console())
    elif str(as_json) == "-":
        typer.echo(json.dumps(figures, allow_nan=False))
    else:
        as_json.write_text(json.dumps(figures, allow_nan=False, indent=1) + "\n", encoding="utf-8")
    if not figures.get("label_agrees", True):
        raise typer.Exit(DISAGREES)


def show(figures: Mapping[str, Any], console: Console) -> None:
    """Print the figures as a table."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(figures["title"])
    table.add_column("", justify="right")
    online = figures["online_seconds"]
    table.add_row("online", f"{online['median']:.3f} s ({online['min']:.3f} to {online['max']:.3f})")
    if "plaintext_seconds" in figures:
        table.add_row("  plain float32 in the same run", f"{figures['plaintext_seconds']:.3f} s")
    for kind, cost in figures["seconds_by_kind"].items():
        table.add_row(f"  {kind}", f"{cost['compute']:.3f} s, waiting {cost['wait']:.3f} s")
    table.add_row(
        "offline", f"{figures['offline_seconds']:.3f} s, of which the dealer {figures['dealer_seconds']:.3f} s"
    )
    table.add_row("rounds", str(figures["rounds"]))
    table.add_row("sent by each party", f"{figures['bytes_sent_per_party'] / 1e6:.2f} MB")
    keys = figures["key_bytes"]
    table.add_row("correlations of P0 and P1", f"{keys['p0'] / 1e6:.1f} and {keys['p1'] / 1e6:.1f} MB")
    if "max_logit_error" in figures:
        error = figures["max_logit_error"]
        table.add_row("largest error of a logit", "not told" if error is None else f"{error:.2g}")
        table.add_row("labels agree", "yes" if figures["label_agrees"] else "no")
        table.add_row("largest memory of a party", f"{figures['peak_memory_bytes'] / 1e6:.0f} MB")
    console.print(table)
