# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""The key of the history kept by a TPM (an emulator of one) and by a key service."""
import shutil
import socket
import time

from desktop import Process, Skip, run, wait_for
from keyservice import KeyService
from test_commands import Vault
from test_lock import LOCKED, Locked

PIN = "2580 walrus"
SILENCE_S = 5 # of which 2 are the vault's deadline


def free_ports():
    """Two neighbours, as the emulator wants them."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def key_files(vault):
    return sorted(vault.folder.rglob("root-*.key*"))


def flip_a_bit(path):
    data = bytearray(path.read_bytes())
    data[5] ^= 4
    path.write_bytes(data)


class Chip:
    """An emulated TPM and a vault that uses it."""

    def __init__(self):
        if not shutil.which("swtpm"):
            raise Skip("swtpm is not here")
        self.vault = Locked()
        self.port = free_ports()
        self.process = None

    def __enter__(self):
        (self.vault.folder / "tpm").mkdir()
        self.start()
        self.vault.env["DESKHAND_TPM"] = f"swtpm:host=127.0.0.1,port={self.port}"
        Vault.__enter__(self.vault)
        return self.vault

    def __exit__(self, *error):
        self.process.end()
        self.vault.__exit__(*error)

    def start(self):
        self.process = Process("swtpm", [
            "swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self.vault.folder}/tpm",
            "--server", f"type=tcp,port={self.port}", "--ctrl", f"type=tcp,port={self.port + 1}",
            "--flags", "not-need-init,startup-clear"], self.vault.env, self.vault.folder)
        wait_for(self.answers, "the emulated TPM listens")

    def answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port + 1)) == 0


def test_tpm_without_pin():
    chip = Chip()
    with chip as vault:
        done = vault.set_key("tpm", "", "")
        assert done.returncode == 0, done.stderr
        assert not list(vault.folder.rglob("root-*.key"))
        vault.process.end()
        vault.start()
        assert len(vault.found("walrus")) == 4 and vault.lock_of()["backend"] == "tpm"
        vault.process.end()
        shutil.rmtree(vault.folder / "tpm") # the disk on another machine
        (vault.folder / "tpm").mkdir()
        chip.process.end()
        chip.start()
        vault.start()
        assert vault.deskhand("search", "walrus").returncode == LOCKED
        vault.record()
        assert "bad   history: What keeps the key" in vault.deskhand("doctor").stdout


def test_tpm_with_pin():
    with Chip() as vault:
        assert vault.set_key("tpm-pin", "", PIN).returncode == 0
        assert vault.lock_of()["state"] == "locked"
        done = vault.unlock("wrong")
        assert done.returncode == LOCKED and vault.lock_of()["wrong"] == 1, done
        assert vault.unlock(PIN).returncode == 0, "the right one"
        assert len(vault.found("walrus")) == 4
        vault.process.end()
        vault.start()
        assert vault.deskhand("search", "walrus").returncode == LOCKED
        assert vault.unlock(PIN).returncode == 0


def test_tpm_that_locks_itself_out():
    with Chip() as vault:
        tpm = {"TPM2TOOLS_TCTI": vault.env["DESKHAND_TPM"]}
        if not shutil.which("tpm2_dictionarylockout"):
            raise Skip("tpm2-tools are not here")
        done = run(["tpm2_dictionarylockout", "--setup-parameters", "--max-tries=1",
                    "--recovery-time=1000", "--lockout-recovery-time=1000"],
                   env=dict(vault.env, **tpm))
        assert done.returncode == 0, done.stderr
        assert vault.set_key("tpm-pin", "", PIN).returncode == 0
        done = vault.deskhand("key", "recovery", "--passphrase-file", vault.secret("pin", PIN))
        assert done.returncode == 0, done.stderr
        recovery = done.stdout.splitlines()[0]
        assert vault.unlock("wrong").returncode == LOCKED
        done = vault.unlock(PIN)
        assert done.returncode == LOCKED and "takes no PIN for a while" in done.stderr, done
        assert vault.unlock(recovery).returncode == 0
        assert len(vault.found("walrus")) == 4


def test_key_file_damaged():
    """One of its two copies is mended; without both it records on until the recovery key comes."""
    with Locked(set_up=False) as vault:
        done = vault.deskhand("key", "recovery")
        assert done.returncode == 0, done.stderr
        recovery = done.stdout.splitlines()[0]
        files = key_files(vault)
        vault.process.end()
        flip_a_bit(files[0])
        vault.start()
        assert len(vault.found("walrus")) == 4
        assert "weak  keyring: One of the two copies" in vault.deskhand("doctor").stdout
        assert files[0].read_bytes() == files[1].read_bytes()
        vault.process.end()
        for path in files:
            flip_a_bit(path)
        vault.start()
        assert vault.deskhand("search", "walrus").returncode == LOCKED
        vault.record()
        doctor = vault.deskhand("doctor").stdout
        assert f"{files[0]} is damaged" in doctor and "Use the recovery key" in doctor, doctor
        assert str(files[0]) in vault.deskhand("status").stdout
        done = vault.unlock(recovery)
        assert done.returncode == 0 and "its key was made anew" in done.stdout, done
        assert len(vault.found("walrus")) == 4
        assert vault.json("search", "--json", "heron")["results"], "recorded meanwhile"
        assert not set(files) & set(key_files(vault)) and len(key_files(vault)) == 2
        vault.process.end()
        vault.start()
        assert len(vault.found("walrus")) == 4


def test_key_file_put_back():
    with Locked(set_up=False) as vault:
        files = key_files(vault)
        whole = files[0].read_bytes()
        vault.process.end()
        for path in files:
            path.unlink()
        vault.start()
        doctor = vault.deskhand("doctor").stdout
        assert "Put the file back from a backup. If there is none" in doctor, doctor
        vault.record()
        files[0].write_bytes(whole)
        files[0].chmod(0o600)
        wait_for(lambda: vault.deskhand("search", "walrus").returncode == 0,
                 "the vault looks again by itself", deadline_s=30)
        assert vault.json("search", "--json", "heron")["results"], "recorded meanwhile"
        assert files[0].read_bytes() == files[1].read_bytes()


class Served:
    """A vault beside a key service."""

    def __init__(self):
        self.vault = Locked()
        self.service = None

    def __enter__(self):
        path = self.vault.folder / "key.sock"
        self.service = KeyService(path)
        self.vault.env["DESKHAND_KEY_SERVICE"] = str(path)
        Vault.__enter__(self.vault)
        assert self.vault.set_key("service", "", "").returncode == 0
        return self

    def __exit__(self, *error):
        self.service.close()
        self.vault.__exit__(*error)


def test_key_service():
    with Served() as served:
        vault, service = served.vault, served.service
        assert len(service.keys) == 1 and not list(vault.folder.rglob("root-*.key"))
        vault.process.end()
        vault.start()
        assert len(vault.found("walrus")) == 4 and vault.lock_of()["backend"] == "service"
        vault.process.end()
        service.refuses = True
        vault.start()
        assert vault.deskhand("search", "walrus").returncode == LOCKED
        vault.record()
        service.refuses = False
        wait_for(lambda: vault.deskhand("search", "walrus").returncode == 0,
                 "the vault asks again by itself", deadline_s=30)
        assert vault.json("search", "--json", "heron")["results"]
        assert vault.set_key("key-file", "", "").returncode == 0
        assert not service.keys, "the key of before is destroyed"
        assert len(vault.found("walrus")) == 4


def test_key_service_that_talks_nonsense():
    with Served() as served:
        vault, service = served.vault, served.service
        for answer in (b"", b"DKS1", b"nonsense", b"DKS1\x02\x00\x00\x05short",
                       b"DKS1\x02\x00\x00\x20" + b"x" * 32, b"DKS1\x02\x00\xff\xff",
                       b"DKS1\x02\x01\x00\x00"):
            vault.process.end()
            service.answer = answer
            vault.start()
            done = vault.deskhand("search", "walrus")
            assert done.returncode == LOCKED, (answer, done)
        vault.process.end()
        service.answer = None
        vault.start()
        assert len(vault.found("walrus")) == 4


def test_key_service_that_never_answers():
    with Served() as served:
        vault, service = served.vault, served.service
        vault.process.end()
        service.is_silent = True
        start_s = time.monotonic()
        vault.start()
        assert vault.deskhand("search", "walrus").returncode == LOCKED
        assert time.monotonic() - start_s < SILENCE_S, "it is waited for once"
        vault.record()
        service.is_silent = False
        wait_for(lambda: age_of(vault) == "newest", "the vault asks again", deadline_s=30)
        assert vault.json("search", "--json", "heron")["results"]


def age_of(vault):
    return vault.lock_of()["age"]


def test_an_older_copy_is_noticed():
    with Served() as served:
        vault = served.vault
        segments = vault.folder / "data/deskhand/segments"
        copy = vault.folder / "copy"
        assert age_of(vault) == "newest"
        vault.process.end()
        shutil.copytree(segments, copy)
        for _time in range(3): # honest restarts and killing are no alarm
            vault.start()
            assert age_of(vault) == "newest"
            vault.record()
            vault.process.kill()
            vault.process.end()
            (vault.folder / "deskhand/recall.sock").unlink() # which would pass for the next one's
        vault.start()
        vault.process.end()
        shutil.rmtree(segments)
        shutil.copytree(copy, segments)
        for _time in range(2): # also when it was written to after that
            vault.start()
            assert age_of(vault) == "old"
            assert "bad   age: " in vault.deskhand("doctor").stdout
            assert len(vault.found("walrus")) == 4, "it is said, and not held back"
            vault.record()
            vault.process.end()
        vault.start()
        assert vault.set_key("service", "", "").returncode == 0
        assert age_of(vault) == "newest" and len(vault.found("walrus")) == 4


def test_without_a_host_it_is_said():
    with Vault() as vault:
        assert vault.json("key", "status", "--json")["age"] == "untold"
        assert "weak  age: " in vault.deskhand("doctor").stdout
