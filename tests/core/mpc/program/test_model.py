"""The report's figures, the file, and what the digest of a program covers."""

import json

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file
from torch import nn

from primia_core.mpc.errors import ModelError
from primia_core.mpc.profile import FAST, PRECISE
from primia_core.mpc.program import Report, SecureModel, SecureProgram, count, prepare
from primia_core.mpc.program.operations import Window
from tests.core.mpc.program.networks import images


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm, self.pool = nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.MaxPool2d(2)
        self.skip, self.fc = nn.Conv2d(4, 4, 3, padding=1, bias=False), nn.Linear(4, 3)

    def forward(self, x):
        x = self.pool(torch.relu(self.norm(self.conv(x))))
        x = torch.relu(self.skip(x) + x)
        return self.fc(nn.functional.adaptive_avg_pool2d(x, 1).flatten(1))


@pytest.fixture
def model():
    torch.manual_seed(0)
    return prepare(Network().eval(), images((1, 8, 8), 16))


def test_the_report_counts_what_the_program_does(model):
    totals = model.report.totals
    assert totals.relus == 2 * 4 * 4 * 4
    assert totals.comparisons == 4 * (8 * 4 + 4 * 4)
    assert totals.truncations == 4 * 64 + 4 * 16
    assert totals.lifts == 0
    assert totals.multiplications == 4 * 64 * 9 + 4 * 16 * 36 + 12
    assert totals.weight_words == 36 + 144 + 12
    wide = 64 + (totals.relus - 4 * 16) + 4  # the last positive parts are pooled first
    assert totals.opened_bytes == wide * 4 + (totals.truncations + totals.comparisons) * 2
    assert sum(layer.signs for layer in model.report.layers) == totals.relus + totals.comparisons


def test_the_report_says_where_how_many_bits_and_how_much_room(model):
    rows = [(row.place, row.kind) for row in model.report.layers]
    assert rows == [
        ("input", "input"),
        ("conv", "linear"),
        ("pool", "maximum"),
        ("relu", "relu"),
        ("skip + relu", "linear"),
        ("relu_1", "relu"),
        ("adaptive_avg_pool2d", "weighted_pool"),
        ("fc", "linear"),
    ]
    for row in model.report.layers:
        assert row.scale == model.program.scales[row.operation]
        if row.kind == "linear":
            largest = np.abs(model.weights[f"{row.place.split(' ')[0]}.weight"]).max()
            assert 2 ** (row.weight_bits - 1) <= largest < 2**row.weight_bits
            assert row.headroom_bits == pytest.approx(np.log2(row.limit / row.peak))
            assert row.headroom_bits >= 1 - 1e-6
            assert row.limit == FAST.sum_limit / row.scale
    assert model.report.program_digest == model.program.digest
    assert model.report.warnings == ()
    assert "2**16" in model.report.out_of_range


def test_the_report_is_json_and_a_table(model):
    assert Report.model_validate_json(model.report.to_json()) == model.report
    table = model.report.table()
    lines = table.splitlines()
    assert lines[0].split()[:3] == ["place", "kind", "scale"]
    assert any(line.startswith("skip + relu") for line in lines)
    assert f"{model.report.totals.relus:,} relus" in table
    assert "input limit" in table


def test_few_images_and_idle_layers_are_reported():
    torch.manual_seed(0)
    module = Network().eval()
    module.skip.weight.data.zero_()
    module.conv.weight.data.zero_()
    module.conv.bias.data.fill_(-1)
    module.norm.eval()
    told = prepare(module, images((1, 8, 8), 4)).report.warnings
    assert told[0].startswith("only 4 images")
    assert any(line.startswith("conv is never active") for line in told)
    assert any(line.startswith("skip + relu is zero") for line in told)


def test_filters_that_keep_few_bits_are_reported():
    module = nn.Sequential(*[nn.AvgPool2d(3, 1, 1, count_include_pad=False) for _ in range(3)], nn.Flatten())
    module.append(nn.Linear(64, 2))
    told = prepare(module.eval(), images((1, 8, 8), 16)).report.warnings
    assert any(line.startswith("the weights of 4 keep ") for line in told)


def test_a_file_gives_the_model_back(model, tmp_path):
    path = model.save(tmp_path / "model.safetensors")
    again = SecureModel.load(path)
    assert again.program == model.program
    assert again.report == model.report
    assert again.digest == model.digest
    assert again.weights.keys() == model.weights.keys()
    for name, array in model.weights.items():
        assert again.weights[name].dtype == np.int64
        np.testing.assert_array_equal(again.weights[name], array)
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.safetensors"]


