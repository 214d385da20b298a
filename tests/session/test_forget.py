# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Forgetting: the command, and that what was seen by real programs is nowhere afterwards."""
import json
import os
import pathlib
import pty
import select
import shutil
import tempfile
import time

import apps
from checks import assert_found
from desktop import Desktop, Skip, run, wait_for
from test_commands import MINUTE_US, NOW_US, Vault, append


def reveal(segments, folder, *words):
    """Which of @words are in any file, decrypted with every key."""
    copy = pathlib.Path(folder) / "revealed"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(segments, copy)
    done = run(["deskhand-test-reveal", str(copy), *words])
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[:-1]


def at_terminal(vault, arguments, answer):
    """The exit code, and what the terminal showed."""
    pid, ours = pty.fork()
    if pid == 0:
        os.execvpe("deskhand", ["deskhand", *arguments], dict(vault.env, TERM="xterm"))
    text = b""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if not select.select([ours], [], [], 0.2)[0]:
            continue
        try:
            block = os.read(ours, 4096)
        except OSError:
            break
        text += block
        if not block:
            break
        if b"to do it:" in text and answer:
            os.write(ours, answer)
            answer = None
    status = os.waitpid(pid, 0)[1]
    os.close(ours)
    return os.waitstatus_to_exitcode(status), text.decode(errors="replace")


def test_the_command():
    with Vault() as vault:
        check_usage(vault)
        check_dry_run(vault)
        check_asking(vault)
        check_nothing(vault)
        check_kinds(vault)
        check_receipts(vault)


def check_usage(vault):
    for wrong in ([], ["--all", "--last", "5m"], ["--last", "5m", "--since", "today"],
                  ["--scene", "x"], ["--last", "soon"], ["--since", "never-ever", "--yes"],
                  ["--all"], ["--scene", "5", "--app", "x", "--yes"],
                  ["--all", "--dry-run", "--receipts"], ["--receipts", "--last", "5m"],
                  ["--since", "2025-11-04", "--until", "2025-11-03", "--dry-run"],
                  ["--since", "2025-11-04 17:30", "--until", "2025-11-04 17:00", "--yes"]):
        done = vault.deskhand("forget", *wrong)
        assert done.returncode == 2 and done.stderr.strip() and not done.stdout, (wrong, done)
    for command in (["search", "walrus"], ["timeline"]):
        done = vault.deskhand(*command, "--since", "2025-11-04", "--until", "2025-11-03")
        assert done.returncode == 2 and "Nothing lies between" in done.stderr, done
    assert len(vault.found("walrus")) == 4
    for begun in ("(", '"', "before:", "-", "before:nonsense walrus", "walrus app:"):
        done = vault.deskhand("forget", "--query", begun, "--yes")
        assert done.returncode in (1, 2) and "query" in done.stderr, (begun, done)
    assert len(vault.found("walrus")) == 4
    answer = vault.json("forget", "--last", "30d", "--dry-run", "--json")
    assert answer["scenes"] >= 3, answer
    done = vault.deskhand("forget", "--scene", "999999999", "--yes")
    assert done.returncode == 1 and done.stderr.strip(), done


def check_dry_run(vault):
    answer = vault.json("forget", "--app", "evince", "--dry-run", "--json")
    assert answer["scenes"] == 1 and not answer["forgotten"] and answer["receipt"] is None, answer
    assert answer["apps"] == [{"app": "Evince", "scenes": 1}], answer
    assert answer["from"] <= answer["until"]
    text = vault.deskhand("forget", "--last", "1h", "--dry-run").stdout
    assert "3 scenes" in text and "Chromium 1" in text, text
    assert "\x1b" not in text
    assert len(vault.found("walrus")) == 4


