"""Sign tests by function secret sharing: comparison keys that each party evaluates alone."""

from primia_core.mpc.fss.halftree import HalfTreeSign
from primia_core.mpc.fss.oneround import OneRoundSign

__all__ = ["HalfTreeSign", "OneRoundSign"]
