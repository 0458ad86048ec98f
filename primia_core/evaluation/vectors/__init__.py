"""Files of expected values, recomputed."""

from primia_core.evaluation.vectors.recompute import Outcome, read, recompute

__all__ = ["Outcome", "read", "recompute"]