def check_asking(vault):
    code, text = at_terminal(vault, ["forget", "--scene", str(vault.ids["evil"])], b"n\n")
    assert code == 0 and "Nothing was forgotten" in text and "1 scene" in text, (code, text)
    assert len(vault.found("walrus")) == 4
    code, text = at_terminal(vault, ["forget", "--scene", str(vault.ids["evil"])], b"y\n")
    assert code == 0 and "Forgotten: 1 scene" in text, (code, text)
    assert vault.found("walrus") == ["chinese", "page", "old"]


def check_nothing(vault):
    """Nothing is found: it is said, and there is no receipt."""
    n = len(vault.json("forget", "--receipts", "--json"))
    for url in ("us", "https", "om.us", "zoom.us/nowhere"):
        answer = vault.json("forget", "--url", url, "--yes", "--json")
        assert answer["scenes"] == 0 and not answer["forgotten"], (url, answer)
        assert answer["receipt"] is None, answer
    text = vault.deskhand("forget", "--app", "nobody", "--yes").stdout
    assert "Nothing was found" in text, text
    assert len(vault.json("forget", "--receipts", "--json")) == n
    done = vault.deskhand("forget", "--url", "a b", "--yes")
    assert done.returncode in (1, 2) and "takes a site" in done.stderr, done


def check_kinds(vault):
    answer = vault.json("forget", "--url", "zoom.us", "--yes", "--json")
    assert answer["forgotten"] and answer["receipt"]["kind"] == "url", answer
    assert vault.found("walrus") == ["chinese", "old"]
    assert vault.json("forget", "--query", "报价", "--yes", "--json")["scenes"] == 1
    assert vault.json("forget", "--until", "yesterday", "--yes", "--json")["scenes"] == 1
    assert vault.found("walrus") == []
    segments = vault.folder / "data/deskhand/segments"
    assert not reveal(segments, vault.folder, "walrus", "ancient", "Invoice", "合同", "thesis",
                      "zoom.us", "backslash")


def check_receipts(vault):
    receipts = vault.json("forget", "--receipts", "--json")
    assert [r["kind"] for r in receipts] == ["range", "query", "url", "scene"], receipts
    assert all(r["scenes"] == 1 and len(r["digest"]) == 64 for r in receipts), receipts
    assert len(set(r["digest"] for r in receipts)) == 4
    text = vault.deskhand("forget", "--receipts").stdout
    assert len(text.splitlines()) == 4 and receipts[0]["digest"][:16] in text, text
    answer = vault.json("forget", "--all", "--yes", "--json")
    assert answer["scenes"] == 0 and not answer["forgotten"], answer
    assert len(vault.json("forget", "--receipts", "--json")) == 4


WEEK_US = 7 * 24 * 60 * MINUTE_US


def fill_weeks(vault, n_weeks):
    """Two scenes in each of @n_weeks weeks before the others. Returns their files, oldest first."""
    before = set(files_of(vault))
    scenes = [{"start": NOW_US - n * WEEK_US - part, "app": "Gedit", "title": f"week {n}",
               "text": f"heron {n}"} for n in range(n_weeks + 1, 1, -1) for part in (10, 0)]
    path = vault.folder / "weeks"
    path.write_text("".join(vault.group(f"w{i}", s) for i, s in enumerate(scenes)),
                    encoding="utf-8")
    done = run(["deskhand-test-append", str(path)], env=vault.env)
    assert done.returncode == 0, done.stderr
    new = sorted(set(files_of(vault)) - before)
    assert len(new) == n_weeks, new
    return new


def files_of(vault):
    return sorted((vault.folder / "data/deskhand/segments").glob("*.db"))


def status_of(vault):
    return json.loads(vault.deskhand("status", "--json").stdout) # without an agent it ends with 5


def n_found(vault, query):
    return len(vault.json("search", "--json", query)["results"])


