"""The dealer: writes two parties' correlations for one run of a program, and never hears of it again.

It knows the architecture, the scales, every mask, and R_w; it never receives an online message.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_bytes

from primia_core.mpc.dealing import Dealing, Sink
from primia_core.mpc.gates import GATES, DealerContext, Gate, SecretFilters
from primia_core.mpc.lifetimes import last_uses
from primia_core.mpc.profile import Words
from primia_core.mpc.program.operations import SecureProgram
from primia_core.mpc.protocols import sign_test
from primia_core.mpc.randomness import SEED_BYTES, RandomBytes


@dataclass(frozen=True, repr=False)
class Seeds:
    """Seeds of one correlation set: of each party, which is told its own, and of the dealer itself."""

    parties: tuple[bytes, bytes]
    own: bytes

    @classmethod
    def new(cls, rng: RandomBytes = token_bytes) -> "Seeds":
        """Draw fresh seeds from the operating system."""
        return cls((rng(SEED_BYTES), rng(SEED_BYTES)), rng(SEED_BYTES))


def deal(
    program: SecureProgram,
    masks_of_weights: SecretFilters,
    sinks: tuple[Sink, Sink],
    *,
    protocol: str,
    stock_id: bytes,
    seeds: Seeds,
    batch: int = 1,
    threads: int = 1,
    gates: Mapping[str, Gate] = GATES,
) -> None:
    """Write the correlations of one run.

    Args:
        masks_of_weights: R_w of the model version, ``model.mask_of_weights``.
        sinks: where party 0's and party 1's arrays go, in the order in which they will be read.
        protocol: of the sign tests.
        stock_id: public name of this set, from which the fixed AES keys follow; never used for a second set.
        seeds: fresh for every set.
        batch: images a run.
        gates: by kind of operation; measurements give gates with a stopwatch.
    Security: who has both parties' material, or either party's and the link between them, can open everything.
    """
    context = DealerContext(program.widths, batch, sign_test(protocol, stock_id), masks_of_weights, threads)
    last = last_uses(program)
    masks: dict[int, Words] = {}
    for position, op in enumerate(program.operations):
        dealing = Dealing(position, program.widths, (*seeds.parties, seeds.own), sinks)
        mask = gates[op.kind].deal(op, dealing, masks, context)
        if mask is not None:
            masks[position] = mask
        for done in last[position]:
            masks.pop(done, None)
