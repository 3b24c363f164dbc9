"""python -I -S pg_launch.py MODE CONTROL_FD ARGV...   MODE: plain | userns | uid:N | uidcap:N
Changes identity, then runs ARGV. CONTROL_FD -1: exec. Else: supervise; EOF on CONTROL_FD => SIGINT (fast stop).
"""

import ctypes
import os
import select
import signal
import sys

libc = ctypes.CDLL(None, use_errno=True)


def ck(r):
    if r != 0:
        e = ctypes.get_errno()
        raise OSError(e, os.strerror(e))


def prctl(*a):
    ck(libc.prctl(*[ctypes.c_ulong(x) for x in (list(a) + [0] * 5)[:5]]))


def identity(mode):
    if mode == "userns":  # kuid 0 shown as 65534: root-owned files stay "ours", no capabilities
        uid, gid = os.geteuid(), os.getegid()
        ck(libc.unshare(0x10000000))  # CLONE_NEWUSER
        for name, text in (("uid_map", f"65534 {uid} 1"), ("setgroups", "deny"), ("gid_map", f"65534 {gid} 1")):
            with open(f"/proc/self/{name}", "w") as f:
                f.write(text)
    elif mode.startswith("uid"):
        kind, _, n = mode.partition(":")
        n = int(n)
        if kind == "uidcap":
            prctl(8, 1)  # PR_SET_KEEPCAPS
        os.setgroups([])
        os.setresgid(n, n, n)
        os.setresuid(n, n, n)
        if kind == "uidcap":  # keep only CAP_DAC_READ_SEARCH(2) else CAP_DAC_OVERRIDE(1), ambient

            class H(ctypes.Structure):
                _fields_ = [("v", ctypes.c_uint32), ("pid", ctypes.c_int)]

            class D(ctypes.Structure):
                _fields_ = [("e", ctypes.c_uint32), ("p", ctypes.c_uint32), ("i", ctypes.c_uint32)]

            h, d = H(0x20080522, 0), (D * 2)()
            ck(libc.capget(ctypes.byref(h), d))
            cap = 2 if d[0].p & 4 else 1
            d[0].e = d[0].p = d[0].i = 1 << cap
            d[1].e = d[1].p = d[1].i = 0
            ck(libc.capset(ctypes.byref(h), d))
            prctl(47, 2, cap)  # PR_CAP_AMBIENT, RAISE
    os.umask(0o077)


def main():
    mode, ctl, argv = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    try:
        identity(mode)
    except OSError as e:
        print(f"launch: {mode}: {e}", file=sys.stderr)
        sys.exit(97)
    if ctl < 0:
        os.execv(argv[0], argv)
    me = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(ctl)
            prctl(1, signal.SIGINT)  # PR_SET_PDEATHSIG, after the identity change (which clears it)
            if os.getppid() != me:
                os._exit(98)
            os.execv(argv[0], argv)
        finally:
            os._exit(99)
    for s in (signal.SIGINT, signal.SIGHUP):
        signal.signal(s, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(pid, signal.SIGINT))
    pidfd = os.pidfd_open(pid)
    ready, _, _ = select.select([ctl, pidfd], [], [])
    if pidfd not in ready:
        os.kill(pid, signal.SIGINT)  # fast shutdown
        if not select.select([pidfd], [], [], 20)[0]:
            os.kill(pid, signal.SIGQUIT)
    _, st = os.waitpid(pid, 0)
    sys.exit(os.waitstatus_to_exitcode(st) & 0xFF)


main()