def test_weeks_that_are_no_files():
    """The rest is found and forgotten, and what cannot be is named."""
    with Vault() as vault:
        folder, pipe, link, well = fill_weeks(vault, 4)
        assert n_found(vault, "heron") == 8
        vault.process.end()
        for path in (folder, pipe, link):
            path.rename(vault.folder / path.name)
        folder.mkdir()
        (folder / "something").touch()
        os.mkfifo(pipe)
        link.symlink_to(vault.folder / link.name)
        vault.start()
        assert n_found(vault, "heron") == 2
        for command in ("doctor", "status"):
            told = vault.deskhand(command).stdout
            assert "3 weeks" in told and str(link) in told, told
        told = vault.deskhand("search", "nowhere").stderr
        assert "Nothing found" in told and "3 weeks of the history cannot be read" in told, told
        assert "cannot be read" not in vault.deskhand("search", "nowhere", "today").stderr
        done = vault.deskhand("forget", "--app", "Gedit", "--yes")
        assert done.returncode == 1 and "Forgotten: 2 scenes" in done.stdout, done
        assert all(str(path) in done.stderr for path in (folder, pipe, link)), done
        assert n_found(vault, "heron") == 0 and not well.exists() and n_found(vault, "walrus") == 4
        done = vault.deskhand("forget", "--all", "--yes", "--json")
        answer = json.loads(done.stdout)
        assert done.returncode == 1 and answer["forgotten"] and answer["scenes"] is None, done
        assert len(answer["left"]) == 1 and str(folder) in answer["left"][0], answer
        assert not os.path.lexists(pipe) and not os.path.lexists(link) and n_found(vault, "") == 0
        shutil.rmtree(folder)
        vault.process.end()
        (vault.folder / link.name).rename(link) # it comes back, and its key does not
        vault.start()
        assert n_found(vault, "heron") == 0


def test_a_week_that_is_missing():
    """Named, until its file is back or all of it was forgotten, which takes its key."""
    with Vault() as vault:
        files = fill_weeks(vault, 3)
        vault.process.end()
        aside = vault.folder / "aside.db"
        files[0].rename(aside)
        vault.start()
        assert n_found(vault, "heron") == 4
        for command in ("doctor", "status"):
            assert files[0].name in vault.deskhand(command).stdout, command
        assert status_of(vault)["missing"] == 1
        vault.process.end()
        aside.rename(files[0])
        vault.start()
        assert n_found(vault, "heron") == 6
        assert files[0].name not in vault.deskhand("doctor").stdout
        vault.process.end()
        files[0].rename(aside)
        vault.start()
        done = vault.deskhand("forget", "--since", "27 days ago", "--yes", "--dry-run")
        assert done.returncode == 1 and f"{files[0].name} is missing" in done.stderr, done
        done = vault.deskhand("forget", "--until", "18 days ago", "--yes")
        assert done.returncode == 0, done
        assert status_of(vault)["missing"] == 0
        vault.process.end()
        aside.rename(files[0])
        vault.start()
        assert status_of(vault)["damaged"] == 1
        note = vault.json("search", "--json", "heron")["note"]
        assert note.startswith("1 week of the history cannot be read"), note
        assert f"{files[0].name}.1.damaged" in vault.deskhand("doctor").stdout


def assert_older(vault, path):
    """@path: None when no week is older than what was written last."""
    vault.start()
    assert status_of(vault)["older"] == (path is not None)
    doctor = vault.deskhand("doctor").stdout
    assert ("bad   weeks: " in doctor) == (path is not None), doctor
    if path is not None:
        assert path.name in doctor and path.name in vault.deskhand("status").stdout, doctor


