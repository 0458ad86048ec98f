"""What makes a node a compute party."""

from workers.node import Role
from workers.party.party import Party

ROLE = Role(
    name="party",
    open=Party,
    kinds={
        "service.open": Party.open,
        "descriptor.sign": Party.sign,
        "stock.fetch": Party.fetch,
        "diagnosis.compute": Party.compute,
        "service.close": Party.close_service,
    },
    background=frozenset({"stock.fetch"}),
)
