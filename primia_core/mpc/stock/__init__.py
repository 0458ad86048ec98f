"""Correlations on disk: the format of a file, the stock that burns each before its use, the ledger that remembers."""

from primia_core.mpc.stock.burning import HeldSet
from primia_core.mpc.stock.correlation_file import CorrelationFile
from primia_core.mpc.stock.epochs import Epochs
from primia_core.mpc.stock.header import Header, Kind
from primia_core.mpc.stock.intake import Intake
from primia_core.mpc.stock.ledger import Claim, Ledger
from primia_core.mpc.stock.outbox import Outbox
from primia_core.mpc.stock.stock import Limits, Stock
from primia_core.mpc.stock.writer import CorrelationWriter, Section

__all__ = [
    "Claim",
    "CorrelationFile",
    "CorrelationWriter",
    "Epochs",
    "Header",
    "HeldSet",
    "Intake",
    "Kind",
    "Ledger",
    "Limits",
    "Outbox",
    "Section",
    "Stock",
]