def test_a_changed_file_is_refused(model, tmp_path):
    path = model.save(tmp_path / "model.safetensors")
    metadata = {"primia-mpc": json.dumps({"program": model.program.model_dump(mode="json"), "digest": model.digest})}
    tensors = load_file(path)
    tensors["conv.weight"][0, 0, 0, 0] += 1
    metadata["primia-mpc"] = json.dumps(
        {
            "program": model.program.model_dump(mode="json"),
            "report": model.report.model_dump(mode="json"),
            "digest": model.digest,
        }
    )
    save_file(tensors, path, metadata=metadata)
    with pytest.raises(ModelError, match="changed or damaged"):
        SecureModel.load(path)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ModelError, match="no prepared model"):
        SecureModel.load(path)
    save_file(tensors, path)
    with pytest.raises(ModelError, match="no prepared model"):
        SecureModel.load(path)
    with pytest.raises(ModelError, match="no file"):
        SecureModel.load(tmp_path / "nothing")
    with pytest.raises(ModelError, match="cannot be written"):
        model.save(tmp_path / "absent" / "model.safetensors")


def test_weights_of_another_program_are_refused(model):
    weights = dict(model.weights)
    weights["fc.weight"] = weights["fc.weight"][:2]
    with pytest.raises(ModelError, match=r"fc\.weight has shape \(2, 4, 1, 1\)"):
        SecureModel(model.program, weights, model.report)
    del weights["fc.weight"]
    with pytest.raises(ModelError, match=r"fc\.weight has shape none"):
        SecureModel(model.program, weights, model.report)


def changes(program):
    """Return programs that differ from one in a single public thing."""
    operations = list(program.operations)
    conv = operations[1].terms[0]
    yield program.model_copy(update={"profile": PRECISE.name})
    yield program.model_copy(update={"scales": (program.scales[0] * (1 + 2**-50), *program.scales[1:])})
    yield program.model_copy(update={"places": ("image", *program.places[1:])})
    for index, update in (
        (0, {"shape": (1, 8, 9)}),
        (1, {"terms": (conv.model_copy(update={"stride": (2, 1)}),)}),
        (1, {"terms": (conv.model_copy(update={"padding": ((1, 1), (1, 2))}),)}),
        (1, {"terms": (conv.model_copy(update={"weight": "other"}),)}),
        (1, {"bias": None}),
        (3, {"left": 1}),
        (3, {"right_gather": None}),
        (6, {"terms": (operations[6].terms[0], operations[6].terms[1].model_copy(update={"factor": 7}))}),
        (9, {"rows": (Window(start=0, stop=4, weight=2),)}),
        (len(operations) - 1, {"policy": "label"}),
    ):
        changed = [*operations]
        changed[index] = operations[index].model_copy(update=update)
        assert changed[index] != operations[index]
        yield program.model_copy(update={"operations": tuple(changed)})


def test_every_public_change_changes_the_digest(model):
    fresh = [SecureProgram.model_validate(changed.model_dump()) for changed in changes(model.program)]
    digests = {program.digest for program in [model.program, *fresh]}
    assert len(digests) == 1 + len(fresh)


def test_the_digest_of_a_program_is_that_of_its_json_and_knows_no_weights(model):
    again = SecureProgram.model_validate_json(model.program.to_bytes())
    assert again == model.program
    assert again.digest == model.program.digest
    weights = {name: array + 1 for name, array in model.weights.items()}
    other = SecureModel(model.program, weights, model.report)
    assert other.program.digest == model.program.digest
    assert other.digest != model.digest


def test_weights_stay_out_of_what_is_printed(model):
    assert "array" not in repr(model)


def test_counts_of_one_image(model):
    counts = count(model.program)
    assert counts.total("opened_wide") == 64 + (counts.elements("relu") - 4 * 16) + 4
    assert counts.total("scalings") == 4 * 16
    assert counts.total("corrections") == 4 * 64 + 4 * 16 + 3
    assert counts.bias_words == 4 + 3
    label = prepare(Network().eval(), images((1, 8, 8), 16), policy="label")
    assert count(label.program).operations[-1].signs == 2


def test_words_are_the_weights_modulo_the_ring(model):
    words = model.words("conv.weight")
    assert words.dtype == np.uint32
    np.testing.assert_array_equal(words.view(np.int32), model.weights["conv.weight"])
