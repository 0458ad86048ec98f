"""Everything that can be wrong on the link between an agent and the hub, and with the agent's folder, as one tree.

LinkError
├── FolderError         the agent's folder is not what it needs
│   └── AlreadyRunning      another process works in this folder
├── NotEnrolled         the agent has no credential yet
├── AddressError        the broker address cannot be used
├── HubUnavailable      nobody answers, or the hub is not ready: worth trying again
├── HubRefused          the hub understood and said no (carries its status and code)
│   └── CredentialRefused   the hub does not know this agent's credential
├── ProtocolMismatch    the hub speaks another version of the link
├── ClockSkew           the two clocks are too far apart
├── TaskStopped         the running task is to end
│   ├── TaskLost            its lease is gone
│   ├── TaskCancelled       the coordinator cancelled it
│   └── AgentStopping       this agent is shutting down
└── ArtifactError       a blob did not arrive as what it is called
"""

from primia_core.errors import PrimiaError


class LinkError(PrimiaError):
    """Something about the link to the hub is wrong."""

    code = "link.error"


class FolderError(LinkError):
    """The agent's folder is not what it needs."""

    code = "link.folder"


class AlreadyRunning(FolderError):
    """Another process works in this folder."""

    code = "link.already_running"


class NotEnrolled(LinkError):
    """The agent has no credential yet."""

    code = "link.not_enrolled"


class AddressError(LinkError):
    """The address of the hub cannot be used."""

    code = "link.address"


class HubUnavailable(LinkError):
    """The hub does not answer at present."""

    code = "link.unavailable"


class HubRefused(LinkError):
    """The hub refused a request."""

    code = "link.refused"

    def __init__(self, message: str, *, status: int = 0, hub_code: str = "", body: dict | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.hub_code = hub_code
        self.body = body or {}


class CredentialRefused(HubRefused):
    """The hub does not accept this agent's credential."""

    code = "link.credential"


class ProtocolMismatch(LinkError):
    """Hub and agent speak different versions of the link."""

    code = "link.protocol"


class ClockSkew(LinkError):
    """The clocks of hub and site differ by more than the link allows."""

    code = "link.clock"


class TaskStopped(LinkError):
    """The running task is to end without a result."""

    code = "link.task_stopped"


class TaskLost(TaskStopped):
    """The lease of the running task is gone; somebody else may be doing it."""

    code = "link.task_lost"


class TaskCancelled(TaskStopped):
    """The coordinator cancelled the running task."""

    code = "link.task_cancelled"


class AgentStopping(TaskStopped):
    """The agent is shutting down and gives its task back."""

    code = "link.agent_stopping"


class ArtifactError(LinkError):
    """A blob is not what its name says."""

    code = "link.artifact"
