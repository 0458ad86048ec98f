"""The kernels in C++, called through a plain C interface; same arguments and same bytes as ``kernels.reference``.

The library is built by the package's own build where there is a C++ compiler, and holds code for several kinds of
processors. Calls release the interpreter's lock. Arguments were checked by the public functions.
"""

import ctypes
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from primia_core.mpc.errors import KernelError
from primia_core.mpc.kernels import lent_aes
from primia_core.mpc.kernels.blocks import GROUP, Bits, Blocks, FixedKeys, Key, groups_of
from primia_core.mpc.kernels.filters import Filters, Padding, Pair
from primia_core.mpc.kernels.reference.dcf import key_dtype
from primia_core.mpc.profile import Narrow, Words

ALIGNMENT = 64
PORTABLE = "native-portable"
LEAF_ROWS, LEAF_BITS = 2, 8
TRUNCATE, RELU, MAXIMUM = range(3)

_POINTER, _INT, _LONG = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
_SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "primia_level_name": (ctypes.c_char_p, [_INT]),
    "primia_comparison": (None, [_INT, _INT, _LONG, _INT, _INT, _POINTER, _INT, *[_POINTER] * 7]),
    "primia_dcf": (None, [_INT, _INT, _LONG, *[_INT] * 4, _POINTER, _INT, *[_POINTER] * 9]),
    "primia_encrypt": (None, [_INT, _POINTER, _POINTER, _LONG]),
    "primia_lend": (None, [_POINTER]),
    "primia_panel_width": (_LONG, [_INT, _INT]),
    "primia_pack": (None, [_INT, _POINTER, _INT, _POINTER, _POINTER]),
    "primia_convolve": (_INT, [_INT, _INT, _POINTER, _INT, _POINTER, _POINTER, _POINTER]),
    "primia_select": (None, [_INT, _INT, _INT, _LONG, *[_POINTER] * 12]),
    "primia_lookup": (None, [_INT, _LONG, _POINTER, _LONG, _POINTER, _INT, _INT, _INT, _POINTER]),
}


@cache
def library() -> ctypes.CDLL | None:
    """Return the loaded library, or None where it was not built."""
    for suffix in EXTENSION_SUFFIXES:
        path = Path(__file__).with_name(f"_native{suffix}")
        if path.exists():
            loaded = ctypes.CDLL(str(path))
            for name, (result, arguments) in _SIGNATURES.items():
                function = getattr(loaded, name)
                function.restype, function.argtypes = result, arguments
            return loaded
    return None


@cache
def levels() -> tuple[str, ...]:
    """Return the levels that the library has for this processor, the fastest first."""
    loaded = library()
    names: list[str] = []
    while loaded is not None and (name := loaded.primia_level_name(len(names))) is not None:
        names.append(name.decode())
    return tuple(names)


