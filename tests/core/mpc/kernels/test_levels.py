import logging
from pathlib import Path

import pytest

from primia_core.mpc import kernels
from primia_core.mpc.errors import KernelError
from primia_core.mpc.kernels import levels, native
from tests.required import missing


@pytest.fixture(autouse=True)
def choice_of_the_machine():
    kernels.use(None)
    yield
    kernels.use(None)


def test_the_environment_forces_a_level(monkeypatch):
    monkeypatch.setenv("PRIMIA_MPC_KERNELS", "numpy")
    assert kernels.active() == "numpy"


def test_a_level_that_the_machine_lacks_is_refused_by_name(monkeypatch):
    monkeypatch.setenv("PRIMIA_MPC_KERNELS", "native-abacus")
    with pytest.raises(KernelError, match=r"native-abacus.*this machine has.*numpy"):
        kernels.active()


def test_the_library_was_built_after_its_sources_changed_last():
    """Set-up goes on without a compiler, so a source that no longer compiles would be noticed nowhere else."""
    room = Path(native.__file__).parent
    built = list(room.glob("_native*.so"))
    if not built:
        missing("the native kernels were not built: run make project, and see what the compiler says")
    newest = max(source.stat().st_mtime for source in (room / "cpp").iterdir())
    if built[0].stat().st_mtime < newest:
        missing(f"{built[0].name} is older than its sources: run python setup.py build_ext --inplace")


def test_numpy_is_always_there_and_the_last_choice():
    assert kernels.available()[-1] == "numpy"
    assert kernels.active() == kernels.available()[0]


def test_without_the_library_numpy_runs_and_says_so_once(monkeypatch, caplog):
    monkeypatch.delenv("PRIMIA_MPC_KERNELS", raising=False)
    monkeypatch.setattr(native, "levels", tuple)
    levels.available.cache_clear()
    try:
        with caplog.at_level(logging.WARNING):
            assert [kernels.active(), kernels.active()] == ["numpy", "numpy"]
        assert sum("make project" in record.message for record in caplog.records) == 1
    finally:
        levels.available.cache_clear()
