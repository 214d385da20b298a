# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""What must never be remembered is not: denied windows, private ones, passwords, whatever lies over
them or under them."""
import json

import apps
import content
from checks import assert_found, look_at_it

CONFIG = """[never]
applications=Payroll*
titles=top secret
sites=127.0.0.1/bank;*.gov.cn
"""

DESKTOP = {"config": CONFIG}


def assert_nowhere(desktop, *words):
    """Nothing of it is in the text, the titles or the addresses of any scene."""
    desktop.settle()
    for word in words:
        assert not desktop.search(word), f"{word} was remembered"
    for scene in desktop.scenes():
        for word in words:
            for key in ("title", "url", "file", "app"):
                assert word.casefold() not in (scene.get(key) or "").casefold(), (word, scene)


def is_recorded(desktop, text):
    """The same daemon goes on to record what may be."""
    terminal = apps.xterm(desktop, *apps.shell(f"echo {text}"))
    assert_found(desktop, text, deadline_s=30)
    terminal.end()


def write_pages(desktop):
    desktop.write("news.html", content.article("Harbour news", ["The ferry Periwinkle sails."]))
    desktop.write("bank.html", content.article("Statement", ["Your balance is marzipan."]))
    (desktop.files / "bank").mkdir(exist_ok=True)
    desktop.write("bank/index.html", content.article("Statement", ["Your balance is marzipan."]))
    desktop.write("secret.html", content.article("Hideaway", ["The hideaway is tamarisk."]))
    return desktop.serve()


def assert_ledger(desktop, *rules):
    """It says what was left out, and nothing of what was in it."""
    done = desktop.deskhand("why", "--json")
    entries = json.loads(done.stdout)["refusals"]
    assert set(rules) <= {e["rule"] for e in entries}, entries
    assert all(e["times"] >= 1 and e["from"] <= e["to"] for e in entries), entries
    assert desktop.status()["refused"] >= len(rules)


def go_to(desktop, address, title):
    """In a new tab of the browser that has the focus."""
    desktop.key("ctrl+t")
    desktop.key("ctrl+l")
    desktop.type(f"{address}\n")
    desktop.wait_window(name=title)
    look_at_it(3)


def test_denied_windows(desktop):
    opted = apps.xterm(desktop, *apps.shell("sleep 0.5; xprop -id $WINDOWID -f "
                                            "_DESKHAND_NO_RECALL 8u -set _DESKHAND_NO_RECALL 1; "
                                            "clear; echo cinnabar here"))
    titled = apps.xterm(desktop, *apps.shell("echo vermilion here"), title="My Top Secret plan",
                        geometry="60x10+900+500")
    denied = desktop.start_app("payroll", ["xterm", "-class", "PayrollClient", "-T", "cerulean",
                                           "-e", "bash", "-c", "echo ochre here; read -r _"],
                               of_class="PayrollClient")
    is_recorded(desktop, "beside the denied")
    assert_nowhere(desktop, "cinnabar", "vermilion", "plan", "ochre", "cerulean")
    assert_ledger(desktop, "opted out", "title top secret", "application Payroll*")
    for each in (opted, titled, denied):
        each.end()


def test_chromium(desktop):
    address = write_pages(desktop)
    private = apps.chromium(desktop, f"{address}/secret.html", more=["--incognito"])
    apps.wait_title(desktop, private.window, "Hideaway")
    look_at_it(3)
    private.end()
    public = apps.chromium(desktop, f"{address}/news.html")
    assert_found(desktop, "Periwinkle", app="chromium", deadline_s=30)
    go_to(desktop, f"{address}/bank/index.html", "Statement")
    public.end()
    assert_nowhere(desktop, "tamarisk", "hideaway", "marzipan", "statement")
    assert_ledger(desktop, "private window", "site 127.0.0.1/bank")


def test_firefox(desktop):
    address = write_pages(desktop)
    private = apps.firefox(desktop, f"{address}/secret.html", private=True)
    apps.wait_title(desktop, private.window, "Hideaway")
    look_at_it(3)
    private.end()
    public = apps.firefox(desktop, f"{address}/news.html")
    assert_found(desktop, "Periwinkle", app="firefox", deadline_s=30)
    go_to(desktop, f"{address}/bank/index.html", "Statement")
    public.end()
    assert_nowhere(desktop, "tamarisk", "hideaway", "marzipan", "statement")


def test_password_in_a_page(desktop):
    desktop.write("login.html", content.page(
        "Login form", '<p>Greeting wombat</p><p><input id="p" type="password" size="20" autofocus '
        'style="font-size:24px"></p><p><button style="font-size:24px" '
        'onclick="p.type=\'text\'; p.focus()">Reveal it</button></p>'))
    browser = apps.chromium(desktop, f"{desktop.serve()}/login.html")
    apps.wait_title(desktop, browser.window, "Login form")
    assert_found(desktop, "Greeting wombat", deadline_s=30)
    desktop.type("quetzalcoatl")
    look_at_it(2)
    desktop.key("Tab", "space") # the button
    look_at_it(1)
    desktop.type("more")
    look_at_it(2)
    desktop.settle()
    scene = desktop.find("wombat")["scene"]
    picture = desktop.picture(scene)
    seen = picture.read(0, 0, *picture.size)
    assert "wombat" in seen and "quetz" not in seen, seen
    browser.end()
    assert_nowhere(desktop, "quetzalcoatl", "quetzalcoatlmore")
    assert_ledger(desktop, "password field")


def test_password_in_a_dialog(desktop):
    apps.need("zenity")
    dialog = desktop.start_app("zenity", ["zenity", "--forms", "--text", "Numbat form",
                                          "--add-entry", "Name", "--add-password", "Word"],
                               of_class="zenity")
    desktop.type("bandicoot")
    desktop.key("Tab")
    desktop.type("thylacine")
    assert_found(desktop, "bandicoot")
    dialog.end()
    assert_nowhere(desktop, "thylacine")
