"""What privacy costs a diagnosis, and what each of those involved learns from it, in plain sentences.

Rounds and bytes are counted and exact. Seconds are expected, from rates that this machine measured once between two
processes of its own: the parties' machines and the line between them may be faster or slower.
"""

from pathlib import Path

from primia_core.diagnosis.descriptor import Learns, Price
from primia_core.mpc import kernels
from primia_core.mpc.cost import Conditions, Rates, estimate
from primia_core.mpc.errors import CostError
from primia_core.mpc.local.rates import measure_rates
from primia_core.mpc.program.operations import SecureProgram
from primia_core.mpc.session import Policy

COMPUTED_ON = "masked values of the picture and of every layer, which are uniform noise to it alone"
KNOWS_NETWORK = "the network's architecture and one scale a layer, but no weight"
WHEN = "when a diagnosis is computed, and how long that takes"
TOGETHER = "together with {other}, or with the dealer: picture, answer and weights"
ANSWER = {
    "logits": "one number for each class, of which probabilities are made",
    "label": "the name of the likeliest class, and no probability",
}


def price(program: SecureProgram, protocol: str, rates: Rates) -> Price:
    """Return the price of one diagnosis."""
    expected = estimate(program, Conditions(protocol), rates)
    return Price(
        bytes_each_way=expected.cost.most_sent,
        rounds=expected.cost.rounds,
        online_seconds=round(expected.online, 3),
        stock_bytes=sum(expected.cost.material),
        learns=learns(program.output.policy),
    )


def learns(policy: Policy) -> Learns:
    """Return who learns what."""
    parties = (f"{COMPUTED_ON}", KNOWS_NETWORK, WHEN)
    return Learns(
        p0=(*parties, TOGETHER.format(other="the other party")),
        p1=(*parties, TOGETHER.format(other="the other party")),
        dealer=(
            f"{KNOWS_NETWORK}; the masks that hide pictures and weights, and nothing that they hide",
            "how many diagnoses are prepared, and when; no message of any diagnosis",
            "together with either party: picture, answer and weights",
        ),
        hub=(
            "who asks which service, and when; how long it took and whether it failed",
            "sealed shares of pictures and answers, which it cannot open",
            "the weights, which lie in its registry",
        ),
        requester=(
            f"{ANSWER[policy]}",
            "from many answers to chosen pictures, something of how the model decides: questions a day are limited",
        ),
    )


def rates_of_this_machine(folder: Path, profile: str, protocol: str) -> Rates:
    """Return the rates of this machine, from the folder where they were kept, or measured now and kept.

    Cost: half a minute of both parties' work, once for each protocol and profile.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"{protocol}-{profile}-{kernels.active()}.json"
    if file.exists():
        try:
            return Rates.load(file)
        except CostError:
            file.unlink()  # of an older version
    measured = measure_rates(profile, Conditions(protocol))
    measured.save(file)
    return measured
