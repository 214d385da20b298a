# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Forgetting: the command, and that what was seen by real programs is nowhere afterwards."""
import json
import os
import pathlib
import pty
import select
import shutil
import time

import apps
from checks import assert_found
from desktop import Desktop, run, wait_for
from test_commands import Vault


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
                  ["--all"], ["--scene", "5", "--app", "x", "--yes"]):
        done = vault.deskhand("forget", *wrong)
        assert done.returncode == 2 and done.stderr.strip() and not done.stdout, (wrong, done)
    assert len(vault.found("walrus")) == 4
    for begun in ("(", '"', "before:", "-", "before:nonsense walrus"):
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
