"""Global weights at this site, by the hash of their content: kept, fetched when lacking, never believed unchecked."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from primia_core.models.weights import load as load_weights
from primia_core.models.weights import state_hash as hash_of
from workers.link import ArtifactClient
from workers.link.artifacts import Progress
from workers.site.errors import ModelMismatch, ModelMissing

State = Mapping[str, torch.Tensor]


class ModelCache:
    """A folder of weights named by their state hash. A name appears only when its file is whole.

    Args:
        folder: where they lie.
        keep: how many are kept; the longest unused go first.
    """

    def __init__(self, folder: Path, *, keep: int = 4) -> None:
        self.folder, self._keep = folder, keep
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._latest: tuple[str, State] | None = None

    def get(self, state_hash: str) -> State | None:
        """Return the weights of this hash, or ``None``. A file with other content is deleted, not returned."""
        if self._latest is not None and self._latest[0] == state_hash:
            return self._latest[1]
        path = self._path(state_hash)
        if not path.exists():
            return None
        try:
            state = load_file(path)
        except (OSError, SafetensorError):
            state = {}
        if hash_of(state) != state_hash:
            path.unlink()
            return None
        path.touch()
        self._latest = (state_hash, state)
        return state

    def put(self, state: State) -> str:
        """Keep weights and return their hash."""
        state_hash = hash_of(state)
        path = self._path(state_hash)
        if not path.exists():
            unfinished = path.with_suffix(".new")
            save_file({name: tensor.detach().contiguous() for name, tensor in state.items()}, unfinished)
            unfinished.replace(path)
        path.touch()
        self._latest = (state_hash, state)
        self._prune()
        return state_hash

    def obtain(
        self,
        state_hash: str,
        artifact: str | None,
        artifacts: ArtifactClient,
        progress: Progress = lambda done, total: None,
    ) -> State:
        """Return the weights of this hash, fetched from the hub when they are not here.

        Args:
            state_hash: of the weights.
            artifact: SHA-256 of the hub's file of them, if it offers one.
        Raises:
            ModelMissing: they are not here and not offered.
            ModelMismatch: the file holds other weights.
        """
        found = self.get(state_hash)
        if found is not None:
            return found
        if artifact is None:
            raise ModelMissing(
                f"the weights {state_hash[:12]} are not at this site, and the hub offers no file of them"
            )
        loaded = load_weights(artifacts.download(artifact, progress=progress))
        if loaded.manifest.state_hash != state_hash:
            raise ModelMismatch(
                f"the file {artifact[:12]} holds the weights {loaded.manifest.state_hash[:12]}, not "
                f"{state_hash[:12]}; nothing is computed with them"
            )
        self.put(loaded.state)
        return loaded.state

    def _path(self, state_hash: str) -> Path:
        if len(state_hash) != 64 or set(state_hash) - set("0123456789abcdef"):
            raise ModelMismatch(f"{state_hash[:80]!r} is no hash of weights; it has 64 digits 0-9 and a-f")
        return self.folder / f"{state_hash}.safetensors"

    def _prune(self) -> None:
        found = sorted(self.folder.glob("*.safetensors"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in found[self._keep :]:
            path.unlink()