def test_an_older_copy_of_a_week():
    """Named as long as it is there; it is used, and what came last is not in it."""
    with Vault() as vault:
        current = files_of(vault)[-1]
        log = current.with_name(current.name + "-wal")
        vault.process.end()
        older = current.read_bytes()
        assert_older(vault, None)
        assert append(vault, "heron").returncode == 0
        vault.process.end()
        newest = current.read_bytes()
        current.write_bytes(older)
        assert_older(vault, current)
        assert n_found(vault, "heron") == 0 and n_found(vault, "walrus") == 4
        assert append(vault, "ibis").returncode == 0
        vault.process.end()
        assert_older(vault, current)
        vault.process.end()
        current.write_bytes(newest)
        assert_older(vault, None)
        assert n_found(vault, "heron") == 1

        assert append(vault, "osprey").returncode == 0
        vault.process.kill()
        vault.process.end()
        (vault.folder / "deskhand/recall.sock").unlink()
        assert log.stat().st_size > 0
        log.unlink()
        assert_older(vault, current)
        assert n_found(vault, "osprey") == 0
        assert vault.deskhand("forget", "--all", "--yes").returncode == 0
        vault.process.end()
        assert_older(vault, None)


def test_the_week_in_hand_is_no_file():
    """It makes way, and recording goes on."""
    with Vault() as vault:
        current = files_of(vault)[-1]
        vault.process.end()
        current.unlink()
        current.mkdir()
        vault.start()
        path = vault.folder / "later"
        path.write_text(vault.group("later", {"start": NOW_US, "app": "XTerm", "title": "x",
                                              "text": "ibis"}), encoding="utf-8")
        done = run(["deskhand-test-append", str(path)], env=vault.env)
        assert done.returncode == 0 and n_found(vault, "ibis") == 1, done
        assert f"{current.name}.1.damaged" in vault.deskhand("doctor").stdout


def receipts_of(vault):
    return vault.folder / "data/deskhand/segments/receipts"


def lay_open(path):
    path.chmod(0o644) # as cp -r leaves it


def make_folder(path):
    path.unlink()
    path.mkdir()


def make_pipe(path):
    path.unlink()
    os.mkfifo(path)


def make_link(path):
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def make_noise(path):
    path.write_bytes(os.urandom(30_000_000))


def test_receipts_that_cannot_be_used():
    """They make way, or get their mode back; forgetting and searching go on."""
    for spoil in (lay_open, make_folder, make_pipe, make_link, make_noise):
        with Vault() as vault:
            fill_weeks(vault, 2)
            path = receipts_of(vault)
            assert vault.deskhand("forget", "--query", "heron 2", "--yes").returncode == 0
            vault.process.end()
            spoil(path)
            vault.start()
            done = vault.deskhand("forget", "--query", "heron", "--yes")
            assert done.returncode == 0 and "Receipt" in done.stdout, (spoil, done)
            assert n_found(vault, "heron") == 0 and n_found(vault, "walrus") == 4, spoil
            done = vault.deskhand("forget", "--receipts", "--json")
            n = len(json.loads(done.stdout))
            aside = path.with_name("receipts.1.damaged")
            doctor = vault.deskhand("doctor").stdout
            if spoil == lay_open:
                assert n == 2 and path.stat().st_mode & 0o777 == 0o600 and done.returncode == 0
                assert "receipts" not in doctor, doctor
                continue
            assert n == 1 and done.returncode == 1 and "is missing" in done.stderr, (spoil, done)
            assert "receipt is missing" in doctor, (spoil, doctor)
            if spoil not in (make_pipe, make_link): # which hold nothing
                assert aside.exists() and aside.name in doctor, (spoil, doctor)
                assert status_of(vault)["damaged"] == 1, spoil
            assert vault.deskhand("forget", "--all", "--yes").returncode == 0, spoil
            assert n_found(vault, "") == 0, spoil


def lose(vault, content, n_read, words):
    """@content: of the file of three receipts, None for none"""
    vault.process.end()
    if content is None:
        receipts_of(vault).unlink()
    else:
        receipts_of(vault).write_bytes(content)
    vault.start()
    done = vault.deskhand("forget", "--receipts", "--json")
    assert len(json.loads(done.stdout)) == n_read and done.returncode == 1, done
    doctor = vault.deskhand("doctor").stdout
    for text in (done.stderr, doctor, vault.deskhand("status").stdout):
        assert words in text, text
    assert "weak  receipts: " in doctor, doctor
    assert status_of(vault)["receipts_lost"] == 3 - n_read
    done = vault.deskhand("forget", "--receipts")
    assert "yet" not in done.stdout + done.stderr and len(done.stdout.splitlines()) == n_read, done


