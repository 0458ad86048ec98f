"""The local work of a step: what the signed plan derives, on this site's images, kept until the step is closed.

The answer is kept on disk before it is masked: a second attempt at the same step submits the same words, and a crash
costs no second training. It never leaves unmasked from here in a secure job.
"""

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import ValidationError
from safetensors.numpy import load_file as load_words
from safetensors.numpy import save_file as save_words
from safetensors.torch import load_file as load_layers
from safetensors.torch import save_file as save_layers

from primia_core.attacks.findings import AuditFindings
from primia_core.federation.layout import Layout
from primia_core.federation.plan import Plan
from primia_core.federation.schedule import Finished, next_step
from primia_core.federation.site_work import SiteData, perform
from primia_core.federation.state import RunState
from primia_core.federation.steps import Step
from primia_core.models import ModelSpec, build_model
from primia_core.training import Cancelled
from workers.link import LeaseKeeper
from workers.link.artifacts import sync_folder
from workers.site.errors import StepRefused

Words = NDArray[np.uint32]


@dataclass(frozen=True)
class Question:
    """One step of one plan, as the hub asks it and this site has checked it."""

    plan: Plan
    step: Step
    state: RunState = field(repr=False)

    @classmethod
    def check(cls, plan: Plan, step_json: object, state_json: object) -> "Question":
        """Read a step and make sure that the signed plan asks for it after these results.

        Raises:
            StepRefused: it does not.
        """
        try:
            step, state = Step.model_validate(step_json), RunState.model_validate(state_json)
        except ValidationError as error:
            raise StepRefused(f"the step cannot be read: {error.error_count()} fields are wrong") from error
        derived = next_step(plan, state, _layout(plan.model, plan.strategy.batch_norm))
        if isinstance(derived, Finished) or derived != step:
            wanted = "nothing more" if isinstance(derived, Finished) else f"{derived.title} as step {derived.number}"
            raise StepRefused(f"the hub asks for {step.title} as step {step.number}; the signed plan derives {wanted}")
        return cls(plan, step, state)


class LocalWork:
    """A folder of answers that are being submitted, and of the layers that never leave this site (FedBN)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def answer(
        self,
        question: Question,
        data: SiteData,
        dataset_version: str,
        model: Mapping[str, torch.Tensor] | None,
        lease: LeaseKeeper,
        *,
        site: str | None = None,
        keep_findings: Callable[[AuditFindings], object] = lambda findings: None,
    ) -> dict[str, Words]:
        """Perform a step, or return what performing it gave before.

        Args:
            keep_findings: called with an audit's pictures before its figures are kept, so that both are or neither.
        Raises:
            TaskStopped: the task is to end.
            FederationError, TrainingError: the work cannot be done.
        """
        kept = self._path(question, dataset_version)
        if kept.exists():
            return load_words(kept)
        plan, number = question.plan, question.step.number
        lease.progress("training")
        try:
            work = perform(
                plan,
                question.step,
                question.state,
                data,
                model,
                local_layers=self._layers_before(plan, number),
                site=site,
                progress=lambda done, total: lease.progress("training", done, total),
                should_stop=lease.should_stop,
            )
        except Cancelled:
            lease.check()
            raise
        if work.findings is not None:
            keep_findings(work.findings)
        if work.local_layers:
            self._write(
                self._folder / f"{plan.hash}-{number:05}.layers",
                lambda path: save_layers(dict(work.local_layers), path),
            )
        self._write(kept, lambda path: save_words(dict(work.vectors), path))
        return dict(work.vectors)

    def keeps(self, plan_hash: str, number: int, model_hash: str, dataset_version: str) -> bool:
        """Say whether an answer is here that would be given again, noise and all."""
        return self._named(plan_hash, number, model_hash, dataset_version).exists()

    def forget(self, question: Question, dataset_version: str) -> None:
        """Delete the answer to a step that has been closed, and layers older than it."""
        self._path(question, dataset_version).unlink(missing_ok=True)
        for path in self._layers(question.plan, question.step.number + 1)[:-1]:
            path.unlink()

    def _layers_before(self, plan: Plan, number: int) -> dict[str, torch.Tensor] | None:
        found = self._layers(plan, number)
        return load_layers(found[-1]) if found else None

    def _layers(self, plan: Plan, number: int) -> list[Path]:
        found = sorted(self._folder.glob(f"{plan.hash}-*.layers"))
        return [path for path in found if int(path.stem.rpartition("-")[2]) < number]

    def _path(self, question: Question, dataset_version: str) -> Path:
        step = question.step
        return self._named(question.plan.hash, step.number, step.model_hash, dataset_version)

    def _named(self, plan_hash: str, number: int, model_hash: str, dataset_version: str) -> Path:
        named = f"{plan_hash} {number} {model_hash} {dataset_version}"
        return self._folder / f"{hashlib.sha256(named.encode()).hexdigest()}.words"

    def _write(self, path: Path, save) -> None:
        unfinished = path.with_name(f"{path.name}.new")
        save(unfinished)
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        os.chmod(unfinished, 0o600)
        unfinished.replace(path)
        sync_folder(self._folder)


@lru_cache(maxsize=4)
def _layout(spec: ModelSpec, batch_norm: Literal["aggregate", "local"]) -> Layout:
    return Layout.of(build_model(spec, seed=0).state_dict(), batch_norm=batch_norm)


def digest(vectors: Mapping[str, Words]) -> str:
    """Return the SHA-256 of an answer before it is masked: the same answer given again has the same one."""
    found = hashlib.sha256()
    for name in sorted(vectors):
        found.update(f"{name} {vectors[name].size}\n".encode())
        found.update(np.ascontiguousarray(vectors[name], "<u4").view(np.uint8).data)
    return found.hexdigest()


def to_pieces(step: Step, vectors: Mapping[str, Words]) -> list[memoryview]:
    """Return a step's vectors in its order, each as its little-endian words; together they are the blob."""
    return [np.ascontiguousarray(vectors[spec.name], "<u4").view(np.uint8).data for spec in step.vectors]


def from_bytes(step: Step, content: Path) -> dict[str, Words]:
    """Cut a blob back into a step's vectors; they are maps of the file.

    Raises:
        StepRefused: the blob has another size.
    """
    wanted = sum(spec.length for spec in step.vectors)
    if content.stat().st_size != 4 * wanted:
        raise StepRefused(f"the sums of {step.title} have {content.stat().st_size} bytes, expected {4 * wanted}")
    words, start, vectors = np.memmap(content, "<u4", "r"), 0, {}
    for spec in step.vectors:
        vectors[spec.name] = words[start : start + spec.length]
        start += spec.length
    return vectors
