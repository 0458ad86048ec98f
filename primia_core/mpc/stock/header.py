"""What a correlation file says about itself: whose it is, of which stock, and for what. Public; no secret is in it."""

import struct
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from primia_core.canonical import canonical_json, sha256_hex
from primia_core.mpc.errors import StockCorrupt
from primia_core.mpc.randomness import SEED_BYTES

STOCK_ID_BYTES: Final = 16
MAGIC: Final = b"PRIMIAco"
VERSION: Final = 3
ALIGNMENT: Final = 64
PREFIX: Final = struct.Struct("<8sII")
"""Magic, version, bytes of the header that follows."""
MOST_HEADER_BYTES: Final = 1 << 16
MOST_OPENING_BYTES: Final = MOST_HEADER_BYTES + 2 * ALIGNMENT

Hex16 = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Hex32 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Public(BaseModel):
    """Frozen, strict JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Kind(Public):
    """What a correlation set is good for: sets of one kind can stand in for one another.

    Attributes:
        program: digest of the secure program.
        mask: id of the mask R_w of the model's weights that the set was dealt for.
        protocol: of the sign tests: ``"fss"``, ``"tables"``, ....
        batch: images that one set serves.
    """

    program: Hex32
    mask: Hex16
    protocol: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]
    batch: Annotated[int, Field(ge=1)]

    @property
    def tag(self) -> str:
        """Return a short name for file names: 16 hexadecimal digits."""
        return sha256_hex({"kind": "primia mpc stock kind", "value": self.model_dump(mode="json")})[:16]


class Header(Public):
    """The public half of a correlation file.

    Attributes:
        stock_id: 16 bytes that the dealer drew for this set; both parties' files carry the same.
        party: whose half this is.
        epoch: of the dealer; a later one voids it.
        created: when it was dealt, as the dealer's clock and words have it.
    """

    stock_id: Hex16
    party: Literal[0, 1]
    epoch: Annotated[int, Field(ge=1, lt=1 << 63)]
    kind: Kind
    created: Annotated[str, Field(max_length=64)] = ""

    @field_validator("stock_id")
    @classmethod
    def _drawn(cls, stock_id: str) -> str:
        if not int(stock_id, 16):
            raise ValueError("a stock id is drawn at random, and this one is all zeros")
        return stock_id

    def to_bytes(self) -> bytes:
        """Return the canonical JSON."""
        return canonical_json(self.model_dump(mode="json"))


def opening(header: Header, seed: bytes) -> bytes:
    """Return the first bytes of a file, a multiple of 64: prefix, header, the party's seed, zeros."""
    described = header.to_bytes()
    if len(seed) != SEED_BYTES:
        raise StockCorrupt(f"a party's seed has {SEED_BYTES} bytes, got {len(seed)}")
    head = PREFIX.pack(MAGIC, VERSION, len(described)) + described + seed
    return head + bytes(-len(head) % ALIGNMENT)


def opening_bytes(prefix: bytes) -> int:
    """Return how long a file's opening is, from its first 16 bytes.

    Raises:
        StockCorrupt: they are not the beginning of a correlation file of this version.
    """
    if len(prefix) < PREFIX.size:
        raise StockCorrupt(f"a correlation file begins with {PREFIX.size} bytes, got {len(prefix)}; fetch it again")
    magic, version, size = PREFIX.unpack(prefix[: PREFIX.size])
    if magic != MAGIC or version != VERSION:
        raise StockCorrupt(
            f"a correlation file begins with {MAGIC!r} version {VERSION}, this one with {magic!r} {version}; "
            "discard it, and let dealer and party run the same release"
        )
    if size > MOST_HEADER_BYTES:
        raise StockCorrupt(f"a header has at most {MOST_HEADER_BYTES} bytes, this one says {size}; discard the file")
    end = PREFIX.size + int(size) + SEED_BYTES
    return end + -end % ALIGNMENT


def read_opening(opened: bytes) -> tuple[Header, bytes]:
    """Return header and seed of a file's opening.

    Raises:
        StockCorrupt: the header is not one, or not in its canonical form.
    """
    whole = opening_bytes(opened)
    _, _, size = PREFIX.unpack(opened[: PREFIX.size])
    described = opened[PREFIX.size : PREFIX.size + size]
    seed = opened[PREFIX.size + size : PREFIX.size + size + SEED_BYTES]
    if len(opened) < whole:
        raise StockCorrupt(f"a file's opening has {whole} bytes, got {len(opened)}; fetch it again")
    header = parse(Header, described, "header")
    if opening(header, seed) != opened[:whole]:
        raise StockCorrupt("a header is not in its canonical form; discard the file")
    return header, seed


def parse(model: type[Any], encoded: bytes, what: str) -> Any:
    """Read strict JSON, and say what is wrong without repeating it."""
    try:
        return model.model_validate_json(encoded, strict=True)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise StockCorrupt(f"the {what} of a correlation file is damaged at {where!r}: {first['msg']}") from None
