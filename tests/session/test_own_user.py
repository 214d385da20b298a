# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""The vault is given a user id of its own while the agent records, as doctor advises, and it is
taken back. Needs root, for a folder /run of its own and for another user."""
import contextlib
import ctypes
import os
import pathlib
import shutil
import socket

import apps
from checks import assert_found, look_at_it
from desktop import Desktop, Process, Skip, run, wait_for

VAULT = 61237
NEW_MOUNTS = 0x20000


@contextlib.contextmanager
def own_run_folder():
    """Until its end /run is this test's."""
    if os.geteuid() != 0:
        raise Skip("this needs root")
    libc = ctypes.CDLL(None, use_errno=True)
    before = os.open("/proc/self/ns/mnt", os.O_RDONLY)
    if libc.unshare(NEW_MOUNTS) != 0:
        raise Skip("no mounts may be made here")
    try:
        for command in (["mount", "--make-rprivate", "/"], ["mount", "-t", "tmpfs", "run", "/run"]):
            done = run(command)
            assert done.returncode == 0, done
        yield
    finally:
        assert libc.setns(before, 0) == 0
        os.close(before)


class OwnVault:
    """What the system's units do: sockets that root made, and a vault behind them."""

    def __init__(self, desktop):
        self.folder = desktop.folder / "own"
        self.sockets = pathlib.Path(f"/run/deskhand/{os.geteuid()}")
        desktop.folder.chmod(0o711)
        self.folder.mkdir(mode=0o700)
        program = shutil.copy(os.path.realpath(shutil.which("deskhand-vault")), "/run/vault")
        os.chown(self.folder, VAULT, VAULT)
        self.sockets.mkdir(parents=True)
        listeners = [self.listen(name) for name in ("append.sock", "recall.sock")]
        numbers = [s.fileno() for s in listeners]
        line = f"exec 3<&{numbers[0]} 4<&{numbers[1]}; LISTEN_PID=$$ exec setpriv --reuid {VAULT} " \
               f"--regid {VAULT} --clear-groups {program} --folder {self.folder}/segments " \
               f"--user {os.geteuid()}"
        env = {"HOME": str(self.folder), "XDG_RUNTIME_DIR": str(self.folder),
               "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "LISTEN_FDS": "2",
               "LISTEN_FDNAMES": "append.sock:recall.sock", "ASAN_OPTIONS": "detect_leaks=0"}
        self.process = Process("own-vault", ["sh", "-c", line], env, desktop.logs,
                               pass_fds=numbers)
        for listener in listeners:
            listener.close()

    def listen(self, name):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.sockets / name))
        (self.sockets / name).chmod(0o600)
        listener.listen()
        return listener

    def take_away(self):
        self.process.end()
        shutil.rmtree(self.sockets.parent)


def test_moving_to_the_own_user_and_back():
    with own_run_folder(), Desktop() as desktop:
        apps.xterm(desktop, *apps.shell("echo quokka stands still"), blinks=False)
        weak = desktop.find('"quokka stands still"')
        desktop.settle()
        assert "weak  user: " in desktop.deskhand("doctor").stdout
        before = desktop.pid_of("deskhand-vault")
        own = OwnVault(desktop)
        # Nothing moves on the screen: what it shows is in the history that is asked.
        assert_found(desktop, "quokka stands still")
        check_moved(desktop, before)
        check_forgetting(desktop)
        check_stopped(desktop, own)
        own.take_away()
        wait_for(lambda: desktop.status().get("vault_connected"), "it went back")
        assert weak["scene"] in [r["scene"] for r in desktop.search("quokka")]


def check_moved(desktop, before):
    status = desktop.status()
    assert status["vault_connected"] and not status["vault_is_other"], status
    assert status["dropped"] == 0
    wait_for(lambda: before not in desktop.deskhand_pids("deskhand-vault"), "the old one ended")
    doctor = desktop.deskhand("doctor").stdout
    assert "ok    user: The vault has a user id of its own" in doctor, doctor
    assert f"weak  older history: {desktop.home}/.local/share/deskhand/segments has" in doctor
    assert "ok    memory: " in doctor or "weak  memory: " in doctor, doctor
    terminal = apps.xterm(desktop, *apps.shell("echo wombat walks on"))
    assert_found(desktop, "wombat walks on")
    terminal.end()


def check_stopped(desktop, own):
    """One of our own would not stand in for it."""
    own.process.kill()
    wait_for(lambda: "Vault      is not connected" in desktop.deskhand("status").stdout,
             "status says it")
    doctor = desktop.deskhand("doctor").stdout
    assert "as root, systemctl restart deskhand-vault@0" in doctor, doctor
    assert "agent's vault: not connected" in doctor and "ok    agent's vault" not in doctor, doctor
    look_at_it()
    assert not desktop.deskhand_pids("deskhand-vault")


def check_forgetting(desktop):
    done = desktop.deskhand("forget", "--all", "--yes")
    assert done.returncode == 0, done
    assert ".local/share/deskhand/segments is not reached by this" in done.stderr, done
    assert not desktop.search("wombat")
    assert_found(desktop, "quokka stands still") # it is still on the screen


def test_another_vault_is_asked():
    """Whoever asks another vault than the agent writes to is told so."""
    with Desktop() as desktop:
        other = desktop.folder / "other"
        other.mkdir(mode=0o700)
        env = dict(desktop.env, XDG_RUNTIME_DIR=str(other))
        done = run(["deskhand", "status"], env=env)
        assert "Vault      the agent writes to another one" in done.stdout, done
        done = run(["deskhand", "doctor"], env=env)
        assert "bad   agent's history: The agent writes to the vault of" in done.stdout, done
        assert "agent writes to" not in desktop.deskhand("status").stdout
        assert "agent's history" not in desktop.deskhand("doctor").stdout
