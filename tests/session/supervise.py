# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Runs a function in a child and sees to it that no process outlives it, however it ends."""
import ctypes
import os
import pathlib
import signal
import sys
import time

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
GRACE_S = 15

_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(number=signal.SIGKILL):
    """For a fresh child, between fork and exec."""
    _libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def _parents():
    """pid -> parent's pid, of all living processes (a zombie does not live)."""
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            fields = pathlib.Path("/proc", entry, "stat").read_text(errors="replace")
        except OSError:
            continue
        state, parent = fields.rpartition(")")[2].split()[:2]
        if state not in "ZX":
            found[int(entry)] = int(parent)
    return found


def descendants(pid):
    parents = _parents()
    found, level = [], {pid}
    while level:
        level = {p for p, parent in parents.items() if parent in level}
        found += level
    return found


def _reap():
    """Collects what ended; returns the status of each."""
    ended = {}
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if pid == 0:
            return ended
        ended[pid] = status


def end_descendants(pid):
    """Ends every process below @pid, first kindly."""
    for number, patience_s in ((signal.SIGTERM, 2), (signal.SIGKILL, 5)):
        deadline = time.monotonic() + patience_s
        left = descendants(pid)
        for each in left:
            try:
                os.kill(each, number)
            except ProcessLookupError:
                pass
        while left and time.monotonic() < deadline:
            _reap()
            left = descendants(pid)
            time.sleep(0.02)
        if not left:
            return


def _watch(child):
    """Waits for @child, handing on whatever asks us to end; returns its exit status."""
    asked = []

    def on_signal(number, _frame):
        asked.append(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, on_signal)
    deadline = None
    while True:
        ended = _reap()
        if child in ended:
            status = os.waitstatus_to_exitcode(ended[child])
            return 128 - status if status < 0 else status
        if asked and deadline is None:
            os.kill(child, signal.SIGTERM)
            deadline = time.monotonic() + GRACE_S
        if deadline is not None and time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
        signal.sigtimedwait([signal.SIGCHLD], 0.2)


def supervised(function):
    """Runs @function in a child; its result is the exit status. Does not return."""
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    die_with_parent(signal.SIGTERM)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        die_with_parent()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
        os.setsid() # so that Ctrl-C reaches it only through us, once
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        sys.exit(function() or 0)
    status = _watch(child)
    end_descendants(os.getpid())
    sys.exit(status)
