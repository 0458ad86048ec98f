"""Files of weights: what goes in comes out, and nothing else is accepted."""

import hashlib
import json
import struct
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from primia_core.models import ArchitectureError, Manifest, ManifestError, ModelSpec, WeightsFileError, build_model
from primia_core.models.weights import KEY, PixelScale, load, read_manifest, save, state_hash

SPEC = ModelSpec(name="small_cnn")


def _state(seed: int = 0) -> dict[str, torch.Tensor]:
    return build_model(SPEC, seed=seed).state_dict()


def _manifest(state: dict[str, torch.Tensor], **changes: object) -> Manifest:
    values = {
        "spec": SPEC,
        "classes": ("normal", "bacterial", "viral"),
        "image_size": 64,
        "normalisation": PixelScale(mean=0.5, std=0.25),
        "plan_hash": "ab" * 32,
        "state_hash": state_hash(state),
    }
    return Manifest.model_validate({**values, **changes})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    state = _state()
    return save(tmp_path / "model.safetensors", state, _manifest(state))


def _rewrite(file: Path, *, tensors: dict[str, torch.Tensor] | None = None, **changes: object) -> None:
    """Write the file again as an adversary would, with other tensors or other words in its manifest."""
    with safe_open(file, framework="pt") as held:
        manifest = json.loads(held.metadata()[KEY])
    save_file(tensors or load_file(file), file, metadata={KEY: json.dumps({**manifest, **changes})})


def test_what_is_saved_is_loaded(file: Path) -> None:
    loaded = load(file)
    state = _state()
    assert loaded.manifest == read_manifest(file) == _manifest(state)
    assert all(torch.equal(loaded.state[name], tensor) for name, tensor in state.items())
    network = loaded.network()
    assert not network.training
    assert state_hash(network.state_dict()) == loaded.manifest.state_hash
    assert [path.name for path in file.parent.iterdir()] == ["model.safetensors"]


def test_memory_order_does_not_change_file_or_hash(tmp_path: Path) -> None:
    model = build_model(SPEC, seed=0).to(memory_format=torch.channels_last)
    assert state_hash(model.state_dict()) == state_hash(_state())
    loaded = load(save(tmp_path / "x", model.state_dict(), _manifest(_state())))
    assert loaded.manifest.state_hash == state_hash(_state())


def test_hash_changes_with_every_value_name_shape_and_type() -> None:
    state = _state()
    seen = {state_hash(state)}
    for name in state:
        changed = {**state, name: state[name] + 1}
        seen.add(state_hash(changed))
    assert len(seen) == len(state) + 1
    one = {"a": torch.zeros(4)}
    others = [{"b": torch.zeros(4)}, {"a": torch.zeros(2, 2)}, {"a": torch.zeros(4, dtype=torch.int32)}]
    assert len({state_hash(s) for s in [one, *others]}) == 4


def test_hash_is_over_name_type_shape_and_little_endian_bytes_in_name_order() -> None:
    state = {"b": torch.tensor([[1.0, -2.0]]), "a": torch.tensor(3)}
    written = b"a\0int64\0\0" + struct.pack("<q", 3) + b"b\0float32\x001x2\0" + struct.pack("<ff", 1.0, -2.0)
    assert state_hash(state) == hashlib.sha256(written).hexdigest()


def test_a_changed_weight_is_refused(file: Path) -> None:
    tensors = load_file(file)
    tensors["fc.bias"] = tensors["fc.bias"] + 1e-6
    _rewrite(file, tensors=tensors)
    with pytest.raises(ManifestError, match="fetch the file again"):
        load(file)


def test_another_architecture_is_refused(file: Path, tmp_path: Path) -> None:
    _rewrite(file, spec=ModelSpec(name="small_cnn", normalisation="group").model_dump())
    with pytest.raises(ArchitectureError, match=r"features\.1\."):
        load(file)
    state = _state()
    with pytest.raises(ArchitectureError, match="resnet18"):
        save(tmp_path / "x", state, _manifest(state, spec=ModelSpec(), classes=("a", "b", "c")))


def test_class_names_and_outputs_must_agree(file: Path) -> None:
    _rewrite(file, classes=["normal", "viral"])
    with pytest.raises(ManifestError, match="2 classes"):
        load(file)


def test_a_later_format_is_refused(file: Path) -> None:
    _rewrite(file, version=2)
    with pytest.raises(WeightsFileError, match="later version"):
        load(file)


def test_foreign_damaged_and_missing_files_are_refused(file: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.safetensors"
    save_file({"a": torch.zeros(2)}, foreign)
    with pytest.raises(WeightsFileError, match="no PriMIA manifest"):
        load(foreign)
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(WeightsFileError, match="damaged"):
        load(file)
    with pytest.raises(WeightsFileError, match="is no file"):
        load(tmp_path / "nothing")


def test_saving_checks_first_and_leaves_what_was_there(file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(ManifestError):
        save(file, _state(1), _manifest(_state(0)))
    assert file.read_bytes() == before
    with pytest.raises(WeightsFileError, match="folder that exists"):
        save(file.parent / "nowhere" / "x", _state(), _manifest(_state()))
