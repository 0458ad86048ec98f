"""Products of shared values by Beaver triples that P2 deals: of numbers one by one, of images with filters.

Every product takes a fresh triple, of weights too, as in the paper. Masked weights could be opened once for a model
version instead, under a mask that P2 keeps; that saves most of what a run sends for its linear layers, but it is not
the protocol that this baseline stands for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from math import prod
from operator import add
from typing import Protocol

import numpy as np

from primia_core.mpc import kernels
from primia_core.mpc.profile import Words
from primia_core.mpc.program.operations import Convolution, Shape
from primia_core.mpc.securenn.dealt import Deal, Hand, from_helper
from primia_core.mpc.securenn.seat import HELPER, Seat
from primia_core.mpc.securenn.wire import joined
from primia_core.mpc.steps import Exchange


class Bilinear(Protocol):
    """A product whose factors and outcome have known shapes."""

    @property
    def left(self) -> Shape:
        """Return the shape of the first factor."""

    @property
    def right(self) -> Shape:
        """Return the shape of the second factor."""

    @property
    def out(self) -> Shape:
        """Return the shape of the product."""

    def of(self, left: Words, right: Words, *, threads: int) -> Words:
        """Return the product in the ring."""


@dataclass(frozen=True)
class Elementwise:
    """Numbers times numbers."""

    count: int

    @property
    def left(self) -> Shape:
        """Return the shape of either factor and of the product."""
        return (self.count,)

    right = out = left

    def of(self, left: Words, right: Words, *, threads: int) -> Words:
        """Return the product in the ring."""
        return left * right


@dataclass(frozen=True)
class ConvolutionOf:
    """A batch of images convolved with filters."""

    term: Convolution
    batch: int
    image: Shape
    result: Shape

    @property
    def left(self) -> Shape:
        """Return the shape of the images."""
        return (self.batch, *self.image)

    @property
    def right(self) -> Shape:
        """Return the shape of the filters."""
        return self.term.weight_shape

    @property
    def out(self) -> Shape:
        """Return the shape of the result."""
        return (self.batch, *self.result)

    def of(self, left: Words, right: Words, *, threads: int) -> Words:
        """Return the convolution in the ring."""
        term = self.term
        filters = kernels.pack_filters(right, term.groups)
        return kernels.convolve(left, filters, term.stride, term.padding, term.dilation, threads=threads)


def multiply(seat: Seat, products: Sequence[Bilinear], factors: Sequence[tuple[Words, Words]]) -> Exchange[Words]:
    """Return this party's share of the sum of products of one shape: what P0 and P1 do.

    Args:
        factors: this party's shares of both factors of each product.
    Security: what P0 and P1 open is masked by the triple, of which each knows one share; the share returned is fresh.
    Cost: 1 round; each of P0 and P1 sends its factors' size, P2 the result's. The paper: 2 rounds and the same size.
    Source: SecureNN, algorithm 1, with its remark on seeds; Beaver, CRYPTO 1991.
    """
    ring = seat.ring
    masks = [[seat.stream(HELPER).words(shape, ring.dtype) for shape in (p.left, p.right)] for p in products]
    mine = [[factor - mask for factor, mask in zip(*pair, strict=True)] for pair in zip(factors, masks, strict=True)]
    out = products[0].out
    message = joined(*(part for pair in mine for part in pair))
    dealt = from_helper(seat, prod(out) * ring.word_bytes)
    answers = yield from seat.step(send={seat.other: message}, expect={seat.other: message.nbytes, **dealt})
    hand = Hand(seat, answers.get(HELPER))
    share = hand.words(prod(out)).reshape(out) + seat.zeros(prod(out)).reshape(out)
    theirs = _cut(np.frombuffer(answers[seat.other], ring.dtype), products)
    for product, (x, y), ours, yours in zip(products, factors, mine, theirs, strict=True):
        e, f = ours[0] + yours[0], ours[1] + yours[1]
        share += product.of(x if seat.party == 0 else x - e, f, threads=seat.threads)
        share += product.of(e, y, threads=seat.threads)
    return share


def help_multiply(seat: Seat, products: Sequence[Bilinear]) -> Exchange[None]:
    """Do what P2 does in ``multiply``: deal the sum of the products of masks."""
    ring = seat.ring
    masks = [
        [
            seat.stream(0).words(shape, ring.dtype) + seat.stream(1).words(shape, ring.dtype)
            for shape in (p.left, p.right)
        ]
        for p in products
    ]
    deal = Deal(seat)
    deal.words(reduce(add, (p.of(a, b, threads=seat.threads) for p, (a, b) in zip(products, masks, strict=True))))
    yield from seat.step(send={1: deal.message()})


def _cut(words: Words, products: Sequence[Bilinear]) -> list[list[Words]]:
    """Return the factors that an opening holds one after another."""
    shapes = [shape for p in products for shape in (p.left, p.right)]
    ends = np.cumsum([prod(shape) for shape in shapes])
    parts = [part.reshape(shape) for part, shape in zip(np.split(words, ends[:-1]), shapes, strict=True)]
    return [parts[i : i + 2] for i in range(0, len(parts), 2)]