def test_receipts_that_are_lost():
    """What cannot be read, and what was cut off or taken away, is said; the rest is listed."""
    with Vault() as vault:
        fill_weeks(vault, 3)
        for n in (2, 3, 4):
            done = vault.deskhand("forget", "--query", f"heron {n}", "--yes")
            assert done.returncode == 0, done
        whole = receipts_of(vault).read_bytes()
        flipped = bytearray(whole)
        flipped[len(whole) // 3 + 60] ^= 0x10
        lose(vault, flipped, 2, "1 receipt cannot be read: it is damaged")
        lose(vault, whole[:100], 0, "3 receipts cannot be read: they are damaged")
        lose(vault, None, 0, "3 receipts are missing")
        lose(vault, b"", 0, "3 receipts are missing")
        vault.process.end()
        receipts_of(vault).write_bytes(flipped)
        vault.start()
        assert vault.deskhand("forget", "--all", "--yes").returncode == 0
        assert len(json.loads(vault.deskhand("forget", "--receipts", "--json").stdout)) == 3
        vault.process.end()
        receipts_of(vault).write_bytes(whole)
        vault.start()
        done = vault.deskhand("forget", "--receipts") # the last one is not in it
        assert done.returncode == 1 and "1 receipt is missing" in done.stderr, done
        assert len(done.stdout.splitlines()) == 3, done


def test_real_programs():
    """Typed and shown, forgotten, nowhere; and it goes on recording."""
    with Desktop() as desktop:
        editor = apps.mousepad(desktop, desktop.write("letter.txt", ""))
        desktop.place(editor.window, 100, 80, 1000, 600)
        desktop.find("title:letter")
        desktop.type("zuckerhut purzelbaum")
        assert_found(desktop, "purzelbaum")
        terminal = apps.xterm(desktop, *apps.shell("echo kaleidoskop hinterhalt; sleep 99"))
        assert_found(desktop, "kaleidoskop")
        segments = pathlib.Path(desktop.env["XDG_DATA_HOME"]) / "deskhand/segments"
        words = ["zuckerhut", "purzelbaum", "kaleidoskop", "hinterhalt"]
        assert len(reveal(segments, desktop.folder, *words)) == 4
        desktop.key("ctrl+s")
        terminal.end()
        editor.end()
        wait_for(lambda: not desktop.windows(of_class="mousepad"), "the editor is gone")
        done = desktop.deskhand("forget", "--last", "5m", "--yes", "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["scenes"] >= 2, done.stdout
        assert not desktop.search("purzelbaum") and not desktop.search("kaleidoskop")
        assert not reveal(segments, desktop.folder, *words)
        apps.xterm(desktop, *apps.shell("echo nachher geht weiter; sleep 99"))
        assert_found(desktop, "nachher")
        assert not reveal(segments, desktop.folder, *words)
        assert desktop.status()["dropped"] == 0


def test_what_is_still_shown():
    """It is recorded anew though nothing moves on the screen."""
    with Desktop() as desktop:
        apps.xterm(desktop, *apps.shell("echo tintenfisch bleibt stehen"), blinks=False)
        before = desktop.find('"tintenfisch bleibt stehen"')
        desktop.settle()
        done = desktop.deskhand("forget", "--last", "1h", "--yes", "--json")
        assert json.loads(done.stdout)["scenes"] >= 1, done
        after = desktop.find('"tintenfisch bleibt stehen"')
        assert after["start"] > before["start"], (before, after)


def test_in_flight():
    """What waits for a vault that hangs does not come back later."""
    with Desktop() as desktop:
        apps.xterm(desktop, *apps.shell("echo zuerst; sleep 99"))
        assert_found(desktop, "zuerst")
        for i in range(5):
            apps.xterm(desktop, *apps.shell(f"echo brombeere{i}; sleep 99"),
                       geometry=f"40x5+{40 + 60 * i}+{200 + 100 * i}")
        desktop.end_apps()
        done = desktop.deskhand("forget", "--last", "5m", "--yes")
        assert done.returncode == 0, done.stderr
        apps.xterm(desktop, *apps.shell("echo danach; sleep 99"))
        assert_found(desktop, "danach")
        assert not desktop.search("zuerst") and not desktop.search("brombeere*")


class SmallDisk:
    """A file system of its own with little room."""

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="deskhand-small-"))
        if run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(self.folder)]).returncode != 0:
            self.folder.rmdir()
            raise Skip("no file system may be mounted here")
        return self

    def fill(self):
        with open(self.folder / "filler", "ab", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(4096))
            except OSError:
                pass

    def make_room(self):
        (self.folder / "filler").unlink()

    def __exit__(self, *_error):
        assert run(["umount", str(self.folder)]).returncode == 0
        self.folder.rmdir()


