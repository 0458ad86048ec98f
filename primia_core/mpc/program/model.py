"""A network ready to be shared: program, secret integers, report; in memory and as one file. Knows no shares.

The program is public. The integers and the report are the model owner's alone.
"""

import json
import os
import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import numpy as np
from pydantic import ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from primia_core.mpc.errors import ModelError
from primia_core.mpc.profile import Words
from primia_core.mpc.program.encoding import Integers, to_words
from primia_core.mpc.program.operations import Convolution, Linear, SecureProgram, Shape
from primia_core.mpc.program.report import Report

KEY = "primia-mpc"


@dataclass(frozen=True)
class SecureModel:
    """A program with its integers.

    Attributes:
        program: what the parties compute; public.
        weights: int64 filters and biases by name; secret.
        report: what scales, bits and headroom the layers have; the owner's.
    """

    program: SecureProgram
    weights: dict[str, Integers] = field(repr=False)
    report: Report = field(repr=False)

    def __post_init__(self) -> None:
        wanted = weight_shapes(self.program)
        got = {name: array.shape for name, array in self.weights.items()}
        if wanted != got:
            name = sorted(n for n in wanted.keys() | got.keys() if wanted.get(n) != got.get(n))[0]
            raise ModelError(
                f"{name} has shape {got.get(name, 'none')}, the program takes {wanted.get(name, 'none')}; "
                "take program and weights from one preparation"
            )

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of program and integers: the version of this model."""
        digest = sha256(self.program.digest.encode())
        for name in sorted(self.weights):
            digest.update(f"\0{name}\0".encode())
            digest.update(np.ascontiguousarray(self.weights[name], "<i8").tobytes())
        return digest.hexdigest()

    def words(self, name: str) -> Words:
        """Return a filter or bias as ring words."""
        return to_words(self.program, self.weights[name])

    def save(self, path: Path | str) -> Path:
        """Write one file; readers see the whole of it or the one before.

        Raises:
            ModelError: the folder cannot be written to.
        """
        path = Path(path)
        about = {"program": self.program.model_dump(mode="json"), "report": self.report.model_dump(mode="json")}
        metadata = {KEY: json.dumps({**about, "digest": self.digest})}
        tensors = {name: np.ascontiguousarray(array) for name, array in self.weights.items()}
        try:
            with tempfile.TemporaryDirectory(prefix=".saving-", dir=path.parent) as folder:
                unfinished = Path(folder) / path.name
                save_file(tensors, unfinished, metadata=metadata)
                os.replace(unfinished, path)
        except (OSError, SafetensorError) as error:
            raise ModelError(f"{path} cannot be written: {error}; give a folder that exists and has room") from error
        return path

    @classmethod
    def load(cls, path: Path | str) -> "SecureModel":
        """Read a file and verify its digest.

        Raises:
            ModelError: no such file, not one of ours, or changed since it was written.
        """
        path = Path(path)
        if not path.is_file():
            raise ModelError(f"{path} is no file; prepare a model first")
        try:
            with safe_open(path, framework="numpy") as file:
                about = json.loads((file.metadata() or {})[KEY])
                weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
            program = SecureProgram.model_validate(about["program"])
            model = cls(program, weights, Report.model_validate(about["report"]))
        except (OSError, SafetensorError, KeyError, TypeError, ValueError, ValidationError) as error:
            raise ModelError(
                f"{path} is no prepared model of this version ({type(error).__name__}); prepare it again"
            ) from error
        if model.digest != about["digest"]:
            raise ModelError(
                f"{path} hashes to {model.digest[:16]}…, it was written as {str(about['digest'])[:16]}…; "
                "it was changed or damaged: prepare it again"
            )
        return model


def weight_shapes(program: SecureProgram) -> dict[str, Shape]:
    """Return the names and shapes of the secret integers that a program reads."""
    shapes: dict[str, Shape] = {}
    for operation in program.operations:
        if isinstance(operation, Linear):
            shapes |= {term.weight: term.weight_shape for term in operation.terms if isinstance(term, Convolution)}
            if operation.bias is not None:
                shapes[operation.bias] = (operation.shape[0],)
    return shapes
