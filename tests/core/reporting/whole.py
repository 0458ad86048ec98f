"""A dossier that holds everything that a report can show, and one that holds nothing but a model's name."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from primia_core.attacks.canaries import CanaryFindings
from primia_core.attacks.document import AuditDocument
from primia_core.evaluation.comparison import Comparison, compare
from primia_core.evaluation.document import EvaluationDocument
from primia_core.evaluation.readings import Readings
from primia_core.reporting.dossier import (
    Account,
    Counted,
    Dates,
    Dossier,
    Lineage,
    ModelCard,
    Privacy,
    Scale,
    Site,
    Spent,
    Step,
)

CORE = Path(__file__).parents[1]
CLASSES = ("normal", "bacterial", "viral")
SITES = ("Aalborg", "Basel", "Coimbra")


def evaluation() -> EvaluationDocument:
    """Return the example that evaluation keeps."""
    return EvaluationDocument.model_validate_json((CORE / "evaluation" / "document.example.json").read_bytes())


def audit(*, model: str | None) -> AuditDocument:
    """Return the example that attacks keep, as if of this model."""
    raw = json.loads((CORE / "attacks" / "audit.example.json").read_text())
    raw["model"]["hash"] = model
    return AuditDocument.model_validate(raw)


def comparison() -> Comparison:
    """Return two models and two readers of the same 145 cases."""
    generator = np.random.default_rng(1)
    truth = generator.integers(0, 3, 145)

    def said(skill: float) -> np.ndarray:
        wrong = generator.random(145) > skill
        return np.where(wrong, (truth + generator.integers(1, 3, 145)) % 3, truth)

    raters = {"federated model": said(0.9), "local model": said(0.8), "reader A": said(0.87), "reader B": said(0.7)}
    return compare(Readings(tuple(str(k) for k in range(145)), CLASSES, truth, raters), margin=0.05)


def lineage() -> Lineage:
    """Return a job of three sites."""
    return Lineage(
        federation="Alpine consortium",
        job="5f0f8f5e-0000-4000-8000-000000000001",
        title="Pneumonia, spring cohort",
        plan_hash="c" * 64,
        plan={
            "strategy": {"name": "fedavg", "rounds": 12},
            "training": {"learning_rate": 0.001, "class_weights": "none"},
            "aggregation": {"secure": True},
            "roster": ["told elsewhere"],
        },
        initial_model="d" * 64,
        strategy="fedavg",
        secure=True,
        sites=tuple(Site(site=name.lower(), name=name, signed=True, dataset_version="1" * 64) for name in SITES),
        rounds=(Step(number=1, kind="update", round=1, survivors=("aalborg", "basel", "coimbra")),),
        best_round=1,
        ended="all_rounds",
    )


def privacy() -> Privacy:
    """Return an account with budgets, and a bound from below."""
    spent = Spent(
        mode="distributed", unit="patient", noise_multiplier=1.1, clip=1.0, sample_rate=0.02, delta=1e-5, rounds=120,
        steps=120, epsilon_pld=2.13, epsilon_rdp=2.41,
    )  # fmt: skip
    accounts = tuple(
        Account(site=name, study="chest", epsilon=2.13, cumulative=cumulative, delta=1e-5, budget=budget)
        for name, cumulative, budget in zip(SITES, (2.13, 4.2, 3.1), (6.0, 6.0, None), strict=True)
    )
    canaries = CanaryFindings(
        canaries=1000, guesses=500, correct=290, delta=1e-5, level=0.95, epsilon_at_least=0.21, claimed=2.13,
        refuted=False,
    )  # fmt: skip
    return Privacy(spent=spent, accounts=accounts, canaries=canaries)


def whole() -> Dossier:
    """Return a dossier with all parts."""
    found = evaluation()
    return Dossier(
        title="Pneumonia on chest radiographs, spring cohort",
        model=ModelCard(
            name="Pneumonia, spring cohort",
            number=2,
            state="published",
            state_hash=found.model.hash,
            file_sha256="b" * 64,
            file_size_bytes=44_800_123,
            architecture={"name": "resnet18", "normalisation": "group", "stem_pool": "max", "channels": 1},
            parameters=11_171_779,
            classes=found.classes,
            image_size=224,
            normalisation=Scale(mean=0.48123, std=0.2312),
            task="chest-xray-pneumonia",
            intended_use="research; not a medical device",
        ),
        lineage=lineage(),
        counted=(Counted(split="validation", made="secure sum of 3 sites", confusion=found.confusion),),
        evaluations=(found,),
        comparison=comparison(),
        audits=(audit(model=found.model.hash),),
        privacy=privacy(),
        dates=Dates(
            trained=datetime(2026, 3, 1, 9, tzinfo=UTC),
            evaluated=datetime(2026, 3, 2, 10, tzinfo=UTC),
            audited=datetime(2026, 3, 3, 11, 30, tzinfo=UTC),
        ),
        answers={"tripod.17": "Approved by the ethics committees of all three hospitals."},
    )


def bare(**more: object) -> Dossier:
    """Return a dossier of a model of which nothing is known."""
    return Dossier.model_validate({"title": "A model", "model": {"name": "a model", "classes": CLASSES}, **more})
