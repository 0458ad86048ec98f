"""What a dossier can say to checklists, asked in their terms."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pydantic import JsonValue

from primia_core.evaluation.document import EvaluationDocument
from primia_core.reporting.dossier import Dossier, ModelCard, Spent

SPLIT_SHARES = "by patient"


@dataclass(frozen=True)
class Known:
    """A dossier, and which sections its report has."""

    dossier: Dossier
    anchors: frozenset[str]

    @property
    def model(self) -> ModelCard:
        """Return the card."""
        return self.dossier.model

    @property
    def main(self) -> EvaluationDocument | None:
        """Return the evaluation that answers speak of: that of the test split, else the first."""
        found = self.dossier.evaluations
        return next((one for one in found if one.split == "test"), found[0] if found else None)

    @property
    def evaluated(self) -> bool:
        """Say whether there are any figures of performance."""
        return bool(self.dossier.evaluations or self.dossier.counted)

    @cached_property
    def sites(self) -> tuple[str, ...]:
        """Return the names of the sites, where they are known."""
        lineage = self.dossier.lineage
        return tuple(one.name or one.site for one in lineage.sites) if lineage else ()

    @property
    def federated(self) -> bool:
        """Say whether several sites trained the model."""
        return len(self.sites) > 1

    @property
    def spent(self) -> Spent | None:
        """Return what training cost of privacy."""
        return self.dossier.privacy.spent if self.dossier.privacy else None

    def setting(self, *path: str) -> JsonValue:
        """Return a setting of the plan, or ``None``."""
        lineage = self.dossier.lineage
        value: JsonValue = lineage.plan if lineage else None
        for name in path:
            if not isinstance(value, Mapping):
                return None
            value = value.get(name)
        return value

    def see(self, *parts: str) -> tuple[str, ...]:
        """Return the anchors among these that the report has; ``*-overall`` means that of the main figures."""
        return tuple(anchor for anchor in self._named(parts) if anchor in self.anchors)

    def _named(self, parts: tuple[str, ...]) -> list[str]:
        found = self.dossier.evaluations
        place = found.index(self.main) + 1 if self.main is not None else 1
        stem = f"evaluation-{place}" if found else "counted-1"
        named = [part.replace("*", stem) for part in parts]
        return named if found else [stem if name.startswith(stem) else name for name in named]
