"""The native kernels of encrypted inference, built with the package where there is a C++ compiler.

Without one the package installs all the same and computes with NumPy. Everything else is in pyproject.toml.
"""

from pathlib import Path

from setuptools import Extension, setup

SOURCES = Path("primia_core/mpc/kernels/cpp")

setup(
    ext_modules=[
        Extension(
            "primia_core.mpc.kernels._native",
            sources=sorted(str(path) for path in SOURCES.glob("*.cpp")),
            depends=sorted(str(path) for path in SOURCES.glob("*.h")),
            language="c++",
            # GCC 12 warns about its own AVX-512 header, and about vectors in functions that are always inlined.
            extra_compile_args=["-std=c++17", "-O3", "-g0", "-fvisibility=hidden", "-Wno-psabi", "-Wno-uninitialized"],
            extra_link_args=["-pthread"],
            optional=True,
        )
    ]
)
