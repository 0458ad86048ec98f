"""A whole encrypted run in this process: shares, deals, prepares, plays, and adds the answers up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_bytes
from typing import Any

import numpy as np

from primia_core.mpc import dealer, party
from primia_core.mpc.model import expand_share, mask_of_weights, open_model, share_model
from primia_core.mpc.profile import Words
from primia_core.mpc.program.operations import SecureProgram
from primia_core.mpc.steps import Tally, play


@dataclass
class Sections:
    """One party's correlations in memory."""

    arrays: dict[tuple[int, str], Any] = field(default_factory=dict)

    def put(self, operation: int, name: str, values: Any) -> None:
        assert (operation, name) not in self.arrays
        self.arrays[operation, name] = np.array(values)

    def section(self, operation: int, name: str) -> Any:
        return self.arrays[operation, name]

    @property
    def nbytes(self) -> int:
        return sum(values.nbytes for values in self.arrays.values())


@dataclass
class Run:
    """What came out of a run."""

    answer: Words
    tallies: tuple[Tally, Tally]
    sections: tuple[Sections, Sections]


def share_image(image: Words, rng: Any = token_bytes) -> tuple[Words, Words]:
    """Split ring words between two parties."""
    first = np.frombuffer(rng(image.nbytes), image.dtype).reshape(image.shape)
    return first, image - first


def encrypted(
    program: SecureProgram, integers: Mapping[str, Any], image: Words, *, protocol: str, stock_id: bytes = b"a stock"
) -> Run:
    """Run a program on ring words (batch, channel, row, column)."""
    batch = len(image)
    seed, second = share_model(program, integers)
    shares = (expand_share(program, seed), second)
    mask_seeds = (token_bytes(32), token_bytes(32))
    models = play([open_model(program, b, shares[b], mask_seeds[b]) for b in (0, 1)])
    sections = (Sections(), Sections())
    seeds = dealer.Seeds.new()
    dealer.deal(
        program, mask_of_weights(program, mask_seeds), sections,
        protocol=protocol, stock_id=stock_id, seeds=seeds, batch=batch,
    )  # fmt: skip
    images = share_image(image)
    prepared = [
        party.prepare(
            program, b, sections[b], models[b],
            protocol=protocol, stock_id=stock_id, seed=seeds.parties[b], batch=batch,
        )
        for b in (0, 1)
    ]  # fmt: skip
    tallies = (Tally(), Tally())
    first, second_share = play([party.run(prepared[b], images[b]) for b in (0, 1)], tallies)
    return Run(first + second_share, tallies, sections)


def signed(words: Words) -> Any:
    """Return ring words as the signed integers that they stand for."""
    return words.view(np.int32 if words.dtype == np.uint32 else np.int64)