class Native:
    """The kernels of one level."""

    def __init__(self, level: str) -> None:
        loaded = library()
        if loaded is None:
            raise KernelError(f"no native library for {level!r}; install a C++ compiler and run 'make project'")
        self._library = loaded
        self._level = levels().index(level)
        self._name = level
        self._borrows = level == PORTABLE and lent_aes.lend_if_faster(loaded, self._level)

    def comparison_generate(
        self,
        threshold: NDArray[Any],
        bits: int,
        root0: Blocks,
        root1: Blocks,
        fixed: FixedKeys,
        *,
        out: Blocks | None = None,
        threads: int = 1,
    ) -> Blocks:
        """See ``kernels.comparison``."""
        count = len(threshold)
        shape = (groups_of(count), bits - LEAF_BITS + LEAF_ROWS, GROUP, 2)
        key = out if out is not None and _is_aligned(out) else _aligned(shape, np.uint64)
        self._comparison(threads, count, bits, 0, threshold, root0, root1, None, key, None, fixed)
        if out is None or key is out:
            return key
        out[...] = key
        return out

    def comparison_evaluate(
        self, party: int, x: NDArray[Any], bits: int, root: Blocks, key: Blocks, fixed: FixedKeys, *, threads: int = 1
    ) -> Bits:
        """See ``kernels.comparison``."""
        share = np.empty(len(x), np.uint8)
        self._comparison(threads, len(x), bits, party, x, root, None, key, None, share, fixed)
        return share

    def _comparison(self, threads: int, count: int, bits: int, party: int, numbers: NDArray[Any], *rest: Any) -> None:
        *arrays, fixed = rest
        self._library.primia_comparison(
            self._level,
            1 if self._borrows else threads,  # what is lent needs the interpreter's lock, for which threads would wait
            count,
            bits,
            party,
            _at(numbers),
            numbers.dtype.itemsize,
            *map(_at, arrays),
            fixed.tree,
            fixed.leaf,
        )

    def dcf_generate(
        self,
        threshold: NDArray[Any],
        payload: Words,
        bits: int,
        root0: Blocks,
        root1: Blocks,
        fixed: FixedKeys,
        *,
        threads: int = 1,
    ) -> Key:
        """See ``kernels.dcf``."""
        count, w = payload.shape
        row = key_dtype(bits, payload.dtype, w).itemsize // 8
        key = _aligned((groups_of(count), row), np.uint64)
        arrays = (root0, root1, payload, None, key, None)
        self._dcf(threads, count, bits, 0, payload.dtype, w, threshold, arrays, fixed)
        return key

    def dcf_evaluate(
        self,
        party: int,
        x: NDArray[Any],
        bits: int,
        root: Blocks,
        key: Key,
        fixed: FixedKeys,
        dtype: DTypeLike,
        w: int,
        *,
        threads: int = 1,
    ) -> Words:
        """See ``kernels.dcf``."""
        shares = np.empty((len(x), w), dtype)
        self._dcf(threads, len(x), bits, party, shares.dtype, w, x, (root, None, None, key, None, shares), fixed)
        return shares

    def _dcf(
        self,
        threads: int,
        count: int,
        bits: int,
        party: int,
        kind: np.dtype[Any],
        w: int,
        numbers: NDArray[Any],
        arrays: tuple[NDArray[Any] | None, ...],
        fixed: FixedKeys,
    ) -> None:
        self._library.primia_dcf(
            self._level,
            threads,
            count,
            bits,
            party,
            kind.itemsize,
            w,
            _at(numbers),
            numbers.dtype.itemsize,
            *map(_at, arrays),
            fixed.tree,
            fixed.value,
            fixed.last,
        )

    def table_lookup(self, tables: Bits, index: NDArray[Any], entry_bits: int, *, threads: int = 1) -> Bits:
        """See ``kernels.tables``."""
        found = np.empty(len(index), np.uint8)
        self._lookup(threads, tables, index, entry_bits, found)
        return found

    def payload_lookup(self, tables: Words, index: NDArray[Any], *, threads: int = 1) -> Words:
        """See ``kernels.tables``."""
        found = np.empty(len(index), tables.dtype)
        self._lookup(threads, tables, index, 0, found)
        return found

    def _lookup(self, threads: int, tables: NDArray[Any], index: NDArray[Any], bits: int, found: NDArray[Any]) -> None:
        row, word = tables.shape[1] * tables.dtype.itemsize, tables.dtype.itemsize
        self._library.primia_lookup(
            threads, len(index), _at(tables), row, _at(index), index.dtype.itemsize, bits, word, _at(found)
        )

    def truncate_share(
        self, party: int, z: Words, mask: Narrow, fraction_bits: int, wire_bits: int, *, threads: int = 1
    ) -> Narrow:
        """See ``kernels.select``."""
        y = np.empty(z.shape, mask.dtype)
        widths = (z.dtype.itemsize, mask.dtype.itemsize, 0, fraction_bits, wire_bits)
        self._select(threads, TRUNCATE, party, widths, y, opened=z, out_mask=mask)
        return y

    def relu_select(
        self,
        party: int,
        opened: Narrow,
        sign: Bits,
        rho: Words,
        rho_mask: Words,
        mask: Words,
        rho_wrap: NDArray[Any],
        wrap: NDArray[Any],
        out_mask: Words,
        fraction_bits: int,
        wire_bits: int,
        *,
        threads: int = 1,
    ) -> Words:
        """See ``kernels.select``."""
        arrays = {"opened": opened, "sign": sign, "rho": rho, "rho_mask": rho_mask, "mask": mask}
        arrays |= {"rho_wrap": rho_wrap, "wrap": wrap, "out_mask": out_mask}
        return self._relu(threads, party, fraction_bits, wire_bits, arrays)

    def relu_finish(
        self,
        party: int,
        opened: Narrow,
        d: Words,
        d_mask: Words,
        d_wrap: NDArray[Any],
        out_mask: Words,
        fraction_bits: int,
        wire_bits: int,
        *,
        threads: int = 1,
    ) -> Words:
        """See ``kernels.select``."""
        arrays = {"opened": opened, "rho": d, "rho_mask": d_mask, "rho_wrap": d_wrap, "out_mask": out_mask}
        return self._relu(threads, party, fraction_bits, wire_bits, arrays)

    def _relu(
        self, threads: int, party: int, fraction_bits: int, wire_bits: int, arrays: dict[str, NDArray[Any]]
    ) -> Words:
        words = [arrays[name].dtype.itemsize for name in ("out_mask", "opened", "rho_wrap")]
        y = np.empty_like(arrays["out_mask"])
        self._select(threads, RELU, party, (*words, fraction_bits, wire_bits), y, **arrays)
        return y

    def maximum_select(
        self,
        party: int,
        left: Narrow,
        right: Narrow,
        sign: Bits,
        rho: Narrow,
        rho_mask: Narrow,
        mask: Narrow,
        right_mask: Narrow,
        out_mask: Narrow,
        wire_bits: int,
        *,
        threads: int = 1,
    ) -> Narrow:
        """See ``kernels.select``."""
        arrays = {"opened": left, "other": right, "sign": sign, "rho": rho, "rho_mask": rho_mask, "mask": mask}
        return self._maximum(threads, party, wire_bits, arrays | {"right_mask": right_mask, "out_mask": out_mask})

    def maximum_finish(
        self,
        party: int,
        left: Narrow,
        right: Narrow,
        d: Narrow,
        d_mask: Narrow,
        right_mask: Narrow,
        out_mask: Narrow,
        wire_bits: int,
        *,
        threads: int = 1,
    ) -> Narrow:
        """See ``kernels.select``."""
        arrays = {"opened": left, "other": right, "rho": d, "rho_mask": d_mask}
        return self._maximum(threads, party, wire_bits, arrays | {"right_mask": right_mask, "out_mask": out_mask})

    def _maximum(self, threads: int, party: int, wire_bits: int, arrays: dict[str, NDArray[Any]]) -> Narrow:
        y = np.empty_like(arrays["out_mask"])
        self._select(threads, MAXIMUM, party, (0, y.dtype.itemsize, 0, 0, wire_bits), y, **arrays)
        return y

    def _select(
        self, threads: int, kind: int, party: int, widths: tuple[int, ...], y: NDArray[Any], **arrays: NDArray[Any]
    ) -> None:
        """Call with the widths in bytes of ring, narrow and wrap words, and fraction and wire bits."""
        order = ("opened", "other", "sign", "rho", "rho_mask", "mask", "rho_wrap", "wrap", "right_mask", "out_mask")
        numbers = (ctypes.c_int * 6)(party, *widths)
        pointers = [_at(arrays.get(name)) for name in order]
        self._library.primia_select(self._level, threads, kind, y.size, numbers, *pointers, _at(y))

    def pack_filters(self, weights: Words, groups: int = 1, *, threads: int = 1) -> Filters:
        """See ``kernels.convolution``."""
        filters = Filters(weights, groups)
        self._panels(filters)
        return filters

    def convolve(
        self,
        x: Words,
        filters: Filters,
        stride: Pair = (1, 1),
        padding: Padding = ((0, 0), (0, 0)),
        dilation: Pair = (1, 1),
        *,
        threads: int = 1,
    ) -> Words:
        """See ``kernels.convolution``."""
        outputs, depth, *kernel = filters.words.shape
        size = filters.output_size(x.shape[2:], stride, padding, dilation)
        y = np.empty((x.shape[0], outputs, *size), x.dtype)
        if y.size == 0:
            return y
        shape = (x.shape[0], depth, *x.shape[2:], outputs // filters.groups, *kernel, filters.groups, *stride)
        numbers = np.array([*shape, *padding[0], *padding[1], *dilation, *size], np.int64)
        pointers = (_at(x), _at(self._panels(filters)), _at(y))
        if self._library.primia_convolve(self._level, threads, _at(numbers), x.dtype.itemsize, *pointers):
            raise KernelError(f"no memory to unfold an input of shape {x.shape}; run a smaller batch")
        return y

    def _panels(self, filters: Filters) -> NDArray[Any]:
        panels = filters.panels.get(self._name)
        if panels is None:
            words, groups = filters.words, filters.groups
            outputs, *rest = words.shape
            width = self._library.primia_panel_width(self._level, words.dtype.itemsize)
            blocks = groups * -(-(outputs // groups) // width)
            panels = filters.panels[self._name] = _aligned((blocks, prod(rest), width), words.dtype)
            shape = np.array([groups, outputs // groups, *rest], np.int64)
            self._library.primia_pack(self._level, _at(shape), words.dtype.itemsize, _at(words), _at(panels))
        return panels

    def encrypt(self, key: bytes, blocks: Blocks) -> None:
        """Encrypt blocks in place with AES-128, a multiple of 128 of them: the bare permutation, for measurements."""
        self._library.primia_encrypt(self._level, key, _at(blocks), len(blocks))


def _at(array: NDArray[Any] | None) -> int | None:
    return None if array is None else array.ctypes.data


def _is_aligned(array: NDArray[Any]) -> bool:
    return array.ctypes.data % ALIGNMENT == 0


def _aligned(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Return an uninitialised array that starts at a cache line."""
    kind = np.dtype(dtype)
    size = prod(shape) * kind.itemsize
    raw = np.empty(size + ALIGNMENT, np.uint8)
    start = -raw.ctypes.data % ALIGNMENT
    return raw[start : start + size].view(kind).reshape(shape)
