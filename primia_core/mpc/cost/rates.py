"""How fast a machine is: seconds for each unit of work of one protocol and profile, as one JSON file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from primia_core.mpc.cost.conditions import Conditions
from primia_core.mpc.cost.features import Features
from primia_core.mpc.errors import CostError
from primia_core.mpc.program.operations import SecureProgram

VERSION: Literal[2] = 2
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
ByFeature = Mapping[str, Seconds]
ByKind = Mapping[str, ByFeature]


class Fixed(BaseModel):
    """Seconds that grow with bytes, and those that do not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    once: Seconds = 0.0
    byte: Seconds = 0.0

    def of(self, nbytes: int) -> float:
        """Return the seconds of so many bytes."""
        return self.once + nbytes * self.byte


class Rates(BaseModel):
    """Seconds for each unit of work, fitted to measurements of reference networks.

    Attributes:
        protocol, profile, threads, kernels: what was measured; rates say nothing about others.
        machine: its processor, for people.
        measured: when, ISO 8601 in UTC.
        online: of a party, by kind of operation and feature. Of SecureNN the waiting is part of it.
        preparing: of a party ahead of a run, likewise.
        dealing: of the dealer, likewise.
        step: of a round on the machine's own network.
        carrying: of a round, besides waiting for it and computing: what keeping its books and its memory takes.
        held: what a round takes longer when a line of chosen latency and bandwidth is added.
        woken: what it takes longer still when the line is so slow that a party sleeps meanwhile, and its caches cool.
        start: of a run, until the later party has begun.
        delivery: of taking in a correlation file.
        loading: of agreeing on a set and reading it into memory.
        deal: of a set, besides its operations.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[2] = VERSION
    protocol: str
    profile: str
    threads: int
    kernels: str
    machine: str
    measured: str
    online: ByKind
    preparing: ByKind = Field(default_factory=dict)
    dealing: ByKind = Field(default_factory=dict)
    step: Fixed = Fixed()
    carrying: Fixed = Fixed()
    held: Seconds = 0.0
    woken: Seconds = 0.0
    start: Seconds = 0.0
    delivery: Fixed = Fixed()
    loading: Fixed = Fixed()
    deal: Seconds = 0.0

    def check(self, program: SecureProgram, conditions: Conditions) -> None:
        """Raise ``CostError`` unless these rates were measured for this profile, protocol, threads and kernels."""
        have = (self.protocol, self.profile, self.threads)
        want = (conditions.protocol, program.profile, conditions.threads)
        if have != want:
            raise CostError(
                f"these rates are for {_named(have)}, asked is {_named(want)}; measure rates for that, or take theirs"
            )
        if conditions.kernels not in (None, self.kernels):
            raise CostError(
                f"these rates were measured with {self.kernels} kernels, asked is {conditions.kernels}; measure again"
            )

    def save(self, path: Path) -> None:
        """Write one JSON file."""
        try:
            path.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise CostError(
                f"{path} cannot be written ({error.strerror}); name a file in a folder that exists"
            ) from error

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file.

        Raises:
            CostError: it is missing, or holds no rates of this version.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            raise CostError(f"{path} cannot be read ({error.strerror}); measure rates first") from error
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"])) or "the whole"
            raise CostError(
                f"{path} holds no rates of this version ({place}: {first['msg']}); measure again"
            ) from error


def seconds(rates: ByKind, kind: str, counted: Features) -> float:
    """Return the seconds of one operation.

    Raises:
        CostError: its kind was not measured.
    """
    if kind not in rates:
        raise CostError(f"these rates know no operation {kind!r}, only {', '.join(sorted(rates))}; measure them again")
    of_kind = rates[kind]
    return sum(of_kind.get(name, 0.0) * count for name, count in counted.items())


def _named(measured: tuple[str, str, int]) -> str:
    protocol, profile, threads = measured
    return f"{protocol} with profile {profile} and {threads} thread{'s' if threads > 1 else ''}"
