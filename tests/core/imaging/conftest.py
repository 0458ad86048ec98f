"""Small cohorts and DICOM files that tests of imaging share, and the real files where they are at hand."""

import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage, generate_uid

from tests.required import data_folder, missing

torch.set_num_threads(1)


@pytest.fixture
def class_folders(tmp_path: Path) -> Path:
    """Three classes, four patients each, two images a patient, as PNG."""
    rng = np.random.default_rng(0)
    for label in ("normal", "bacterial", "viral"):
        for patient in range(4):
            folder = tmp_path / "images" / label / f"{label}-{patient}"
            folder.mkdir(parents=True)
            for image in range(2):
                pixels = rng.integers(0, 256, (80, 100), dtype=np.uint8)
                Image.fromarray(pixels).save(folder / f"{image}.png")
    return tmp_path / "images"


DicomWriter = Callable[..., Path]


@pytest.fixture
def write_dicom(tmp_path: Path) -> DicomWriter:
    """Write an array as a DICOM file; keywords set or replace elements."""

    def write(pixels: np.ndarray, *, stored: int | None = None, name: str = "image.dcm", **elements: object) -> Path:
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
        meta.MediaStorageSOPInstanceUID = generate_uid()
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data = FileDataset(str(tmp_path / name), Dataset(), file_meta=meta, preamble=b"\0" * 128)
        frames = pixels.shape[0] if pixels.ndim == 3 else 1
        if frames > 1:
            data.NumberOfFrames = frames
        data.Rows, data.Columns = pixels.shape[-2:]
        data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
        data.BitsAllocated = 8 * pixels.dtype.itemsize
        data.BitsStored = stored or data.BitsAllocated
        data.HighBit = data.BitsStored - 1
        data.PixelRepresentation = int(pixels.dtype.kind == "i")
        data.PixelData = pixels.tobytes() + b"\0" * (pixels.nbytes % 2)
        for element, value in elements.items():
            setattr(data, element, value)
        data.save_as(tmp_path / name, enforce_file_format=True)
        return tmp_path / name

    return write


@pytest.fixture(scope="session")
def dicom_core(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The 64 collected DICOM files and their manifest."""
    archive = data_folder() / "dicom-core.tar"
    if not archive.is_file():
        missing(f"no {archive.name} in the data folder")
    folder = tmp_path_factory.mktemp("dicom-core")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / "dicom"
