# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Secrets that are shown or typed are nowhere in the store, neither in text nor in pixels; what
stands beside them is."""
import contextlib
import json
import os
import signal
import sqlite3

import apps
import content
import planted
from checks import assert_found, look_at_it
from desktop import run, wait_for

ORDINARY = "order 20261125004711 of 138 0013 8000"


def plain_lines(secrets):
    return [f"card {secrets.card()} until 12/29", f"number {secrets.identity()}",
            f"account {secrets.iban()}", f"use {secrets.token()}", f"use {secrets.token()}",
            secrets.password(), secrets.password()]


def all_lines(secrets):
    return [*plain_lines(secrets), *secrets.key()]


def assert_clean(desktop, secrets):
    stored = planted.Stored(desktop)
    found = stored.found_in_text(secrets.given)
    assert not found, f"in the text: {found}"
    found = stored.found_in_pictures(secrets.given)
    assert not found, f"in pictures: {found}"
    return stored


def assert_painted(desktop, stored, app):
    """Where a mask stands in the text there is one flat colour in the picture; but for values that
    ticked away, which stand in the text only. What stands beside them is in the picture."""
    n_masks = n_flat = n_others = n_seen = 0
    for document in stored.documents:
        if app not in document["app"].casefold():
            continue
        picture = desktop.picture(document["scene"])
        for word in document["words"]:
            is_flat = picture.contrast(word["x"] + word["w"] // 2, word["y"], word["w"] // 3 + 1,
                                       word["h"]) < 0.02
            if planted.MASK not in word["text"]:
                n_others += 1
                n_seen += not is_flat
            else:
                n_masks += 1
                n_flat += is_flat
    assert n_masks and n_flat * 2 >= n_masks, f"{app}: {n_flat} of {n_masks} masks are painted"
    if "DESKHAND_TEST_PATIENCE" not in os.environ: # with sanitizers OCR takes long to prove it all
        assert n_seen * 2 >= n_others, f"{app}: {n_seen} of {n_others} other words are pictured"


def test_typed(desktop):
    """Each letter stands for longer than what is kept; the person rests in the middle."""
    secrets = planted.Secrets(1)
    editor = apps.mousepad(desktop, desktop.write("typed.txt", "The sandpiper\n"))
    desktop.key("ctrl+End")
    card = secrets.card()
    desktop.type(card[:10], delay_ms=300)
    look_at_it(1.5)
    desktop.type(card[10:], delay_ms=300)
    desktop.type("\n" + secrets.token(), delay_ms=60)
    desktop.type("\nPassword: " + secrets.random.choice(["Quagmire77", "Lollipop42"]) + "\n"
                 + ORDINARY, delay_ms=40)
    assert_found(desktop, "20261125004711", "0013 8000", "sandpiper", app="mousepad")
    stored = assert_clean(desktop, secrets)
    assert card[:9] not in stored.text, "the beginning of the card was kept"
    assert "Quagmire" not in stored.text and "Lollipop" not in stored.text
    assert_painted(desktop, stored, "mousepad")
    refusals = json.loads(desktop.deskhand("why", "--json").stdout)["refusals"]
    times = [refusal["times"] for refusal in refusals if refusal["rule"] == "secret"]
    assert sum(times) >= 3 and desktop.status()["refused"] >= 3, f"{refusals}"
    assert not planted.find(json.dumps(refusals), secrets.given)
    editor.end()


def test_typed_on_later(desktop):
    """Half of a card is kept, since the window opened with it, and the page is turned; when it is
    typed on the earlier scenes lose that line, but not what stands around it."""
    secrets = planted.Secrets(20)
    card = secrets.card()
    agentd = desktop.pid_of("deskhand-agentd")
    os.kill(agentd, signal.SIGSTOP)
    editor = apps.mousepad(desktop, desktop.write("later.txt", "".join(
        f"line {n} tells of the whimbrel\n" for n in range(120))))
    desktop.place(editor.window, 20, 20, 900, 700)
    desktop.key("End")
    desktop.type("\npay with " + card[:12], delay_ms=10)
    os.kill(agentd, signal.SIGCONT)
    wait_for(lambda: card[:12] in planted.Stored(desktop).text, "the first half is kept", 40)
    look_at_it(1)
    desktop.scroll(300, 250, 30)
    wait_for(lambda: any("line 3 tells" not in document["text"]
                         for document in planted.Stored(desktop).documents), "another page is kept")
    look_at_it(1)
    desktop.type(card[12:] + " ", delay_ms=10) # which goes back to the line
    wait_for(lambda: card[:7] not in planted.Stored(desktop).text, "the first half goes", 40)
    stored = assert_clean(desktop, secrets)
    assert len(stored.documents) >= 3 and all("line 3 tells" in document["text"] for document in (
        d for d in stored.documents if "line 2 tells" in d["text"]))
    assert_painted(desktop, stored, "mousepad")
    editor.end()


def test_terminals(desktop):
    """Read by OCR, dark and light; a token is broken at the edge."""
    secrets = planted.Secrets(2)
    for colours in (("black", "grey85"), ("white", "black")):
        path = desktop.write("secrets.txt", "\n".join(
            ["The kingfisher", *all_lines(secrets), ORDINARY, "and the curlew"]) + "\n")
        terminal = desktop.start_app(
            "xterm", ["xterm", "-bg", colours[0], "-fg", colours[1], "-geometry", "72x34+40+40",
                      "-fa", "DejaVu Sans Mono", "-fs", "11", "-e", *apps.shell(f"cat {path}")],
            of_class="xterm")
        assert_found(desktop, "curlew", "20261125004711", app="xterm")
        desktop.settle()
        terminal.end()
    stored = assert_clean(desktop, secrets)
    assert_painted(desktop, stored, "xterm")


def test_page(desktop):
    """Spans, boxes, a table, a dark part."""
    secrets = planted.Secrets(3)
    parts = "".join(f"<input size=5 value={part}> " for part in secrets.card().split())
    below = "".join(f"<input size=6 value={part}><br>" for part in (*secrets.card().split(), "12/29"))
    spans = "".join(f"<b>{part}</b> " for part in secrets.iban().split())
    token = secrets.token()
    broken = f"<i>{token[:9]}</i><b>{token[9:]}</b>"
    rows = "".join(f"<tr><td>{name}</td><td>{value}</td></tr>" for name, value in (
        ("Password", secrets.password().split()[-1].split("=")[-1].split("：")[-1]),
        ("Order", ORDINARY)))
    dark = "".join(f"<p>{line}</p>" for line in plain_lines(secrets))
    key = "<pre>" + "\n".join(secrets.key()) + "</pre>"
    path = desktop.write("page.html", content.page(
        "The avocet", f"<p>{parts}</p><p>{spans}</p><p>{broken}</p>"
        f"<div style='float:right'>Card<br>{below}</div><table>{rows}</table>{key}"
        f"<div style='background:#222;color:#ddd'>{dark}</div><p>and the plover</p>"))
    browser = apps.chromium(desktop, f"{desktop.serve()}/{path.name}?password="
                            + secrets.password().split()[-1].split("=")[-1].split("：")[-1])
    assert_found(desktop, "plover", "20261125004711", app="chromium")
    stored = assert_clean(desktop, secrets)
    assert_painted(desktop, stored, "chromium")
    browser.end()


def test_crowded_page(desktop):
    """Terms with something beside them, digits in boxes beside a turned line, sentences."""
    secrets = planted.Secrets(7)
    password = lambda: secrets.password(["x "]).split()[-1] # noqa: E731
    boxes = "".join(f"<span style='display:inline-block;width:18px'>{digit}</span>"
                    for digit in secrets.card(grouped=False))
    path = desktop.write("crowded.html", content.page(
        "The whimbrel", "<div style='display:flex'><dl>"
        f"<dt>User<dd>ada<dt>密码<dd>{password()}</dl><p>something beside it</div>"
        "<div style='writing-mode:vertical-rl;float:right;height:500px'>a line that is turned</div>"
        f"<p>above them</p><p>{boxes}</p><p>below them</p>"
        f"<p>The password for the router was changed to <b>{password()}</b> today.</p>"
        f"<p>The password for the gate is: {password()}</p><p>初始密码为{password()}</p>"
        f"<p>{ORDINARY}</p><p>and the whinchat</p>"))
    browser = apps.chromium(desktop, f"{desktop.serve()}/{path.name}")
    assert_found(desktop, "whinchat", "20261125004711", app="chromium")
    assert_painted(desktop, assert_clean(desktop, secrets), "chromium")
    browser.end()


def bare_password(secrets):
    return secrets.password(["x "]).split()[-1]


def test_lists(desktop):
    """A table is scrolled until its head is gone, then by whole pages; what is asked for, listed and
    stands in a netrc in a terminal."""
    secrets = planted.Secrets(8)
    rows = "".join(f"<tr><td>heron{n:02d}<td>{bare_password(secrets)}<td>since 2019"
                   for n in range(90))
    path = desktop.write("list.html", content.page(
        "The sanderling", f"<table><tr><th>Name<th>Password<th>Since{rows}</table>"
        "<p>What is the password for the gate?</p>"
        f"<p>it's {bare_password(secrets)}</p><p>Passwords</p><p>bob: {bare_password(secrets)}</p>"
        f"<p>{ORDINARY}</p><p>and the knot</p>", head="<style>td{padding:2px 20px}</style>"))
    browser = apps.chromium(desktop, f"{desktop.serve()}/{path.name}", app=True, size=(900, 700))
    assert_found(desktop, "sanderling", "heron01", app="chromium")
    desktop.scroll(400, 400, 2)
    desktop.settle()
    for _ in range(8):
        desktop.key("Next")
        desktop.settle()
    assert_found(desktop, "heron89", "knot", "20261125004711", app="chromium")
    browser.end()
    netrc = desktop.write("netrc.txt", "\n".join([
        "machine api.example", "login heron", f"password {bare_password(secrets)}", "",
        "machine h", "login ada", "password", bare_password(secrets), "and the ruff"]) + "\n")
    terminal = desktop.start_app(
        "xterm", ["xterm", "-geometry", "72x34+40+40", "-fa", "DejaVu Sans Mono", "-fs", "11", "-e",
                  *apps.shell(f"cat {netrc}")], of_class="xterm")
    assert_found(desktop, "ruff", "example", app="xterm")
    desktop.settle()
    terminal.end()
    assert_clean(desktop, secrets)


def accounts(secrets, names):
    return [(name, bare_password(secrets), f"{name}@mail.example", f"room {i}")
            for i, name in enumerate(names)]


ACCOUNTS = ("name", "password", "email", "place")


def page_through(desktop, *seen):
    assert_found(desktop, *seen[:1])
    for word in seen[1:]:
        desktop.settle()
        desktop.key("Next")
        assert_found(desktop, word)
    desktop.settle()


def test_tables(desktop):
    """In a terminal, where OCR leaves out some of the lines between the cells, and in an editor; their
    heads scroll away."""
    secrets = planted.Secrets(10)
    names = content.ENGLISH
    with contextlib.closing(sqlite3.connect(desktop.files / "accounts.db")) as base, base:
        base.execute(f"CREATE TABLE accounts {ACCOUNTS}")
        base.executemany("INSERT INTO accounts VALUES (?, ?, ?, ?)", accounts(secrets, names[:70]))
    apps.need("sqlite3", "less")
    terminal = apps.xterm(
        desktop, *apps.shell(f"sqlite3 -header -table {desktop.files}/accounts.db "
                             "'SELECT * FROM accounts' | less"), size=9, geometry="90x32+20+20")
    page_through(desktop, names[2], names[40], names[68])
    terminal.end()
    rows = [ACCOUNTS, *accounts(secrets, names[100:160])]
    editor = apps.mousepad(desktop, desktop.write("accounts.csv", "\n".join(map(",".join, rows))))
    desktop.place(editor.window, 20, 20, 900, 700)
    page_through(desktop, names[102], names[140])
    editor.end()
    assert_painted(desktop, assert_clean(desktop, secrets), "xterm")


def test_unreadable(desktop):
    """OCR reads neither a slanted nor a faint one where the browser tells them: they are hidden, and
    no more than what may be them."""
    secrets = planted.Secrets(6)
    path = desktop.write("dark.html", content.page(
        "The dotterel", "<p>the dotterel walks along the harbour</p><p>a second line of it</p>"
        "<div style='transform:rotate(8deg);width:500px;margin:40px 0'>"
        f"slanted {secrets.card()}</div><p>between the two of them</p>"
        f"<p style='opacity:.12'>{secrets.token()}</p><p>a line below all that</p>"
        "<p>and the phalarope sleeps behind the lighthouse</p>",
        head="<style>body{background:#113;color:#dde;font:20px sans-serif}</style>"))
    browser = apps.chromium(desktop, f"{desktop.serve()}/{path.name}", app=True)
    assert_found(desktop, "phalarope", app="chromium")
    look_at_it(4)
    stored = assert_clean(desktop, secrets)
    lines = ["dotterelwalksalong", "phalaropesleepsbehind"]
    kept = stored.found_in_pictures(lines)
    assert set(kept) == set(lines), f"in the pictures there are {kept}"
    browser.end()


def test_cells(desktop):
    secrets = planted.Secrets(4)
    rows = [["The bittern", "", "", ""],
            ["Name", "Password", "Remark", ""],
            ["ada", secrets.password().split()[-1].split("=")[-1].split("：")[-1], "none so far", ""],
            ["", "", "", ""], [*(secrets.card().split() + ["", "", ""])[:5]],
            ["", "", "", ""], [secrets.iban(), secrets.identity(), secrets.token(), ""],
            ["20261125004711", "138 0013 8000", "2019", "2020"], ["and the dunlin", "", "", ""]]
    calc = apps.office(desktop, desktop.write("cells.fods", content.spreadsheet(rows)), "calc")
    assert_found(desktop, "dunlin", "20261125004711")
    desktop.key("ctrl+End")
    for secret in (secrets.card(), "'" + secrets.iban(grouped=False), secrets.identity()):
        desktop.key("Down")
        desktop.type(secret, delay_ms=40)
        look_at_it(1.5)
    desktop.type("\nand the godwit")
    assert_found(desktop, "godwit")
    assert_painted(desktop, assert_clean(desktop, secrets), "office")
    calc.end()


def test_pictures(desktop):
    """Only OCR sees them."""
    secrets = planted.Secrets(5)
    lines = ["The oystercatcher", *plain_lines(secrets)[:5], ORDINARY, "and the turnstone"]
    path = apps.make_picture(desktop.files / "scan.png", lines, points=26)
    dark = desktop.files / "dark.png"
    assert run(["convert", str(path), "-negate", str(dark)]).returncode == 0
    for name in (path, dark):
        viewer = apps.eog(desktop, name)
        desktop.find("turnstone", where=lambda r, stem=name.stem: stem in r["title"])
        desktop.settle()
        viewer.end()
    assert_found(desktop, "20261125004711", app="eog")
    assert_painted(desktop, assert_clean(desktop, secrets), "eog")


LABELLED = ["<password>{}</password>", '<property name="password" value="{}"/>', '"pass": "{}",',
            "Passwort/password → {}", "root password - {}", "PASSWORD ------ {}",
            "| bob | password | {} |", "ALTER USER bob IDENTIFIED BY '{}';",
            "set password = PASSWORD('{}');", 'config["password"] = "{}"', "**Password:** {}",
            'DB_PASSW0RD="{}"']
CHINESE_LABELLED = ["密 码 : {}", "密码 → {}", "管理员密码［{}］", "root密码{}", "密码【{}】"]


def labelled(secrets, forms):
    """Ordinary lines between them, as no line goes on in another one."""
    return [line for form in forms
            for line in (form.format(bare_password(secrets)), f"and the item {ORDINARY} beside it")]


def test_labels(desktop):
    """What stands between a label and its value in markup, code, tables and notes."""
    secrets = planted.Secrets(9)
    lines = labelled(secrets, LABELLED + CHINESE_LABELLED)
    editor = apps.mousepad(desktop, desktop.write("labels.txt", "\n".join(
        ["The garganey", *lines, "and the smew"]) + "\n"))
    desktop.place(editor.window, 20, 20, 900, 1000)
    assert_found(desktop, "garganey", "smew", "20261125004711", app="mousepad")
    desktop.settle()
    editor.end()
    path = desktop.write("labels-read.txt", "\n".join(
        ["The wigeon", *labelled(secrets, LABELLED), "and the gadwall"]) + "\n")
    terminal = apps.xterm(desktop, *apps.shell(f"cat {path}"), geometry="80x30+40+40")
    assert_found(desktop, "wigeon", "gadwall", app="xterm")
    desktop.settle()
    terminal.end()
    stored = assert_clean(desktop, secrets)
    assert_painted(desktop, stored, "mousepad")
