"""The dealer as a process: writes correlation files, and has no way to the parties. Its only inputs are orders."""

from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import Literal

from primia_core.mpc import dealer
from primia_core.mpc.errors import SessionError
from primia_core.mpc.gates import SecretFilters
from primia_core.mpc.local.orders import Deal, Done, LoadModel, Order, Reply
from primia_core.mpc.local.process import Stopwatch, serve
from primia_core.mpc.local.stopwatches import Laps, timed_gates
from primia_core.mpc.model import mask_of_weights
from primia_core.mpc.program.operations import SecureProgram
from primia_core.mpc.randomness import new_seed
from primia_core.mpc.stock.header import STOCK_ID_BYTES, Header
from primia_core.mpc.stock.ledger import Ledger
from primia_core.mpc.stock.writer import CorrelationWriter
from primia_core.mpc.weight_masks import WeightMasks


@dataclass
class DealerProcess:
    """The dealer's side of one program and one mask of the weights."""

    folder: Path
    threads: int
    program: SecureProgram | None = None
    masks: SecretFilters | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.book = WeightMasks(Ledger(self.folder / "ledger.sqlite"))

    def carry_out(self, order: Order) -> Reply:
        """Load a program, or deal a set for it."""
        match order:
            case LoadModel():
                return self._load(order)
            case Deal():
                return self._deal(order)
        raise SessionError(f"the dealer carries out no {type(order).__name__}")

    def _load(self, order: LoadModel) -> Done:
        """Take a program and draw R_w for it, as a seed for each party."""
        watch = Stopwatch()
        mask = token_hex(STOCK_ID_BYTES)
        self.book.assign(mask, order.model)
        self.program = SecureProgram.model_validate_json(order.program)
        seeds = (new_seed(), new_seed())
        self.masks = mask_of_weights(self.program, seeds).pack()
        return Done(watch.seconds, {"mask": mask, "mask_seeds": seeds})

    def _deal(self, order: Deal) -> Done:
        if self.program is None or self.masks is None:
            raise SessionError("the dealer has no program yet; load one first")
        watch, laps = Stopwatch(), Laps()
        stock_id, seeds = token_hex(STOCK_ID_BYTES), dealer.Seeds.new(token_bytes)
        with order.files[0].open("xb") as first, order.files[1].open("xb") as second:
            sinks = (
                CorrelationWriter(first, self._header(order, stock_id, 0), seeds.parties[0]),
                CorrelationWriter(second, self._header(order, stock_id, 1), seeds.parties[1]),
            )
            dealer.deal(
                self.program, self.masks, sinks,
                protocol=order.kind.protocol, stock_id=bytes.fromhex(stock_id), seeds=seeds,
                batch=order.kind.batch, threads=self.threads, gates=timed_gates(laps),
            )  # fmt: skip
            sizes = [sink.close() for sink in sinks]
        return Done(watch.seconds, {"file_bytes": sizes, "stock_id": stock_id, "by_operation": laps.seconds})

    @staticmethod
    def _header(order: Deal, stock_id: str, party: Literal[0, 1]) -> Header:
        return Header(stock_id=stock_id, party=party, epoch=order.epoch, kind=order.kind)


def main(pipe: Connection, folder: Path, threads: int) -> None:
    """Run the dealer until it is told to stop."""
    serve(pipe, DealerProcess(folder, threads).carry_out)
