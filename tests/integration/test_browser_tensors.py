"""The browser and Python read a file alike: the built worker in a real browser, beside the package, on the same files.

Fifty real X-rays in the forms in which they come, and files that must be refused, with the same codes.
"""

import json
import os
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image

from primia_core.diagnosis.errors import InputError
from primia_core.diagnosis.input import normalised, tensor
from tests.core.diagnosis.parties import described
from tests.integration.harness import ROOT
from tests.required import data_folder, missing

NODE = ROOT / ".node" / "bin"
PLANES = ROOT / "frontend" / "e2e" / "tensors" / "planes.ts"
BUILT = ROOT / "frontend" / "dist" / "assets"
SIZE = 224
X_RAYS = 40
DICOM = (
    "1.2.276.0.7230010.3.1.4.8323329.6904.1517875201.850819.dcm",
    "Fake_MONOHR1.dcm",
    "693_UNCR.dcm",
    "JPEG2000_UNC.dcm",
    "JPEGBaseline_1s_1f_u_08_08.dcm",
    "mlut_18.dcm",
    "vlut_04.dcm",
    "color-pl.dcm",
    "color-px.dcm",
    "SC_ybr_full_uncompressed.dcm",
)
ELSEWHERE = {"693_J2KR.dcm": "JPEG 2000", "RG2_JLSN.dcm": "JPEG-LS", "JPGLosslessP14SV1_1s_1f_8b.dcm": "lossless JPEG"}
"""What Python reads and the page does not: it says so, and names the program that does."""
DESCRIPTOR = described("logits", size=SIZE, channels=1)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of real pictures, in the forms in which they come, and of files that are none."""
    folder, data = tmp_path_factory.mktemp("files"), data_folder()
    x_rays = _taken(data / "kermany224.tar", folder, lambda name: name.endswith(".jpeg"), X_RAYS)
    _taken(data / "dicom-core.tar", folder, lambda name: name in (*DICOM, *ELSEWHERE), len(DICOM) + len(ELSEWHERE))
    _other_forms(x_rays, folder)
    _damaged(x_rays[0], folder)
    return folder


@pytest.fixture(scope="module")
def planes(files: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """Return what the built worker makes of each file."""
    for part in (NODE / "node", BUILT):
        if not part.exists():
            missing(f"{part.relative_to(ROOT)} (make setup)")
    folder = tmp_path_factory.mktemp("planes")
    asked = DESCRIPTOR.input
    spec = {name: getattr(asked, name) for name in ("size", "channels", "mean", "std", "scale", "limit", "ring_bits")}
    (folder / "spec.json").write_text(json.dumps(spec))
    done = subprocess.run(
        [NODE / "node", PLANES, files, folder / "spec.json", folder / "planes.json"],
        env={**os.environ, "PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}"},
        cwd=ROOT / "frontend",
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads((folder / "planes.json").read_text())


@pytest.mark.slow
def test_browser_and_python_differ_by_at_most_one_grey(files: Path, planes: dict[str, dict[str, object]]) -> None:
    compared, exact, codes = 0, 0, []
    for path in sorted(files.iterdir()):
        said = planes[path.name]
        try:
            ours = tensor(path, DESCRIPTOR)
        except InputError as error:
            codes.append((path.name, error.code, said.get("code")))
            continue
        if path.name in ELSEWHERE:
            assert said["code"] == "input.needs_program"
            assert ELSEWHERE[path.name] in str(said["message"])
            assert "primia diagnose" in str(said["message"])
            continue
        assert "greys" in said, f"{path.name}: {said}"
        theirs = np.asarray(said["greys"], np.uint8).reshape(SIZE, SIZE)
        difference = int(np.abs(ours.astype(int) - theirs).max())
        assert difference <= 1, f"{path.name}: {difference} greys apart"
        assert normalised(theirs, DESCRIPTOR)[0].reshape(-1).tolist() == said["integers"], path.name
        compared, exact = compared + 1, exact + (difference == 0)
    assert compared >= 50
    assert exact >= compared * 0.8
    assert len(codes) >= 6
    for name, python, page in codes:
        assert python == page, name


def _taken(archive: Path, folder: Path, wanted: Callable[[str], bool], count: int) -> list[Path]:
    if not archive.is_file():
        missing(f"no {archive.name} in the data folder")
    found: list[Path] = []
    with tarfile.open(archive) as tar:
        for member in tar:
            name = Path(member.name).name
            if member.isfile() and len(found) < count and wanted(name) and (content := tar.extractfile(member)):
                found.append(folder / name)
                found[-1].write_bytes(content.read())
    return found


def _other_forms(x_rays: list[Path], folder: Path) -> None:
    """Save real pictures as hospitals and telephones do."""
    opened = [Image.open(path).convert("L").resize((700 + 40 * i, 900 - 30 * i)) for i, path in enumerate(x_rays[:9])]
    deep = np.asarray(opened[0], np.uint16) * 251 + 17
    Image.fromarray(deep).save(folder / "deep.png")
    opened[1].convert("RGB").save(folder / "grey-as-colour.png")
    opened[2].convert("P").save(folder / "palette.png")
    opened[3].convert("1").save(folder / "two-tones.png")
    faded = opened[4].convert("LA")
    faded.putalpha(opened[5].resize(faded.size))
    faded.save(folder / "transparent.png")
    for turned in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = turned
        opened[6].save(folder / f"turned-{turned}.jpg", exif=exif, quality=92)
    opened[7].convert("RGB").save(folder / "subsampled.jpg", quality=85, subsampling=2)
    opened[8].save(folder / "progressive.jpg", progressive=True)
    _dicom(opened[0], folder / "word-windowed.dcm", "MONOCHROME1", window=(1200.0, 1500.0))
    _dicom(opened[1], folder / "rescaled.dcm", "MONOCHROME2", orientation=["R", "H"], rescale=(1.5, -300.0))
    _dicom(opened[2], folder / "padded.dcm", "MONOCHROME2", padding=0, orientation=["F", "L"])
    _dicom(opened[3], folder / "sigmoid.dcm", "MONOCHROME2", window=(900.0, 700.0), function="SIGMOID", rle=True)


def _dicom(
    image: Image.Image, path: Path, photometric: str, *, window: tuple[float, float] | None = None,
    function: str | None = None, rescale: tuple[float, float] | None = None, padding: int | None = None,
    orientation: list[str] | None = None, rle: bool = False,
) -> None:  # fmt: skip
    pixels = np.asarray(image, np.uint16) * 8
    data = pydicom.Dataset()
    data.file_meta = pydicom.dataset.FileMetaDataset()
    data.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    data.SOPClassUID, data.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", pydicom.uid.generate_uid()
    data.file_meta.MediaStorageSOPClassUID, data.file_meta.MediaStorageSOPInstanceUID = (
        data.SOPClassUID,
        data.SOPInstanceUID,
    )
    data.Rows, data.Columns = pixels.shape
    data.SamplesPerPixel, data.PhotometricInterpretation, data.PixelRepresentation = 1, photometric, 0
    data.BitsAllocated, data.BitsStored, data.HighBit = 16, 12, 11
    if window is not None:
        data.WindowCenter, data.WindowWidth = window
    if function is not None:
        data.VOILUTFunction = function
    if rescale is not None:
        data.RescaleSlope, data.RescaleIntercept = rescale
    if padding is not None:
        data.PixelPaddingValue = padding
    if orientation is not None:
        data.PatientOrientation = orientation
    data.PixelData = pixels.tobytes()
    if rle:
        data.compress(pydicom.uid.RLELossless)
    data.save_as(path, enforce_file_format=True)


def _damaged(x_ray: Path, folder: Path) -> None:
    """Save what must be refused."""
    whole = x_ray.read_bytes()
    (folder / "bad-cut.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "bad-empty.png").write_bytes(b"")
    (folder / "bad-text.png").write_bytes(b"%PDF-1.7 a letter about the patient")
    Image.open(x_ray).resize((40, 40)).save(folder / "bad-small.png")
    ramp = np.linspace(0, 255, 300 * 300, dtype=np.uint8).reshape(300, 300)
    Image.fromarray(np.stack([ramp, 255 - ramp, ramp // 2], axis=-1)).save(folder / "bad-colour.png")
    Image.fromarray(np.stack([ramp, 255 - ramp, ramp // 2], axis=-1)).save(folder / "bad-colour.jpg", quality=95)
    Image.open(x_ray).resize((300, 300)).save(folder / "bad-cut.png")
    content = (folder / "bad-cut.png").read_bytes()
    (folder / "bad-cut.png").write_bytes(content[: len(content) - 400])
