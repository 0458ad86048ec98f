"""A trained model between two parties: its shares, and W^ = W + R_w, opened once and known to both.

The dealer knows R_w and never W^; the parties know W^ and never R_w. A new model version needs a new R_w, or the
difference of two versions would be public.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from secrets import token_bytes

import numpy as np
from numpy.typing import NDArray

from primia_core.mpc import kernels
from primia_core.mpc.dealing import draw
from primia_core.mpc.errors import ModelError
from primia_core.mpc.gates.context import SecretFilters
from primia_core.mpc.profile import Words
from primia_core.mpc.program.operations import Convolution, Linear, SecureProgram
from primia_core.mpc.randomness import SEED_BYTES, RandomBytes, Stream
from primia_core.mpc.steps import Exchange, Step
from primia_core.mpc.wire import decode, encode

Tensors = Mapping[str, Words]


@dataclass(frozen=True)
class TensorShape:
    """A secret tensor of a program, and whether it is a filter or a bias."""

    name: str
    shape: tuple[int, ...]
    groups: int | None

    @property
    def is_filter(self) -> bool:
        """Return whether convolutions use it; a bias has no groups."""
        return self.groups is not None


def secret_tensors(program: SecureProgram) -> list[TensorShape]:
    """Return the program's filters and biases in the order of their first use."""
    found: dict[str, TensorShape] = {}
    for op in program.operations:
        if isinstance(op, Linear):
            for term in op.terms:
                if isinstance(term, Convolution):
                    found.setdefault(term.weight, TensorShape(term.weight, term.weight_shape, term.groups))
            if op.bias is not None:
                found.setdefault(op.bias, TensorShape(op.bias, (op.shape[0],), None))
    return list(found.values())


def share_model(
    program: SecureProgram, integers: Mapping[str, NDArray[np.int64]], rng: RandomBytes = token_bytes
) -> tuple[bytes, Tensors]:
    """Split a model's integers between the parties.

    Args:
        integers: weight and bias integers by name, int64; reduced modulo 2**k.
        rng: uniform bytes; only tests pass their own.
    Returns:
        Party 0's share as a 32-byte seed, and party 1's as ring words by name.
    Raises:
        ModelError: a tensor is missing or of another shape.
    Security: either share alone is uniform.
    """
    seed = rng(SEED_BYTES)
    first = expand_share(program, seed)
    second = {}
    for tensor in secret_tensors(program):
        values = integers.get(tensor.name)
        if values is None or values.shape != tensor.shape:
            have = "missing" if values is None else f"of shape {values.shape}"
            raise ModelError(f"tensor {tensor.name} is {have}, the program has {tensor.shape}; lower the model again")
        second[tensor.name] = values.astype(program.widths.ring.dtype) - first[tensor.name]
    return seed, second


def expand_share(program: SecureProgram, seed: bytes) -> Tensors:
    """Return uniform ring words for every tensor of a program: a seed's share of a model, or of its mask."""
    ring = program.widths.ring
    return {
        tensor.name: draw(Stream(seed, position), tensor.shape, ring)
        for position, tensor in enumerate(secret_tensors(program))
    }


class FilterBank:
    """Filters ready for ring convolutions, each packed when it is first used."""

    def __init__(self, program: SecureProgram, words: Tensors) -> None:
        self._groups = {tensor.name: tensor.groups for tensor in secret_tensors(program) if tensor.is_filter}
        self._words = words
        self._packed: dict[str, kernels.Filters] = {}

    def pack(self) -> "FilterBank":
        """Pack every filter now, so that no request waits for it."""
        for name in self._groups:
            self._filters(name)
        return self

    def convolve(self, weight: str, x: Words, term: Convolution, *, threads: int) -> Words:
        """Return the ring convolution of ``x``, (batch, channel, row, column)."""
        return kernels.convolve(x, self._filters(weight), term.stride, term.padding, term.dilation, threads=threads)

    def _filters(self, name: str) -> kernels.Filters:
        if name not in self._packed:
            self._packed[name] = kernels.pack_filters(self._words[name], self._groups[name] or 1)
        return self._packed[name]


def mask_of_weights(program: SecureProgram, mask_seeds: tuple[bytes, bytes]) -> FilterBank:
    """Return R_w, the sum of both parties' shares of it: the dealer's view."""
    first, second = (expand_share(program, seed) for seed in mask_seeds)
    return FilterBank(program, {name: first[name] + second[name] for name in first})