def see_while_full(desktop, disk, word):
    """Returns how many scenes wait."""
    disk.fill()
    apps.xterm(desktop, *apps.shell(f"for i in 1 2 3 4; do echo {word} line $i; done; sleep 99"))
    return wait_for(lambda: desktop.status()["reason"] == "the disk of the history is full" and
                    desktop.status()["backlog"], "scenes wait for the disk")


def test_what_waits_while_the_disk_is_full():
    """Of that what is meant goes, and what nobody can judge, which is counted and said."""
    with SmallDisk() as disk, Desktop(env={"XDG_DATA_HOME": str(disk.folder)}) as desktop:
        apps.xterm(desktop, *apps.shell("echo zuerst; sleep 99"))
        assert_found(desktop, "zuerst")
        see_while_full(desktop, disk, "cormorant")
        desktop.end_apps()
        n_waiting = desktop.status()["backlog"]
        done = desktop.deskhand("forget", "--until", "yesterday", "--yes")
        assert done.returncode == 0 and not done.stderr.count("went, too"), done
        assert desktop.status()["backlog"] == n_waiting and desktop.status()["dropped"] == 0
        disk.make_room()
        assert_found(desktop, "cormorant")
        see_while_full(desktop, disk, "gannet")
        desktop.end_apps()
        n_waiting = desktop.status()["backlog"]
        done = desktop.deskhand("forget", "--query", "giraffe", "--yes")
        assert done.returncode == 0, done
        assert f"{n_waiting} scene" in done.stderr and "went, too" in done.stderr, done
        assert desktop.status()["backlog"] == 0 and desktop.status()["dropped"] == n_waiting
        see_while_full(desktop, disk, "pelican")
        desktop.end_apps()
        done = desktop.deskhand("forget", "--last", "10m", "--yes")
        assert desktop.status()["dropped"] == n_waiting and "went, too" not in done.stderr, done
        disk.make_room()
        apps.xterm(desktop, *apps.shell("echo danach; sleep 99"))
        assert_found(desktop, "danach")
        assert not desktop.search("gannet") and not desktop.search("pelican")


def test_what_is_still_shown_while_the_disk_is_full():
    """It went with what waited, and is recorded anew when there is room."""
    with SmallDisk() as disk, Desktop(env={"XDG_DATA_HOME": str(disk.folder)}) as desktop:
        disk.fill()
        apps.xterm(desktop, *apps.shell("echo kormoran bleibt stehen"), blinks=False)
        wait_for(lambda: desktop.status()["reason"] == "the disk of the history is full" and
                 desktop.status()["backlog"], "scenes wait for the disk")
        done = desktop.deskhand("forget", "--last", "10m", "--yes")
        assert done.returncode == 0, done
        disk.make_room()
        assert_found(desktop, "kormoran")
