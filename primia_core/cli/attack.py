"""`primia attack`: what a model's gradients, updates and sums give away. Its commands; options and runs are beside."""

from typing import Annotated, Literal

import typer

from primia_core.attacks.plan import VIEWS, AuditPlan, View
from primia_core.cli import attack_canaries, attack_likeness, attack_membership
from primia_core.cli.attack_options import Options, with_options
from primia_core.cli.attack_run import run
from primia_core.cli.output import set_threads

attack = typer.Typer(
    name="attack",
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Attack a model as an adversary would, beside controls that say whether the attack works at all.",
)

SPELT: dict[str, View] = {view.replace("_", "-"): view for view in VIEWS}
"""Views by the names that the command line has for them."""


def register(app: typer.Typer) -> None:
    """Add `attack` to the command line."""
    attack_canaries.register(attack)
    attack_likeness.register(attack)
    attack_membership.register(attack)
    app.add_typer(attack)


@attack.command()
@with_options
def inversion(
    *,
    view: Annotated[
        Literal["gradient", "update", "secure-sum"], typer.Option(help="What the adversary sees.")
    ] = "gradient",
    batch_size: Annotated[int, typer.Option(min=1, max=256, help="Images a site and step.")] = 1,
    options: Options,
) -> None:
    """Rebuild images from what a site sends, after Geiping et al. 2020, in one view.

    Beside the attack stand the most alike other patient, the attack's prior alone, and a positive control: single
    images in eval mode, where the attack is known to work. If that fails, the audit is invalid: it acquits nobody.

    [bold]Examples[/]

    primia attack inversion model.safetensors ~/xrays --view update --batch-size 4

    primia attack inversion --model small_cnn ~/xrays --view secure-sum --batch-size 16 --json audit.json
    """
    _run(options.plan(views=[SPELT[view]], batch_sizes=[batch_size]), options)


@attack.command()
@with_options
def audit(
    *,
    batch_size: Annotated[
        list[int] | None, typer.Option(help="Images a site and step; give it again for more. \\[default: 4]", min=1)
    ] = None,
    options: Options,
) -> None:
    """Attack all three views, one site's gradient, its update and the secure sum, beside every control.

    Exit status 1 where the positive control failed: then the attack was too weak for its failures to mean anything.

    [bold]Examples[/]

    primia attack audit --model small_cnn --pictures pictures

    primia attack audit model.safetensors ~/xrays --batch-size 1 --batch-size 8 --json audit.json

    primia attack audit --model small_cnn --normalisation group ~/xrays --noise 1 --clip 1
    """
    _run(options.plan(views=VIEWS, batch_sizes=batch_size or [4]), options)


def _run(plan: AuditPlan, options: Options) -> None:
    set_threads(options.threads)
    subject = options.subject()
    run(plan, subject, options.as_json, options.pictures, options.cache, first_frame=options.first_frame)