@dataclass(frozen=True, repr=False)
class PartyModel:
    """What one party holds of a model once W^ is open.

    Attributes:
        opened: W^ by name, the same at both parties.
        half_words: ``b W^ - [R_w]_b`` by name.
        biases: this party's shares.
    """

    program: SecureProgram
    opened: Tensors
    half_words: Tensors
    biases: Tensors

    @cached_property
    def masked(self) -> SecretFilters:
        """Return W^, packed."""
        return FilterBank(self.program, self.opened).pack()

    @cached_property
    def half(self) -> SecretFilters:
        """Return this party's half of W, packed."""
        return FilterBank(self.program, self.half_words).pack()

    def bias(self, name: str) -> Words:
        """Return this party's shares of a bias."""
        return self.biases[name]

    def opened_bytes(self) -> memoryview:
        """Return W^ as it was opened, for the book that says which mask was used for it."""
        words = np.concatenate([words.reshape(-1) for words in self.opened.values()])
        return words.view(np.uint8).data

    def pack(self) -> "PartyModel":
        """Pack both banks of filters now, so that no request waits for it."""
        assert self.masked is not None
        assert self.half is not None
        return self


def open_model(program: SecureProgram, party: int, share: Tensors, mask_seed: bytes) -> Exchange[PartyModel]:
    """Open W^ = W + R_w between the parties: one step, once for a model version and a mask.

    Args:
        share: this party's share of every tensor.
        mask_seed: this party's seed of R_w, from the dealer.
    Security: W^ is uniform, as R_w is; who opens two models under one mask gives their difference away, so that the
        caller records W^ durably before it answers for it.
    """
    ring = program.widths.ring
    mask = expand_share(program, mask_seed)
    filters = [tensor for tensor in secret_tensors(program) if tensor.is_filter]
    mine = np.concatenate([(share[t.name] + mask[t.name]).reshape(-1) for t in filters])
    peer = 1 - party
    answers = yield Step("model:open", {peer: encode(mine, ring)}, {peer: mine.nbytes})
    both = mine + decode(answers[peer], mine.size, ring)
    return _combined(program, party, share, mask, dict(_cut(both, filters)))


def reopened(
    program: SecureProgram, party: int, share: Tensors, mask_seed: bytes, opened: bytes | memoryview
) -> PartyModel:
    """Return what ``open_model`` returned, from the W^ that was kept then: no message, no second opening.

    Args:
        opened: ``PartyModel.opened_bytes``.
    Raises:
        ModelError: it is longer or shorter than the program's filters.
    """
    filters = [tensor for tensor in secret_tensors(program) if tensor.is_filter]
    words = _words(program, filters, opened, "the opened weights")
    return _combined(program, party, share, expand_share(program, mask_seed), dict(_cut(words, filters)))


def share_to_bytes(program: SecureProgram, share: Tensors) -> bytes:
    """Return a share as little-endian ring words, tensor after tensor in the order of ``secret_tensors``."""
    return b"".join(share[tensor.name].tobytes() for tensor in secret_tensors(program))


def share_from_bytes(program: SecureProgram, content: bytes | memoryview) -> Tensors:
    """Return the share that ``share_to_bytes`` wrote.

    Raises:
        ModelError: it is longer or shorter than the program's tensors.
    """
    tensors = secret_tensors(program)
    return dict(_cut(_words(program, tensors, content, "a share of the model"), tensors))


def _combined(program: SecureProgram, party: int, share: Tensors, mask: Tensors, opened: Tensors) -> PartyModel:
    half = {name: (words if party else np.zeros_like(words)) - mask[name] for name, words in opened.items()}
    biases = {t.name: share[t.name] for t in secret_tensors(program) if not t.is_filter}
    return PartyModel(program, opened, half, biases)


def _words(program: SecureProgram, tensors: list[TensorShape], content: bytes | memoryview, what: str) -> Words:
    kind = np.dtype(program.widths.ring.dtype)
    wanted = sum(prod(tensor.shape) for tensor in tensors) * kind.itemsize
    size = memoryview(content).nbytes
    if size != wanted:
        raise ModelError(f"{what} has {size} bytes, the program's tensors {wanted}; share the model again")
    return np.frombuffer(content, kind)


def _cut(words: Words, tensors: list[TensorShape]) -> Iterator[tuple[str, Words]]:
    start = 0
    for tensor in tensors:
        size = prod(tensor.shape)
        yield tensor.name, words[start : start + size].reshape(tensor.shape)
        start += size
