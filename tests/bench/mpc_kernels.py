"""What the kernels of encrypted inference take on this machine: ring products of ResNet-18 by layer, AES, sign tests.

Every figure is the best of several runs in one thread, unless ``--threads`` says otherwise. Run it with
``python -m tests.bench.mpc_kernels``; ``--json FILE`` also writes the figures, ``--level`` takes one level only.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from primia_core.mpc import kernels
from primia_core.mpc.kernels.levels import backend

ELEMENTS = 2_300_000
"""Sign tests of ResNet-18 at 224 x 224."""
WIDTHS = {"uint32": (np.uint32, np.uint16, np.uint16, 16, 16), "uint64": (np.uint64, np.uint32, np.uint64, 40, 24)}
FIXED = kernels.FixedKeys.of_stock(b"measured")
rng = np.random.default_rng(20)

Layer = tuple[str, int, int, int, int, int]
"""Name, input channels, input size, output channels, kernel size, stride."""


def resnet18() -> list[Layer]:
    """Return the products of one pass over 3 x 224 x 224."""
    layers: list[Layer] = [("stem", 3, 224, 64, 7, 2)]
    channels, size = 64, 56
    for stage, outputs in enumerate((64, 128, 256, 512), start=1):
        stride = 1 if stage == 1 else 2
        layers.append((f"stage {stage} first", channels, size, outputs, 3, stride))
        if stride == 2:
            layers.append((f"stage {stage} skip", channels, size, outputs, 1, 2))
        channels, size = outputs, size // stride
        layers += [(f"stage {stage} 3x3", channels, size, outputs, 3, 1)] * 3
    return [*layers, ("classes", 512, 1, 3, 1, 1)]


def main() -> None:
    """Measure and print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--level", choices=kernels.available(), help="measure only this level")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--elements", type=int, default=ELEMENTS)
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    figures: dict[str, dict[str, float]] = {}
    for level in [options.level] if options.level else kernels.available():
        kernels.use(level)
        runs = options.runs if level != "numpy" else 1
        measured = products(runs, options.threads) | others(options.elements, runs, options.threads)
        figures[level] = measured
        print(f"\n{level}")
        for name, value in measured.items():
            print(f"  {name:40s} {value:10.4g}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


def best(call: Callable[[], Any], runs: int) -> float:
    """Return the shortest wall-clock time of a call, after one that warms up."""
    call()
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return min(taken)


def products(runs: int, threads: int) -> dict[str, float]:
    """Return GMAC/s of every layer of ResNet-18 and the seconds of all of them."""
    figures: dict[str, float] = {}
    for ring, (word, *_rest) in WIDTHS.items():
        total = macs_in_all = 0.0
        for (name, channels, size, outputs, kernel, stride), times in Counter(resnet18()).items():
            x = uniform((1, channels, size, size), word)
            filters = kernels.pack_filters(uniform((outputs, channels, kernel, kernel), word))
            pad = (kernel // 2, kernel // 2)
            y = kernels.convolve(x, filters, (stride, stride), (pad, pad))
            macs = float(y.size * channels * kernel * kernel)
            seconds = best(
                lambda x=x, f=filters, s=stride, p=pad: kernels.convolve(x, f, (s, s), (p, p), threads=threads), runs
            )
            figures[f"{ring} {name}, GMAC/s"] = macs / seconds / 1e9
            total, macs_in_all = total + times * seconds, macs_in_all + times * macs
        figures[f"{ring} ResNet-18 GMAC/s"] = macs_in_all / total / 1e9
        figures[f"{ring} ResNet-18, s"] = total
    return figures


def others(count: int, runs: int, threads: int) -> dict[str, float]:
    """Return seconds of the other kernels for so many elements, and AES blocks a second."""
    figures = aes(runs) | comparisons(count, runs, threads) | lookups(count, runs, threads)
    figures |= payload_comparisons(count // 10, runs, threads)
    for ring, widths in WIDTHS.items():
        figures |= {f"{ring} {name}, s": value for name, value in arithmetic(widths, count, runs, threads).items()}
    return figures


def aes(runs: int) -> dict[str, float]:
    """Return the bare permutation's blocks a second, in the second-level cache."""
    native = backend()
    if not hasattr(native, "encrypt"):
        return {}
    blocks = uniform((1 << 14, 2), np.uint64)
    seconds = best(lambda: [native.encrypt(FIXED.tree, blocks) for _ in range(16)], runs)
    return {"AES-128, G blocks/s": 16 * len(blocks) / seconds / 1e9}


def comparisons(count: int, runs: int, threads: int) -> dict[str, float]:
    """Return seconds to deal and to evaluate comparison keys of 15 bits."""
    x, threshold = uniform(count, np.uint16), uniform(count, np.uint16)
    roots = [uniform((count, 2), np.uint64) for _ in range(2)]
    key = kernels.comparison_generate(threshold, 15, *roots, FIXED)

    def generate(out: Any = None) -> Any:
        return kernels.comparison_generate(threshold, 15, *roots, FIXED, out=out, threads=threads)

    def evaluate() -> Any:
        return kernels.comparison_evaluate(0, x, 15, roots[0], key, FIXED, threads=threads)

    return {
        "comparison_generate, 15 bits, s": best(generate, runs),
        "comparison_generate into out, s": best(lambda: generate(key), runs),
        "comparison_evaluate, 15 bits, s": best(evaluate, runs),
    }


def payload_comparisons(count: int, runs: int, threads: int) -> dict[str, float]:
    """Return seconds to deal and to evaluate comparison functions of 15 bits with three payload words."""
    x, threshold = uniform(count, np.uint16), uniform(count, np.uint16)
    roots = [uniform((count, 2), np.uint64) for _ in range(2)]
    payload = uniform((count, 3), np.uint32)
    key = kernels.dcf_generate(threshold, payload, 15, *roots, FIXED)

    def generate() -> Any:
        return kernels.dcf_generate(threshold, payload, 15, *roots, FIXED, threads=threads)

    def evaluate() -> Any:
        return kernels.dcf_evaluate(0, x, 15, roots[0], key, FIXED, np.uint32, 3, threads=threads)

    return {"dcf_generate, a tenth, s": best(generate, runs), "dcf_evaluate, a tenth, s": best(evaluate, runs)}


def lookups(count: int, runs: int, threads: int) -> dict[str, float]:
    """Return seconds to read tables of 32 entries of 2 bits, and of 8 words."""
    tables, payloads = uniform((count, 8), np.uint8), uniform((count, 8), np.uint32)
    index = uniform(count, np.uint8)
    wide, short = index & np.uint8(31), index & np.uint8(7)
    return {
        "table_lookup, s": best(lambda: kernels.table_lookup(tables, wide, 2, threads=threads), runs),
        "payload_lookup, s": best(lambda: kernels.payload_lookup(payloads, short, threads=threads), runs),
    }


def arithmetic(widths: tuple[Any, ...], count: int, runs: int, threads: int) -> dict[str, float]:
    """Return seconds of truncation, ReLU and maximum in one profile."""
    word, narrow, wrap, fraction, wire = widths
    z, rho, rho_mask, mask, out = (uniform(count, word) for _ in range(5))
    a, b, c, d, e, f = (uniform(count, narrow) & narrow((1 << wire) - 1) for _ in range(6))
    w0, w1 = uniform(count, wrap), uniform(count, wrap)
    sign = uniform(count, np.uint8) & np.uint8(1)
    calls = {
        "truncate_share": lambda: kernels.truncate_share(0, z, a, fraction, wire, threads=threads),
        "relu_select": lambda: kernels.relu_select(
            0, a, sign, rho, rho_mask, mask, w0, w1, out, fraction, wire, threads=threads
        ),
        "relu_finish": lambda: kernels.relu_finish(0, a, rho, rho_mask, w0, out, fraction, wire, threads=threads),
        "maximum_select": lambda: kernels.maximum_select(0, a, b, sign, c, d, e, f, b, wire, threads=threads),
    }
    return {name: best(call, runs) for name, call in calls.items()}


def uniform(shape: int | tuple[int, ...], word: Any) -> np.ndarray:
    """Return uniform words; for measuring only."""
    return rng.integers(0, 1 << 8 * np.dtype(word).itemsize, shape, dtype=word)


if __name__ == "__main__":
    main()
