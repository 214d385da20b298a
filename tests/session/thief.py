# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""What a program of the person's own user may try against the vault. Run as that user:
    python3 thief.py PID FOLDER
prints one JSON object: trick to what it yielded, an error's name or "success"."""
import ctypes
import errno
import json
import os
import pathlib
import signal
import sys

PTRACE_ATTACH, PTRACE_SEIZE = 16, 0x4206
libc = ctypes.CDLL(None, use_errno=True)


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def outcome(trick, *arguments):
    try:
        trick(*arguments)
    except OSError as error:
        return errno.errorcode[error.errno]
    return "success"


def call(function, *arguments):
    if function(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")


def read_files(folder):
    """Succeeds when there is one file that can be read."""
    for path in [folder, *folder.rglob("*")]:
        if path.is_file():
            path.read_bytes()
            return
    os.listdir(folder)
    raise FileNotFoundError(errno.ENOENT, "nothing")


def read_memory(pid):
    with open(f"/proc/{pid}/mem", "rb") as memory:
        memory.seek(1 << 20)
        memory.read(1)


def read_by_vm(pid):
    block = ctypes.create_string_buffer(16)
    ours = Vector(ctypes.cast(block, ctypes.c_void_p), 16)
    theirs = Vector(1 << 20, 16)
    call(libc.process_vm_readv, pid, ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0)


def follow(pid, name):
    for entry in os.listdir(f"/proc/{pid}/{name}"):
        os.readlink(f"/proc/{pid}/{name}/{entry}")


def main():
    pid, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
    tricks = {
        "files": outcome(read_files, folder),
        "write": outcome(lambda: (folder / "planted").write_text("x")),
        "mem": outcome(read_memory, pid),
        "process_vm_readv": outcome(read_by_vm, pid),
        "attach": outcome(call, libc.ptrace, PTRACE_ATTACH, pid, None, None),
        "seize": outcome(call, libc.ptrace, PTRACE_SEIZE, pid, None, None),
        "maps": outcome(lambda: pathlib.Path(f"/proc/{pid}/maps").read_bytes()),
        "environ": outcome(lambda: pathlib.Path(f"/proc/{pid}/environ").read_bytes()),
        "fd": outcome(follow, pid, "fd"),
        "cwd": outcome(os.readlink, f"/proc/{pid}/cwd"),
        "stop": outcome(os.kill, pid, signal.SIGCONT),
    }
    print(json.dumps(tricks))


if __name__ == "__main__":
    main()
