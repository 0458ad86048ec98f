"""The branch of PriMIA's error tree for the processes that `primia up` looks after."""

from primia_core.errors import PrimiaError


class SupervisorError(PrimiaError):
    """Something about running the platform's own processes went wrong."""

    code = "supervisor.error"


class BinaryMissing(SupervisorError):
    """A server that an installed package should carry is not there."""

    code = "supervisor.binary_missing"


class CannotLeaveRoot(SupervisorError):
    """PostgreSQL refuses to run as root, and this machine offers no way to be somebody else."""

    code = "supervisor.cannot_leave_root"


class FolderInUse(SupervisorError):
    """Another `primia up` holds the state folder."""

    code = "supervisor.folder_in_use"


class FolderUnsafe(SupervisorError):
    """A folder for private sockets belongs to somebody else or may be entered by others."""

    code = "supervisor.folder_unsafe"


class NotRunning(SupervisorError):
    """Nothing runs on this state folder."""

    code = "supervisor.not_running"


class StartFailed(SupervisorError):
    """A process ended, or did not become ready in time."""

    code = "supervisor.start_failed"


class PortTaken(SupervisorError):
    """A port that was asked for is used by something else."""

    code = "supervisor.port_taken"
