# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""What `meson install` puts where, and that others can read it: mandoc, bash, systemd."""
import os
import pathlib
import re
import shutil
import tempfile

from desktop import Skip, run

PREFIX = "usr/local"
DAEMONS = ("deskhand-agentd", "deskhand-vault", "deskhand-reader")
PAGES = ("man1/deskhand.1", "man5/agentd.conf.5", "man5/vault.conf.5",
         *(f"man1/{d}.1" for d in DAEMONS))


class Installed:
    """The build, installed below a folder of its own."""

    def __init__(self):
        self.build = pathlib.Path(os.path.realpath(shutil.which("deskhand"))).parents[1]
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="deskhand-install-"))
        self.root = self.folder / PREFIX

    def __enter__(self):
        done = run(["/usr/bin/meson", "install", "--no-rebuild", "--quiet", "-C", self.build,
                    "--destdir", self.folder])
        assert done.returncode == 0, done.stdout + done.stderr
        return self

    def __exit__(self, *_error):
        shutil.rmtree(self.folder)

    def text(self, path):
        return (self.root / path).read_text(encoding="utf-8")

    def commands(self):
        overview = run([self.root / "bin/deskhand", "help"]).stdout
        return re.findall(r"^  ([a-z]+) ", overview, re.M)


def test_install():
    with Installed() as installed:
        check_programs(installed)
        check_pages(installed)
        check_completion(installed)
        check_others(installed)
        check_units(installed)
        check_system_unit(installed)


def check_programs(installed):
    libexec = installed.root / "libexec/deskhand"
    assert sorted(p.name for p in libexec.iterdir()) == sorted(DAEMONS)
    assert [p.name for p in (installed.root / "bin").iterdir()] == ["deskhand"]
    assert run([installed.root / "bin/deskhand", "--version"]).returncode == 0


def check_pages(installed):
    commands = installed.commands()
    assert {"search", "show", "timeline", "pause", "resume", "status", "doctor"} <= set(commands)
    pages = [installed.root / "share/man" / p for p in PAGES]
    pages += [installed.root / f"share/man/man1/deskhand-{c}.1" for c in commands]
    for page in pages:
        done = run(["mandoc", "-Tlint", "-Wwarning", page])
        assert done.returncode == 0, done.stdout + done.stderr
    plain = run(["mandoc", "-Tutf8", installed.root / "share/man/man1/deskhand-search.1"]).stdout
    plain = re.sub(".\b", "", plain)
    for word in ("--limit N", "EXIT STATUS", "deskhand search -- --verbose", "昨天"):
        assert word in plain, word


def check_completion(installed):
    script = installed.root / "share/bash-completion/completions/deskhand.bash"
    for words, offered in (
            ("deskhand ''", [*installed.commands(), "--version", "--help"]),
            ("deskhand se", ["search"]),
            ("deskhand search --li", ["--limit"]),
            ("deskhand search --limit ''", []),
            ("deskhand key se", ["set"]),
            ("deskhand key set tp", ["tpm-pin", "tpm"]),
            ("deskhand help ti", ["timeline"])):
        done = run(["bash", "-c", f". '{script}'; COMP_WORDS=({words}); "
                    "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _deskhand; echo \"${COMPREPLY[@]}\""])
        assert done.stdout.split() == offered and not done.stderr, (words, done)
    for path in ("share/zsh/site-functions/_deskhand",
                 "share/fish/vendor_completions.d/deskhand.fish"):
        text = installed.text(path)
        assert all(c in text for c in installed.commands()) and "limit" in text, path
        assert "status set recovery" in text and "passphrase tpm-pin" in text, path
        assert " ".join(installed.commands()) in text and "version" in text and "help" in text, path


def check_others(installed):
    service = installed.text("share/dbus-1/services/io.deskhand.Agent1.service")
    assert f"Exec=/{PREFIX}/libexec/deskhand/deskhand-agentd\n" in service, service
    for name in ("Agent1", "Job1", "Recall1"):
        assert "<interface" in installed.text(f"share/dbus-1/interfaces/io.deskhand.{name}.xml")


def check_units(installed):
    """Verified where they are installed, but for the programs, which are not there yet."""
    units = installed.root / "lib/systemd/user"
    assert len(list(units.iterdir())) == 4
    for unit in units.glob("*.service"):
        text = unit.read_text(encoding="utf-8")
        assert f"=/{PREFIX}/libexec/deskhand/{unit.stem}\n" in text, text
        unit.write_text(text.replace(f"=/{PREFIX}/", f"={installed.root}/"), encoding="utf-8")
    for name in ("append", "recall"):
        assert f"FileDescriptorName={name}.sock\n" in (
            units / f"deskhand-vault-{name}.socket").read_text(encoding="utf-8")
    if not shutil.which("systemd-analyze"):
        raise Skip("systemd-analyze is not here")
    done = run(["systemd-analyze", "verify", "--user", "--man=no",
                *sorted(map(str, units.iterdir()))],
               env=dict(os.environ, XDG_RUNTIME_DIR=str(installed.folder)))
    assert done.returncode == 0 and "deskhand" not in done.stderr, done.stderr


def check_system_unit(installed):
    """The vault with a user id of its own: the unit is whole, and shut tight."""
    units = installed.root / "lib/systemd/system"
    unit = units / "deskhand-vault@.service"
    text = unit.read_text(encoding="utf-8")
    assert f"=/{PREFIX}/libexec/deskhand/deskhand-vault --user %i " in text, text
    unit.write_text(text.replace(f"=/{PREFIX}/", f"={installed.root}/"), encoding="utf-8")
    if not shutil.which("systemd-analyze"):
        raise Skip("systemd-analyze is not here")
    names = [units / f"deskhand-vault{n}" for n in ("-append@1000.socket", "-recall@1000.socket",
                                                    "@1000.service")]
    done = run(["systemd-analyze", "verify", "--man=no", *map(str, names)],
               env=dict(os.environ, SYSTEMD_UNIT_PATH=f"{units}:"))
    assert done.returncode == 0 and "deskhand" not in done.stderr, done.stderr
    done = run(["systemd-analyze", "security", "--offline=true", "--threshold=10", str(unit)])
    level = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
    assert level and float(level[1]) < 1.0, done.stdout[-300:] + done.stderr
