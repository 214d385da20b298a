# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""What must never be remembered is not: denied windows, private ones, passwords, whatever lies over
them or under them."""
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
