# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Another program of the person's own user, against a vault of that user and against one with a
user id of its own. Needs root, to be two users; docs/THREATS.md has the outcome as a table."""
import json
import os
import pathlib
import pty
import shutil
import socket
import subprocess
import tempfile
import time

from desktop import Process, Skip, run, wait_for

PERSON, VAULT, STRANGER = 61234, 61235, 61236
PASSPHRASE = "correct horse battery"
LOCKED = 4
REFUSED = {"EACCES", "EPERM"}
PROGRAMS = ("deskhand", "deskhand-vault", "deskhand-test-append")
HERE = pathlib.Path(__file__).parent
SCENE = "[one]\nstart={now}\nend={now}\nactor=human\napp=XTerm\ntitle=till\ntext=secret walrus\n"
FAKE_USER = """
#include <sys/types.h>
uid_t getuid(void) { return %d; }
uid_t geteuid(void) { return %d; }
"""


def as_user(uid):
    return {"user": uid, "group": uid, "extra_groups": []}


class Place:
    """The programs and the folders of three users; the vault of PERSON runs as @owner."""

    def __init__(self, owner):
        if os.geteuid() != 0:
            raise Skip("this needs root, to be two users")
        self.owner = owner
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="deskhand-thief-"))
        self.folder.chmod(0o755)
        self.system = pathlib.Path(f"/run/deskhand/{PERSON}")
        self.process = None
        self.sockets = []
        (self.folder / "bin").mkdir()
        for name in PROGRAMS:
            shutil.copy(os.path.realpath(shutil.which(name)), self.folder / "bin" / name)
        for uid in (PERSON, VAULT, STRANGER):
            self.home(uid).mkdir(mode=0o700)
            os.chown(self.home(uid), uid, uid)
        self.segments = self.home(owner) / "segments"

    def home(self, uid):
        return self.folder / f"home-{uid}"

    def env(self, uid):
        home = str(self.home(uid))
        return {"HOME": home, "XDG_RUNTIME_DIR": home, "XDG_DATA_HOME": home, "TZ": "UTC",
                "PATH": f"{self.folder}/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8",
                "ASAN_OPTIONS": "detect_leaks=0", # it would trace, which is refused
                "DBUS_SESSION_BUS_ADDRESS": f"unix:path={home}/no-bus"}

    def __enter__(self):
        self.start()
        scene = self.folder / "scene"
        scene.write_text(SCENE.format(now=int(time.time()) * 1_000_000), encoding="utf-8")
        done = self.run(PERSON, "deskhand-test-append", str(scene))
        assert done.returncode == 0, done.stderr
        for name, text in (("new", PASSPHRASE), ("wrong", "a wrong guess")):
            path = self.home(PERSON) / name
            path.write_text(text + "\n", encoding="utf-8")
            os.chown(path, PERSON, PERSON)
        done = self.deskhand("key", "set", "passphrase", "--new-passphrase-file",
                             str(self.home(PERSON) / "new"))
        assert done.returncode == 0, done.stderr
        return self

    def __exit__(self, *_error):
        self.process.end()
        for listener in self.sockets:
            listener.close()
        shutil.rmtree(self.folder)
        shutil.rmtree(self.system, ignore_errors=True)
        if self.system.parent.is_dir() and not list(self.system.parent.iterdir()):
            self.system.parent.rmdir()

    def start(self):
        command = ["deskhand-vault", "--folder", str(self.segments)]
        if self.owner == PERSON:
            self.process = Process("vault", command, self.env(PERSON), self.folder,
                                   **as_user(PERSON))
            path = self.home(PERSON) / "deskhand/recall.sock"
            wait_for(path.exists, "the vault listens")
            return
        self.listen()
        # As the service manager passes them: from the third descriptor on.
        script = "exec 3<&{} 4<&{}; LISTEN_PID=$$ exec setpriv --reuid {} --regid {} " \
                 "--clear-groups {} --user {}"
        numbers = [s.fileno() for s in self.sockets]
        line = script.format(*numbers, VAULT, VAULT, " ".join(command), PERSON)
        env = dict(self.env(VAULT), LISTEN_FDS="2", LISTEN_FDNAMES="append.sock:recall.sock")
        self.process = Process("vault", ["sh", "-c", line], env, self.folder, pass_fds=numbers)
        wait_for(lambda: uid_of(self.process.pid) == VAULT, "the vault has its own user")

    def listen(self):
        self.system.mkdir(parents=True, exist_ok=True)
        self.system.chmod(0o755)
        for name in ("append.sock", "recall.sock"):
            listener = socket.socket(socket.AF_UNIX)
            (self.system / name).unlink(missing_ok=True) # of a run that was killed
            listener.bind(str(self.system / name))
            os.chown(self.system / name, PERSON, PERSON)
            (self.system / name).chmod(0o600)
            listener.listen()
            self.sockets.append(listener)

    def run(self, uid, *command, **options):
        return run(list(command), env=self.env(uid), timeout=30, cwd="/", **as_user(uid),
                   **options)

    def deskhand(self, *arguments, uid=PERSON):
        return self.run(uid, "deskhand", *arguments)

    def unlock(self, name="new"):
        return self.deskhand("unlock", "--passphrase-file", str(self.home(PERSON) / name))

    def steal(self, pid=None):
        script = self.folder / "thief.py"
        shutil.copy(HERE / "thief.py", script)
        done = self.run(PERSON, "python3", str(script), str(pid or self.process.pid),
                        str(self.segments))
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def uid_of(pid):
    try:
        text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return -1
    return int(next(x for x in text.splitlines() if x.startswith("Uid:")).split()[1])


def test_a_vault_with_its_own_user():
    with Place(VAULT) as place:
        tricks = place.steal()
        assert set(tricks.values()) <= REFUSED, tricks
        check_asking(place)
        assert "ok    user: " in place.deskhand("doctor").stdout
        check_sockets_cannot_be_replaced(place)
        check_a_fake_in_the_runtime_folder(place)
        check_confined(place)


def test_a_vault_of_the_same_user():
    with Place(PERSON) as place:
        tricks = place.steal()
        # What remains: the files can be copied (and are sealed), the vault be stopped.
        assert {k for k, v in tricks.items() if v == "success"} == {"files", "write", "stop"}, tricks
        check_asking(place)
        assert "weak  user: " in place.deskhand("doctor").stdout
        check_sealed(place)
        check_confined(place)
        done = place.run(STRANGER, "python3", "-c", "import socket; socket.socket(socket.AF_UNIX)."
                         f"connect('{place.home(PERSON)}/deskhand/recall.sock')")
        assert "PermissionError" in done.stderr, done


def check_asking(place):
    """The socket lets the thief in, as it lets the person in; without the unlock it says nothing."""
    for arguments in (["search", "walrus"], ["timeline"], ["search", ""]):
        done = place.deskhand(*arguments)
        assert done.returncode == LOCKED and "walrus" not in done.stdout + done.stderr, done
    assert place.unlock("wrong").returncode == LOCKED
    assert "walrus" not in place.deskhand("status").stdout
    done = place.deskhand("key", "recovery", "--passphrase-file", str(place.home(PERSON) / "wrong"))
    assert done.returncode == LOCKED and not done.stdout, done
    check_preload(place)
    assert place.unlock().returncode == 0, "the person can"
    assert "walrus" in place.deskhand("search", "secret").stdout
    assert place.deskhand("lock").returncode == 0
    assert place.deskhand("search", "secret").returncode == LOCKED


def check_preload(place):
    """A library in the client that lies about who it is changes nothing."""
    if not shutil.which("cc"):
        return
    source = place.folder / "fake.c"
    for uid in (0, place.owner):
        library = place.folder / f"fake-{uid}.so"
        source.write_text(FAKE_USER % (uid, uid), encoding="utf-8")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
        env = dict(place.env(PERSON), LD_PRELOAD=str(library))
        done = run(["deskhand", "search", "secret"], env=env, timeout=30, cwd="/",
                   **as_user(PERSON))
        assert done.returncode != 0 and not done.stdout, done


def check_sockets_cannot_be_replaced(place):
    done = place.run(PERSON, "rm", "-f", str(place.system / "recall.sock"))
    assert done.returncode != 0, done
    done = place.run(STRANGER, "python3", "-c", "import socket; socket.socket(socket.AF_UNIX)."
                     f"connect('{place.system}/recall.sock')")
    assert "PermissionError" in done.stderr, done


def check_a_fake_in_the_runtime_folder(place):
    """It waits for a passphrase that never comes: the client asks the one that root made."""
    folder = place.home(PERSON) / "deskhand"
    folder.mkdir(exist_ok=True)
    with socket.socket(socket.AF_UNIX) as fake:
        fake.bind(str(folder / "recall.sock"))
        os.chown(folder, PERSON, PERSON)
        os.chown(folder / "recall.sock", PERSON, PERSON)
        fake.listen()
        fake.settimeout(0.5)
        assert place.unlock().returncode == 0
        try:
            fake.accept()
            raise AssertionError("the client asked the fake")
        except TimeoutError:
            pass
    assert place.deskhand("lock").returncode == 0


def check_confined(place):
    status = pathlib.Path(f"/proc/{place.process.pid}/status").read_text(encoding="utf-8")
    fields = dict(x.split(":\t", 1) for x in status.splitlines() if ":\t" in x)
    assert fields["Seccomp"].strip() == "2" and fields["NoNewPrivs"].strip() == "1", status
    assert fields["CapEff"].strip().strip("0") == "", status
    limits = pathlib.Path(f"/proc/{place.process.pid}/limits").read_text(encoding="utf-8")
    core = next(x for x in limits.splitlines() if x.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"], core
    state = json.loads(place.deskhand("key", "status", "--json").stdout)
    assert state["memory"] in ("hidden", "locked"), "the keys may be swapped"


def check_sealed(place):
    """Of the copied files none tells anything."""
    for path in place.segments.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for word in (b"walrus", b"secret", b"XTerm", b"SQLite", PASSPHRASE.encode()):
                assert word not in data, (path, word)


def test_the_client_while_it_asks():
    """The passphrase is being typed: the client cannot be looked into."""
    if "asan" in os.path.realpath(shutil.which("deskhand")):
        raise Skip("sanitizers look into it")
    with Place(VAULT) as place:
        ours, theirs = pty.openpty()
        client = subprocess.Popen(["deskhand", "unlock"], env=place.env(PERSON), stdin=theirs,
                                  stdout=theirs, stderr=theirs, cwd="/", start_new_session=True,
                                  **as_user(PERSON))
        with client:
            os.close(theirs)
            text = b""
            while b": " not in text:
                text += os.read(ours, 4096)
            os.write(ours, b"half of the passphrase")
            tricks = place.steal(client.pid)
            for name in ("mem", "process_vm_readv", "attach", "seize", "maps", "environ", "fd"):
                assert tricks[name] in REFUSED, tricks
            client.kill()
        os.close(ours)


def test_a_fake_of_another_user():
    """A stranger's socket where the vault's would be: the client refuses it, and sends nothing."""
    with Place(PERSON) as place:
        place.process.end()
        folder = place.home(PERSON) / "deskhand"
        path = folder / "recall.sock"
        path.unlink(missing_ok=True)
        code = ("import os, socket, sys\n"
                "s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); os.chmod(sys.argv[1], 511)\n"
                f"os.setgid({STRANGER}); os.setuid({STRANGER}); s.listen()\n"
                "print('ready', flush=True); c, _ = s.accept(); print(c.recv(99))\n")
        with subprocess.Popen(["python3", "-c", code, str(path)], stdout=subprocess.PIPE,
                              text=True) as fake:
            assert fake.stdout.readline() == "ready\n"
            done = place.unlock()
            assert done.returncode not in (0, LOCKED), done
            assert fake.stdout.readline() == "b''\n", "the client spoke to it"
        place.start()
