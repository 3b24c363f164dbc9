"""Starts a PostgreSQL program as somebody without privileges, and ends it when its owner ends.

    python -I -S postgres_launcher.py IDENTITY CONTROL PROGRAM ARGUMENT...

PostgreSQL refuses to run as root, for good reason, yet in a container everybody is root. IDENTITY says what to become:

    same             whoever runs this
    namespace        a user namespace in which root is nobody: root's files stay within reach, its powers do not
    user:UID:GID     another user
    reader:UID:GID   another user who may pass through folders closed to it, such as root's home

CONTROL is the reading end of a pipe that only the owner can write to. The kernel closes that pipe however the owner ends,
`kill -9` included, and the program is then shut down. With -1 the program just takes this one's place.

This file imports nothing of the package, so that it starts in a few milliseconds and runs without site-packages.
"""

import ctypes
import os
import select
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_KEEPCAPS, _PR_CAP_AMBIENT = 1, 8, 47
_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 2, 1, 2
_CLONE_NEWUSER = 0x10000000
_CAPABILITY_VERSION_3 = 0x20080522
_NOBODY = 65534
_SECONDS_TO_STOP = 20

NO_IDENTITY, ORPHANED, NOT_STARTED = 97, 98, 99
"""Exit codes of the launcher itself."""

_libc = ctypes.CDLL(None, use_errno=True)


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Capabilities(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _prctl(*arguments: int) -> None:
    padded = [*arguments, 0, 0, 0, 0][:5]
    _checked(_libc.prctl(*(ctypes.c_ulong(argument) for argument in padded)))


def _enter_namespace() -> None:
    uid, gid = os.geteuid(), os.getegid()
    _checked(_libc.unshare(_CLONE_NEWUSER))
    Path("/proc/self/uid_map").write_text(f"{_NOBODY} {uid} 1")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/gid_map").write_text(f"{_NOBODY} {gid} 1")


def _become(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def _become_reader(uid: int, gid: int) -> None:
    """Keep the one capability that lets a path be followed, READ_SEARCH where it is to be had."""
    _prctl(_PR_SET_KEEPCAPS, 1)
    _become(uid, gid)
    header, sets = _Header(_CAPABILITY_VERSION_3, 0), (_Capabilities * 2)()
    _checked(_libc.capget(ctypes.byref(header), sets))
    has_search = sets[0].permitted & (1 << _CAP_DAC_READ_SEARCH)
    capability = _CAP_DAC_READ_SEARCH if has_search else _CAP_DAC_OVERRIDE
    sets[0] = _Capabilities(*[1 << capability] * 3)
    sets[1] = _Capabilities(0, 0, 0)
    _checked(_libc.capset(ctypes.byref(header), sets))
    _prctl(_PR_CAP_AMBIENT, _CAP_AMBIENT_RAISE, capability)


def _assume(identity: str) -> None:
    kind, *ids = identity.split(":")
    match kind:
        case "namespace":
            _enter_namespace()
        case "user":
            _become(int(ids[0]), int(ids[1]))
        case "reader":
            _become_reader(int(ids[0]), int(ids[1]))
        case _:
            pass
    os.umask(0o077)


def _start(program: list[str], control: int) -> int:
    """The process id of the program, which falls with this one even if this one is killed (on Linux)."""
    launcher = os.getpid()
    if pid := os.fork():
        return pid
    try:
        os.close(control)
        if sys.platform == "linux":
            _prctl(_PR_SET_PDEATHSIG, signal.SIGINT)  # after the change of identity, which clears it
        if os.getppid() != launcher:
            os._exit(ORPHANED)
        os.execv(program[0], program)
    finally:
        os._exit(NOT_STARTED)


def _supervise(pid: int, control: int, child_ended: int) -> int:
    """Wait for the program or for the end of its owner, whichever comes first; the program's exit code."""
    for meant_for_others in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(meant_for_others, signal.SIG_IGN)
    if child_ended not in select.select([control, child_ended], [], [])[0]:
        os.kill(pid, signal.SIGINT)  # PostgreSQL's fast shutdown
        if not select.select([child_ended], [], [], _SECONDS_TO_STOP)[0]:
            os.kill(pid, signal.SIGQUIT)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _child_ended() -> int:
    """A descriptor that can be read once SIGCHLD has come."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writing)
    return reading


def main() -> None:
    identity, control, program = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    try:
        _assume(identity)
    except OSError as error:
        sys.stderr.write(f"cannot become {identity}: {error}\n")
        sys.exit(NO_IDENTITY)
    if control < 0:
        os.execv(program[0], program)
    child_ended = _child_ended()
    sys.exit(_supervise(_start(program, control), control, child_ended) & 0xFF)


if __name__ == "__main__":
    main()
