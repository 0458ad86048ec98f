"""supervisord for one state folder: its configuration and its process. What the programs are, it is told."""

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Sequence

from workers.supervisor.program import Program
from workers.supervisor.secrets_file import write_private
from workers.supervisor.state_folder import StateFolder

HEADER = """\
; Made anew by each `primia up`. Changes here are lost.
[supervisord]
nodaemon = true
silent = true
umask = 077
pidfile = {pid_file}
logfile = {log}
logfile_maxbytes = 5MB
logfile_backups = 1
{user}
[unix_http_server]
file = {socket}
chmod = 0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""
PROGRAM = """
[program:{name}]
command = {command}
directory = {folder}
autostart = true
autorestart = {autorestart}
startsecs = {startsecs}
startretries = 20
stopsignal = {stopsignal}
stopwaitsecs = {stopwaitsecs}
killasgroup = true
redirect_stderr = true
stdout_logfile = {log}
stdout_logfile_maxbytes = 5MB
stdout_logfile_backups = 1
priority = {priority}
"""


def write_configuration(state: StateFolder, programs: Sequence[Program], *, once: frozenset[str] = frozenset()) -> None:
    """Write supervisord's configuration and each program's environment; those in ``once`` are not started again."""
    user = "user = root\n" if os.geteuid() == 0 else ""
    header = {"pid_file": state.pid_file, "log": state.logs / "supervisord.log", "socket": state.control_socket}
    parts = [HEADER.format(user=user, **{name: _literal(value) for name, value in header.items()})]
    for priority, program in enumerate(programs):
        environment = state.run / "env" / f"{program.name}.json"
        write_private(environment, json.dumps(program.environment()))
        command = program.wrapped("--parent-file", str(state.pid_file), "--env-file", str(environment))
        parts.append(
            PROGRAM.format(
                name=program.name,
                command=_literal(shlex.join(command)),
                folder=_literal(program.folder or state.run),
                autorestart="false" if program.name in once else "true",
                startsecs=0 if program.name in once else 1,
                stopsignal=program.stop_signal.name.removeprefix("SIG"),
                stopwaitsecs=program.stop_within_s,
                log=_literal(state.logs / f"{program.name}.log"),
                priority=priority,
            )
        )
    write_private(state.configuration, "".join(parts))


def _literal(value: object) -> str:
    return str(value).replace("%", "%%")


def start_supervisord(state: StateFolder, lock: int) -> subprocess.Popen[bytes]:
    """Start supervisord as a child that stops everything when this process dies. It shares the folder's lock."""
    state.pid_file.unlink(missing_ok=True)
    state.control_socket.unlink(missing_ok=True)
    command = (sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(state.configuration))
    program = Program("supervisord", command, death_signal=signal.SIGTERM)
    return program.start(state.logs / "supervisord.out", pass_fds=(lock,))
