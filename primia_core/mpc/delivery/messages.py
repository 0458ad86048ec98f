"""What dealer and party say to each other, and the frames that carry it. Opens no socket and knows no stock.

A frame is a kind (1 byte), a length (4 bytes, little endian) and a body: canonical JSON for a sentence, raw bytes for a
part of a file.
"""

import struct
from collections.abc import Generator, Iterator, Mapping
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import Field, ValidationError

from primia_core.canonical import canonical_json
from primia_core.mpc.errors import PeerGarbage
from primia_core.mpc.stock.header import Hex16, Kind, Public

HEADER: Final = struct.Struct("<BI")
MOST_SENTENCE_BYTES: Final = 1 << 16
PART_BYTES: Final = 1 << 20
MOST_SETS: Final = 1000
PART: Final = 0


class Order(Public):
    """A party asks for sets.

    Attributes:
        service: that they are for, as the dealer knows it.
        kind, epoch: that the party expects; the dealer refuses when it has others.
        want: how many sets at most.
    """

    version: Literal[1] = 1
    service: Annotated[str, Field(min_length=1, max_length=64)]
    kind: Kind
    epoch: Annotated[int, Field(ge=1, lt=1 << 63)]
    want: Annotated[int, Field(ge=0, le=MOST_SETS)]


class Discard(Public):
    """The dealer has voided these sets; a party that holds its half throws it away, unused."""

    stock_ids: Annotated[tuple[Hex16, ...], Field(max_length=MOST_SETS)]


class Discarded(Public):
    """The party has none of them any more."""


class Offer(Public):
    """The dealer would send a file."""

    stock_id: Hex16
    size_bytes: Annotated[int, Field(ge=1, lt=1 << 48)]


class Verdict(Public):
    """What the party says to an offer, or to the file.

    Attributes:
        word: ``send`` it; I ``have`` it; there is ``no_room``; it is ``taken`` and on the shelf, durably; ``refused``.
        code: of the error for which a file is refused.
    """

    word: Literal["send", "have", "no_room", "taken", "refused"]
    code: Annotated[str, Field(max_length=64, pattern=r"^[a-z0-9_.]*$")] = ""


class End(Public):
    """The dealer has nothing more to say: so many sets still wait for this party."""

    left: Annotated[int, Field(ge=0)]


class Refusal(Public):
    """The dealer gives nothing, and why."""

    code: Annotated[str, Field(max_length=64, pattern=r"^[a-z0-9_.]*$")]
    message: Annotated[str, Field(max_length=2000)]


Sentence = Order | Discard | Discarded | Offer | Verdict | End | Refusal
SENTENCES: Final[Mapping[int, type[Sentence]]] = {
    1: Order, 2: Discard, 3: Discarded, 4: Offer, 5: Verdict, 6: End, 7: Refusal,
}  # fmt: skip
_NUMBERS: Final = {kind: number for number, kind in SENTENCES.items()}

Heard = Sentence | memoryview
"""A sentence, or bytes of a file: a part may be heard in several pieces."""
T = TypeVar("T")
Talk = Generator[bytes | None, Heard | None, T]
"""One half of a conversation: yields bytes to say, or ``None`` to be sent what is heard next."""


def said(sentence: Sentence) -> bytes:
    """Return a sentence as a frame."""
    body = canonical_json(sentence.model_dump(mode="json"))
    return HEADER.pack(_NUMBERS[type(sentence)], len(body)) + body


def part_header(size_bytes: int) -> bytes:
    """Return what goes before a part of a file."""
    return HEADER.pack(PART, size_bytes)


def hear(kind: type[T]) -> Generator[bytes | None, Heard | None, T]:
    """Wait for a sentence of this kind.

    Raises:
        PeerGarbage: something else is said.
    """
    heard = yield None
    if not isinstance(heard, kind):
        raise PeerGarbage(
            f"a {kind.__name__} was awaited and {_named(heard)} came; run the same version at dealer and parties"
        )
    return heard


class Frames:
    """Cuts a stream of bytes into sentences and pieces of files. Keeps at most one sentence."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._of_part = 0

    def feed(self, data: bytes) -> Iterator[Heard]:
        """Give what has become complete.

        Raises:
            PeerGarbage: a frame is of no known kind, too long, or its body is not what its kind says.
        """
        view = memoryview(data)
        while view.nbytes:
            if self._of_part:
                piece, view = view[: self._of_part], view[self._of_part :]
                self._of_part -= piece.nbytes
                yield piece
                continue
            taken = min(self._missing(), view.nbytes)
            self._held += view[:taken]
            view = view[taken:]
            if len(self._held) == HEADER.size:
                self._begin()
            if self._held and not self._missing():
                yield self._finish()

    def _missing(self) -> int:
        if len(self._held) < HEADER.size:
            return HEADER.size - len(self._held)
        length: int = HEADER.unpack_from(self._held)[1]
        return HEADER.size + length - len(self._held)

    def _begin(self) -> None:
        kind, length = HEADER.unpack(self._held)
        most = PART_BYTES if kind == PART else MOST_SENTENCE_BYTES
        if (kind != PART and kind not in SENTENCES) or not 0 < length <= most:
            raise PeerGarbage(
                f"a frame of kind {kind} with {length} bytes came, at most {most} are allowed; "
                "run the same version at dealer and parties"
            )
        if kind == PART:
            self._of_part = length
            self._held.clear()

    def _finish(self) -> Sentence:
        kind = SENTENCES[self._held[0]]
        body = bytes(self._held[HEADER.size :])
        self._held.clear()
        try:
            return kind.model_validate_json(body, strict=True)
        except ValidationError as error:
            raise PeerGarbage(f"a {kind.__name__} with {error.error_count()} wrong fields came") from None


def _named(heard: Any) -> str:
    return "part of a file" if isinstance(heard, memoryview) else f"a {type(heard).__name__}"
