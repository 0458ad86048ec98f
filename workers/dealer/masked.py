"""What a dealer keeps of a service: its program, its parties, and R_w as the two seeds that the parties were given.

The seeds are kept because a restarted dealer must go on dealing under the mask that the parties have opened the model
with; a new one would need a new opening. They lie in one file that only this node's user may read.
"""

from pathlib import Path
from secrets import token_hex
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, ValidationError

from primia_core.diagnosis.framing import decode64, encode64
from primia_core.diagnosis.identity import PublicNode
from primia_core.mpc.program.operations import SecureProgram
from primia_core.mpc.protocols import sign_test
from primia_core.mpc.randomness import SEED_BYTES, new_seed
from primia_core.mpc.stock.header import STOCK_ID_BYTES, Kind
from workers.dealer.errors import ServiceUnknown
from workers.link.settings_file import write_private

FILE = "masked.json"


def _seed(value: object) -> bytes:
    seed = value if isinstance(value, bytes) else decode64(str(value))
    if len(seed) != SEED_BYTES:
        raise ValueError(f"a seed has {SEED_BYTES} bytes, got {len(seed)}")
    return seed


Seed = Annotated[bytes, PlainValidator(_seed), PlainSerializer(encode64, return_type=str)]


class MaskedService(BaseModel):
    """A service under one mask of its weights.

    Attributes:
        service: id.
        model_version: the one that the mask belongs to, at parties and dealer alike.
        mask, epoch: of R_w.
        parties: whose halves are dealt.
        seeds: R_w is what they expand to, added up.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    service: str
    model_version: str
    program: SecureProgram = Field(repr=False)
    protocol: str
    mask: str
    epoch: int
    parties: tuple[PublicNode, PublicNode] = Field(repr=False)
    seeds: tuple[Seed, Seed] = Field(repr=False)

    @classmethod
    def draw(
        cls,
        *,
        service: str,
        model_version: str,
        program: SecureProgram,
        protocol: str,
        epoch: int,
        parties: tuple[PublicNode, PublicNode],
    ) -> Self:
        """Draw a mask that no model has.

        Raises:
            ProgramError: there is no such protocol.
        """
        sign_test(protocol, bytes(STOCK_ID_BYTES))
        return cls(
            service=service,
            model_version=model_version,
            program=program,
            protocol=protocol,
            mask=token_hex(STOCK_ID_BYTES),
            epoch=epoch,
            parties=parties,
            seeds=(new_seed(), new_seed()),
        )

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what ``save`` wrote.

        Raises:
            ServiceUnknown: nothing is there, or something else.
        """
        try:
            return cls.model_validate_json((folder / FILE).read_bytes())
        except FileNotFoundError:
            raise ServiceUnknown(f"service {folder.name} is not masked here, or closed; publish it again") from None
        except ValidationError as error:
            raise ServiceUnknown(
                f"the record of service {folder.name} cannot be read ({error.error_count()} fields); publish it again"
            ) from None

    def save(self, folder: Path) -> None:
        """Write it whole or not at all, for this node's user only."""
        write_private(folder / FILE, self.model_dump_json().encode())

    @property
    def kind(self) -> Kind:
        """Return what its sets are good for."""
        return Kind(program=self.program.digest, mask=self.mask, protocol=self.protocol, batch=1)

    @property
    def outbox_name(self) -> str:
        """Return what the folder of its undelivered sets is called: another one for each mask."""
        return f"{self.service}-{self.mask}"
