# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Quota and age limit of vault.conf: what goes by itself, and what is told of it."""
import json
import random
import re

from desktop import run, wait_for
from test_commands import DAY_US, MINUTE_US, NOW_US, Vault
from test_forget import reveal
from test_lock import Locked


def restart(vault, settings):
    folder = vault.folder / ".config/deskhand"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vault.conf").write_text(settings, encoding="utf-8")
    vault.process.end()
    (vault.folder / "deskhand/recall.sock").unlink(missing_ok=True)
    vault.start()


def add(vault, name, **scene):
    path = vault.folder / "more"
    path.write_text(vault.group(name, scene), encoding="utf-8")
    done = run(["deskhand-test-append", str(path)], env=vault.env)
    assert done.returncode == 0, done.stderr


def kinds(vault):
    return [r["kind"] for r in vault.json("forget", "--receipts", "--json")]


def status(vault):
    """The agent is not there, so the exit code is 5."""
    return json.loads(vault.deskhand("status", "--json").stdout)


def test_age():
    with Vault() as vault:
        assert status(vault)["age_limit_s"] is None and status(vault)["quota"] >= 10 ** 9
        assert len(vault.found("walrus")) == 4 and kinds(vault) == []
        restart(vault, "[keep]\nage=2d\n")
        wait_for(lambda: kinds(vault) == ["age"], "the old scene goes by itself")
        assert vault.found("walrus") == ["chinese", "evil", "page"]
        text = vault.deskhand("forget", "--receipts").stdout
        assert "age" in text and "1 scene" in text, text
        assert not reveal(vault.folder / "data/deskhand/segments", vault.folder, "ancient",
                          "Thesis", "thesis.pdf")
        assert status(vault)["age_limit_s"] == 2 * 86400
        assert "at most 2 days" in vault.deskhand("status").stdout
        assert "ok    limits: " in vault.deskhand("doctor").stdout


def test_quota():
    """Twice as much as may be kept: the oldest goes, the newest stays, and it records on."""
    randomly = random.Random(5)
    with Vault() as vault:
        for i in range(45):
            words = ".".join("%x" % randomly.getrandbits(60) for _ in range(12000))
            add(vault, f"n{i}", start=NOW_US - DAY_US + i * MINUTE_US, app="Filler",
                title=f"Filler {i}", text=f"kuckuck{i} {words}")
        before = status(vault)["bytes"]
        assert before > 20e6, before
        restart(vault, "[keep]\nquota=16M\n")
        wait_for(lambda: kinds(vault)[:1] == ["quota"] and status(vault)["recycling"] == "idle",
                 "the oldest goes by itself", 30)
        after = status(vault)
        assert after["quota"] == 16 * 10 ** 6 and 8e6 < after["bytes"] <= 16.5e6, after
        assert re.search(r" of 16\.0\sMB", vault.deskhand("status").stdout)
        assert not vault.json("search", "--json", "kuckuck0")["results"]
        assert vault.json("search", "--json", "kuckuck44")["results"]
        assert not reveal(vault.folder / "data/deskhand/segments", vault.folder, "kuckuck0 ",
                          "ancient")
        add(vault, "later", start=NOW_US, app="Later", text="nachher")
        assert vault.json("search", "--json", "nachher")["results"]


def test_waits_for_an_unlock():
    """A part of a week cannot go while locked: that is told, and it goes after the unlock."""
    with Locked() as vault:
        restart(vault, "[keep]\nage=1d\n")
        wait_for(lambda: status(vault)["recycling"] == "locked", "it has looked")
        assert "Waiting " in vault.deskhand("status").stdout
        assert "weak  limits: " in vault.deskhand("doctor").stdout
        vault.record()
        assert vault.unlock().returncode == 0
        wait_for(lambda: status(vault)["recycling"] == "idle", "what waited goes", 20)
        assert vault.found("walrus") == ["chinese", "evil", "page"]
        assert set(kinds(vault)) == {"age"}
        assert vault.json("search", "--json", "heron")["results"]


def test_nonsense():
    """It is told, and neither recording nor the history suffers."""
    with Vault() as vault:
        restart(vault, "[keep]\nquota=5\n")
        text = vault.deskhand("status").stdout
        assert "Limits     are not in force: " in text and "16M to 1000T" in text, text
        assert status(vault)["quota"] is None
        assert "vault.conf" in status(vault)["limits_error"]
        assert "bad   limits: " in vault.deskhand("doctor").stdout
        add(vault, "later", start=NOW_US, app="Later", text="nachher")
        assert vault.json("search", "--json", "nachher")["results"]
        assert len(vault.found("walrus")) == 4
