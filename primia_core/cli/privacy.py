"""`primia privacy`: what noisy steps cost, and how much noise a promise takes. It trains nothing and reads no data."""

from typing import Annotated

import typer

from primia_core.cli.output import AsJson, SettingsError, print_json


def register(app: typer.Typer) -> None:
    """Add ``privacy`` to the command line."""
    app.command("privacy", help=HELP)(privacy)


HELP = """Epsilon of private training, by two accountants, or the noise that a wanted epsilon takes.

The figure of record is by privacy loss distributions (PLD); Renyi's divergence (RDP) stands beside it. A local plan
takes rounds x steps noisy steps at every site, a distributed plan one noisy sum a round. Examples:

  primia privacy --noise 1.0 --rate 0.05 --steps 200 --delta 1e-5
  primia privacy --epsilon 3 --rate 0.05 --steps 200 --delta 1e-5
  primia privacy --noise 1.0 --rate 0.0371877 --steps 537 --delta 1.9368e-4    the published example"""


def privacy(
    rate: Annotated[float, typer.Option(help="Chance of each patient (or image) to be in a step's batch.")],
    steps: Annotated[int, typer.Option(min=1, max=1_000_000, help="Noisy steps in all.")],
    noise: Annotated[float | None, typer.Option(help="Noise multiplier: spread of the noise / clip.")] = None,
    epsilon: Annotated[float | None, typer.Option(help="Find the least noise whose epsilon is at most this.")] = None,
    delta: Annotated[float, typer.Option(help="Chance that the promise fails.")] = 1e-5,
    as_json: AsJson = False,
) -> None:
    """Print what steps cost, or what noise they need."""
    from primia_core.privacy.accounting import Steps, noise_for, spent

    if noise is not None and epsilon is None:
        multiplier = noise
    elif epsilon is not None and noise is None:
        multiplier = noise_for(epsilon, sample_rate=rate, steps=steps, delta=delta)
    else:
        raise SettingsError("give either --noise, to learn epsilon, or --epsilon, to learn the noise")
    found = spent([Steps(multiplier, rate, steps)], delta)
    if as_json:
        print_json(
            {
                "noise_multiplier": multiplier,
                "sample_rate": rate,
                "steps": steps,
                "delta": delta,
                "epsilon_pld": found.epsilon_pld,
                "epsilon_rdp": found.epsilon_rdp,
                "rdp_order": found.rdp_order,
            }
        )
        return
    typer.echo(f"noise multiplier {multiplier!r}, {steps} steps at rate {rate:g}, delta {delta:g}")
    typer.echo(f"  epsilon {found.epsilon_pld:.3f}   by privacy loss distributions, the figure of record")
    typer.echo(f"  epsilon {found.epsilon_rdp:.3f}   by Renyi's divergence, order {found.rdp_order:g}")
