# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""The contracts of the command line, on one terminal and one editor."""
import datetime
import json

import apps
from checks import assert_boxes, assert_chinese, assert_found, look_at_it, scenes_with
from desktop import wait_for

FIELDS = {"scene", "start", "end", "app", "title", "url", "file", "actor", "snippet", "source",
          "words"}


def rfc3339(text):
    assert "." in text, f"no milliseconds in {text}"
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def test_a_terminal_is_read(desktop):
    text = desktop.write("text", "The walrus invoice is overdue\n请在星期五之前发出合同\n")
    apps.xterm(desktop, *apps.shell(f"cat {text}"), title="accounts")
    result = desktop.find("walrus")
    assert FIELDS <= set(result), set(result)
    assert result["app"].casefold() == "xterm" and result["title"] == "accounts", result
    assert result["source"] == "ocr" and result["actor"] == "human", result
    assert "walrus" in result["snippet"], result
    assert rfc3339(result["start"]) <= rfc3339(result["end"])
    assert_boxes(desktop, result, reads="walrus")
    assert_chinese(desktop, "请在星期五之前发出合同", app="xterm")


def test_an_editor_is_read(desktop):
    path = desktop.write("notes.txt", "Pelican budget of November\n客户反映新版本的软件启动速度明显变快了\n")
    apps.mousepad(desktop, path)
    result = desktop.find("pelican")
    assert "mousepad" in result["app"].casefold() and "notes.txt" in result["title"], result
    assert result["source"] in ("accessible", "mixed"), result
    assert_boxes(desktop, result, reads="Pelican")
    assert_chinese(desktop, "客户反映新版本的软件启动速度明显变快了", app="mousepad")


def test_queries(desktop):
    for query in ('"pelican budget"', "pelic*", "pelican -walrus", "app:mousepad pelican",
                  "title:notes pelican", "pelican today", "今天 pelican", "PELICAN Budget",
                  "ｐｅｌｉｃａｎ"):
        found = desktop.search(query)
        assert found and all("mousepad" in r["app"].casefold() for r in found), (query, found)
    for query in ("pelican -budget", "app:xterm pelican", "pelican yesterday", '"budget pelican"',
                  "pelican before:2001-01-01"):
        assert not desktop.search(query), query


def test_anything_typed_is_a_query(desktop):
    for query in ("zoom.us", "a:b", '"', "-x", "C++", "foo@bar.com", "https://example.org/?a=b&c",
                  "¥1,280.00", "\U0001f980", "(", "*", "AND", "NOT OR", "app:", "before:", "'",
                  "pelican" * 1400, "\\", "NEAR(a b)", "title:\"", "-", "--", "%", "^x", "{a}"):
        done = desktop.deskhand("search", "--json", "--", query)
        assert done.returncode == 0, (query[:60], done.returncode, done.stderr)
        assert set(json.loads(done.stdout)) >= {"results", "next"}, query[:60]


def test_show(desktop):
    result = desktop.find("walrus")
    scene = desktop.show(result["scene"])
    assert "walrus invoice is overdue" in scene["text"], scene["text"][:500]
    assert any(w["text"] == "walrus" for w in scene["words"])
    width, height = desktop.picture(result["scene"]).size
    assert width > 400 and height > 200, (width, height)


def test_pages_are_stable(desktop):
    seen, cursor = [], None
    while True:
        more = ["--cursor", cursor] if cursor else []
        done = desktop.deskhand("timeline", "--json", "--limit", "1", *more)
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        seen += [r["scene"] for r in answer["results"]]
        cursor = answer["next"]
        if cursor is None:
            break
        assert len(seen) < 100
    assert len(seen) == len(set(seen)) and len(seen) >= 2, seen
    assert set(seen) <= {r["scene"] for r in desktop.scenes()}


def test_status(desktop):
    status = desktop.status()
    assert status["recording"] is True, status
    for key in ("reason", "lag_ms", "scenes", "bytes", "oldest", "dropped"):
        assert key in status, status
    assert status["scenes"] >= 2 and status["bytes"] > 0 and status["dropped"] == 0, status
    assert desktop.deskhand("doctor").stdout.strip()


def test_pause(desktop):
    assert desktop.deskhand("pause").returncode == 0
    wait_for(lambda: not desktop.status()["recording"], "the pause holds")
    assert desktop.status()["reason"]
    secret = apps.xterm(desktop, *apps.shell("echo nobody may see marzipan"))
    look_at_it(2.5)
    secret.end()
    assert desktop.deskhand("resume").returncode == 0
    desktop.wait_recording()
    apps.xterm(desktop, *apps.shell("echo everybody may see nougat"))
    assert_found(desktop, "nougat")
    assert not scenes_with(desktop, "marzipan")


def test_a_pause_ends_by_itself(desktop):
    assert desktop.deskhand("pause", "2s").returncode == 0
    assert not desktop.status()["recording"]
    desktop.wait_recording(10)


def test_exit_codes(desktop):
    assert desktop.deskhand("search", "--nonsense").returncode == 2
    assert desktop.deskhand("nonsense").returncode == 2
    assert desktop.deskhand("show", "999999999").returncode == 1
    done = desktop.deskhand("show", "999999999")
    assert done.stderr.strip() and not done.stdout, done
    for command in ("search", "show", "timeline", "pause", "resume", "status", "doctor"):
        done = desktop.deskhand(command, "--help")
        assert done.returncode == 0 and command in done.stdout, (command, done.stdout)


def test_the_end(desktop):
    """What was found is found again after a restart; without the daemon it says so."""
    before = desktop.find("walrus")["scene"]
    assert desktop.stop_agentd(), "agentd had to be killed"
    wait_for(lambda: not desktop.deskhand_pids(), "vault and reader ended with agentd")
    done = desktop.deskhand("status")
    assert done.returncode == 5 and done.stderr.strip(), done
    desktop.start_agentd()
    assert before in [r["scene"] for r in desktop.search("walrus")]
