"""What makes a node a model owner."""

from workers.node import Role
from workers.owner.owner import Owner

ROLE: Role[Owner] = Role(
    name="owner",
    open=Owner,
    kinds={"service.prepare": Owner.prepare, "service.share": Owner.share, "service.close": Owner.close_service},
)
