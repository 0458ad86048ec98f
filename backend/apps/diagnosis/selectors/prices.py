"""What privacy will cost a diagnosis, by protocol, before a model is shared out.

Rounds and bytes are counted from the network's shapes; seconds are those expected of services alike, or not known.
"""

from functools import lru_cache
from statistics import median
from typing import TYPE_CHECKING, Any

from backend.apps.diagnosis.errors import ModelUnfit
from backend.apps.diagnosis.models import DiagnosisService
from backend.apps.registry.models import ModelVersion
from primia_core.errors import PrimiaError
from primia_core.models.spec import ModelSpec

if TYPE_CHECKING:
    from primia_core.mpc.program.operations import Operation

Json = dict[str, Any]

PROTOCOLS = ("tables", "fss", "tables-fast", "fss-oneround")
COMPARABLE_SERVICES = 20


def prices_of(*, version: ModelVersion, policy: str, profile: str) -> list[Json]:
    """Return the price of one diagnosis with a model version, under each protocol.

    Raises:
        ModelUnfit: the version's network is none that can be computed in shares.
    """
    # These need torch; the web process loads it when somebody first asks for a price, not when it starts.
    from primia_core.mpc.cost import total, two_party_costs
    from primia_core.mpc.profile import PROFILES

    try:
        spec = ModelSpec.model_validate(version.card["model"])
        operations = _operations(spec, version.card["image_size"], policy)
    except (KeyError, ValueError, PrimiaError) as error:
        raise ModelUnfit(f"What {version} costs cannot be counted: {error}") from error
    prices = []
    for protocol in PROTOCOLS:
        cost = total(two_party_costs(operations, PROFILES[profile], protocol))
        first, second = cost.material
        prices.append(
            {
                "protocol": protocol,
                "rounds": cost.rounds,
                "bytes_each_way": cost.most_sent,
                "stock_bytes": {"p0": first, "p1": second},
                "online_seconds": _seconds(version, policy, protocol, profile),
            }
        )
    return prices


@lru_cache(maxsize=32)
def _operations(spec: ModelSpec, side: int, policy: str) -> "tuple[Operation, ...]":
    """Return the secure operations of a network; its weights are memory that nobody has written, and nobody reads."""
    from primia_core.models.registry import check_image_size, skeleton
    from primia_core.mpc.program.lowering import lower
    from primia_core.mpc.program.trace import trace

    check_image_size(spec, side)
    network = skeleton(spec).to_empty(device="cpu").eval()
    return tuple(lower(trace(network, (spec.channels, side, side)), policy=policy).operations)


def _seconds(version: ModelVersion, policy: str, protocol: str, profile: str) -> float | None:
    """Return the middle of what owners' workers expected of services alike: same network, image size and terms."""
    alike = DiagnosisService.objects.filter(
        federation_id=version.federation_id,
        policy=policy,
        protocol=protocol,
        profile=profile,
        model_version__card__model=version.card["model"],
        model_version__card__image_size=version.card["image_size"],
        facts__has_key="price",
    )
    newest = alike.order_by("-created_at").values_list("facts__price__online_seconds", flat=True)[:COMPARABLE_SERVICES]
    expected = [float(seconds) for seconds in newest if seconds is not None]
    return median(expected) if expected else None
