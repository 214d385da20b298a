# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""What must never be remembered is not: denied windows, private ones, passwords, whatever lies over
them or under them."""
import json
import time

import apps
import content
from checks import assert_found, look_at_it
from desktop import run, wait_for

CONFIG = """[never]
applications=Payroll*
titles=top secret
sites=127.0.0.1/bank;localhost/bank;*.gov.cn
"""

DESKTOP = {"config": CONFIG}
COLOUR = "#ff00fe" # of what must not be kept, and of nothing else


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
    def list_entries():
        return json.loads(desktop.deskhand("why", "--json").stdout)["refusals"]

    wait_for(lambda: set(rules) <= {e["rule"] for e in list_entries()}, f"{rules} are listed")
    entries = list_entries()
    assert all(e["times"] >= 1 and e["from"] <= e["to"] for e in entries), entries
    assert desktop.status()["refused"] >= len(rules)
    today = json.loads(desktop.deskhand("why", "today", "--json").stdout)["refusals"]
    assert len(today) >= len(rules), "it all happened today, unless it is midnight"
    assert json.loads(desktop.deskhand("why", "now", "--json").stdout)["refusals"]
    assert json.loads(desktop.deskhand("why", "yesterday", "--json").stdout)["refusals"] == []


def go_to(desktop, address, title, in_new_tab=False):
    """In the browser that has the focus."""
    if in_new_tab:
        desktop.key("ctrl+t")
        look_at_it(0.5)
    desktop.key("ctrl+l")
    desktop.type(f"{address}\n")
    desktop.wait_window(name=title)
    look_at_it(3)


def test_denied_windows(desktop):
    opted = apps.xterm(desktop, *apps.shell("xprop -id $WINDOWID -f _DESKHAND_NO_RECALL 8c "
                                            "-set _DESKHAND_NO_RECALL 1; echo cinnabar here"))
    wait_for(lambda: "=" in run(["xprop", "-id", str(opted.window), "_DESKHAND_NO_RECALL"],
                                env=desktop.env).stdout, "the window opts out")
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


def test_chromium_find_bar(desktop):
    """A denied site stays so under the find bar and under dialogs, which have the focus then."""
    (desktop.files / "bank").mkdir(exist_ok=True)
    desktop.write("bank/talk.html", content.page(
        "Account talk", '<p id="text">Nothing yet</p><script>onblur = () => { text.textContent = '
        '"The balance is nougat."; }; onkeydown = e => { if (e.key == "q") '
        'alert("Praline was paid"); };</script>'))
    address = desktop.serve()
    desktop.write("news.html", content.article("Harbour news", ["The ferry Periwinkle sails."]))
    browser = apps.chromium(desktop, f"{address}/news.html")
    assert_found(desktop, "Periwinkle", app="chromium", deadline_s=30)
    go_to(desktop, f"{address}/bank/talk.html", "Account talk")
    desktop.key("ctrl+f")
    look_at_it(4)
    assert desktop.title(browser.window).startswith("Account talk")
    desktop.key("Escape", "q")
    look_at_it(4)
    desktop.key("Return", "ctrl+p") # its preview has an address of its own
    look_at_it(6)
    desktop.key("Escape", "ctrl+shift+i") # the tools for developers are a document, too
    look_at_it(6)
    browser.end()
    assert_nowhere(desktop, "nougat", "praline", "account")


def test_firefox(desktop):
    address = write_pages(desktop)
    private = apps.firefox(desktop, f"{address}/secret.html", private=True)
    apps.wait_title(desktop, private.window, "Hideaway")
    look_at_it(3)
    private.end()
    public = apps.firefox(desktop, f"{address}/news.html")
    assert_found(desktop, "Periwinkle", app="firefox", deadline_s=30)
    go_to(desktop, f"{address}/bank/index.html", "Statement", in_new_tab=True)
    public.end()
    assert_nowhere(desktop, "tamarisk", "hideaway", "marzipan", "statement")


def firefox_of(desktop, address, **settings):
    """With settings that stay in its profile; ends it."""
    kept = dict(apps.FIREFOX_SETTINGS)
    apps.FIREFOX_SETTINGS.update(settings)
    browser = apps.firefox(desktop, address)
    apps.FIREFOX_SETTINGS.clear()
    apps.FIREFOX_SETTINGS.update(kept)
    return browser


def test_firefox_that_never_remembers(desktop):
    """All its windows are private ones, without a mark."""
    address = write_pages(desktop)
    private = firefox_of(desktop, f"{address}/secret.html",
                         **{"browser.privatebrowsing.autostart": True})
    apps.wait_title(desktop, private.window, "Hideaway")
    assert "rivate" not in desktop.title(private.window)
    look_at_it(5)
    private.end()
    desktop.write("quay.html", content.article("Quay", ["The lighter Cornflower sails."]))
    public = firefox_of(desktop, f"{address}/quay.html",
                        **{"browser.privatebrowsing.autostart": False})
    assert_found(desktop, "Cornflower", app="firefox", deadline_s=40)
    public.end()
    assert_nowhere(desktop, "tamarisk", "hideaway")
    assert_ledger(desktop, "private window")


def test_browsers_of_another_class(desktop):
    """The name of their windows is the person's to choose."""
    address = write_pages(desktop)
    profile = desktop.home / "other"
    apps.need("chromium", "firefox-esr")
    for name, command in (
            ("chromium", [*apps.CHROMIUM, "--no-sandbox", "--test-type", "--class=Work",
                          f"--user-data-dir={profile}", "--incognito"]),
            ("firefox", ["firefox-esr", "--new-instance", "--profile",
                         apps.firefox_profile(desktop), "--class", "Work", "--private-window"])):
        browser = desktop.start_app(name, [*command, f"{address}/secret.html"], title="Hideaway",
                                    of_class="Work", deadline_s=60)
        look_at_it(4)
        if name == "chromium":
            desktop.key("shift+Escape") # the list of its tasks
            tasks = desktop.wait_window(name="Task Manager")
            desktop.place(tasks, 20, 20, 1600, 500)
            look_at_it(4)
        browser.end()
    assert_nowhere(desktop, "tamarisk", "hideaway")


def write_framed_pages(desktop):
    """Pages with a denied page in a frame, of the same site and of another, and one in a frame of
    that."""
    address = desktop.serve()
    other = address.replace("127.0.0.1", "localhost")
    frame = '<iframe src="{}" style="width:500px;height:150px"></iframe>'
    (desktop.files / "bank").mkdir(exist_ok=True)
    for name in ("hyssop", "teasel", "yarrow", "mullein"):
        desktop.write(f"bank/{name}.html", f'<!DOCTYPE html><title>{name}</title><body style='
                      f'"background:{COLOUR};font:24px sans-serif">The {name} stands here.')
    desktop.write("middle.html", content.page(
        "Middle", "<p>The ketch Oregano sails.</p>" + frame.format(f"{address}/bank/yarrow.html")))
    desktop.write("framed.html", content.page(
        "Framed", "<p>The yawl Marjoram sails.</p>" + "".join(
            frame.format(f"{site}.html") for site in (
                f"{address}/bank/hyssop", f"{other}/bank/teasel"))))
    desktop.write("nested.html", content.page(
        "Nested", "<p>The smack Lovage sails.</p>" + frame.format(f"{other}/middle.html")))
    desktop.write("bank/opener.html", content.page(
        "Opener", "<p>Nothing yet</p><script>onkeydown = e => { if (e.key != 'o') return; "
        "const page = open(''); page.document.title = 'Opened'; "
        "page.document.body.innerHTML = 'The mullein stands here.'; };</script>"))
    return address


def check_framed_pages(desktop, browser, address):
    assert_found(desktop, "Marjoram", deadline_s=40)
    look_at_it(2)
    assert desktop.screenshot("framed.png").count(COLOUR) > 50000, "it shows"
    go_to(desktop, f"{address}/nested.html", "Nested")
    assert_found(desktop, "Lovage")
    assert_found(desktop, "Oregano")
    go_to(desktop, f"{address}//bank/mullein.html", "mullein")
    go_to(desktop, f"{address}/x%2F..%2F%62ank/mullein.html", "mullein")
    go_to(desktop, f"{address}/bank/opener.html", "Opener")
    desktop.key("o")
    look_at_it(4)
    browser.end()
    assert_nowhere(desktop, "hyssop", "teasel", "yarrow", "mullein")
    pictures = [desktop.picture(s["scene"]) for s in desktop.scenes()]
    assert len(pictures) > 1 and not any(p.count(COLOUR) for p in pictures)
    assert_ledger(desktop, "part of a page")


def test_chromium_ways_around_a_site(desktop):
    address = write_framed_pages(desktop)
    browser = apps.chromium(desktop, f"{address}/framed.html")
    check_framed_pages(desktop, browser, address)


def test_firefox_ways_around_a_site(desktop):
    address = write_framed_pages(desktop)
    browser = apps.firefox(desktop, f"{address}/framed.html")
    check_framed_pages(desktop, browser, address)


ICON = ("data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect "
        f"width='16' height='16' fill='%23{COLOUR[1:]}'/></svg>")


def coloured(title):
    return (f'<!DOCTYPE html><meta charset="utf-8"><title>{title}</title><link rel="icon" '
            f'href="{ICON}"><body style="background:{COLOUR}">Quillwort grows here.')


def write_named_pages(desktop):
    """A page that may be kept, one that may not for its address, and one for its title."""
    (desktop.files / "bank").mkdir(exist_ok=True)
    desktop.write("bank/gentian.html", coloured("Ledger of gentian"))
    desktop.write("more.html", coloured("Top secret vellum"))
    desktop.write("bulletin.html", content.page(
        "Bulletin", '<p>The ketch Bergamot sails.</p><a href="more.html" style="position:fixed; '
        'left:0; bottom:0; width:300px; height:300px">more</a><script>onkeydown = e => '
        '{ if (e.key == "f") open("bank/gentian.html"); };</script>'))
    return desktop.serve()


def go_to_first_tab(desktop, browser, key):
    """Firefox drops keys that come while a page of a new process is about to be drawn."""
    def is_there():
        desktop.key(key)
        time.sleep(1)
        return "Bulletin" in desktop.title(browser.window)
    wait_for(is_there, "first tab", 30)


def check_named_pages(desktop, browser, first_tab, *keys_of_lists):
    """The title of a denied page is nowhere while another tab is in front, nor its icon, nor the
    picture of it that comes when the pointer rests on its tab."""
    x, y, _width, height = desktop.geometry(browser.window)
    desktop.key("f") # opens in front
    apps.wait_title(desktop, browser.window, "Ledger of gentian")
    look_at_it(3)
    go_to_first_tab(desktop, browser, first_tab)
    desktop.click(x + 150, y + height - 150, button=2) # opens behind
    look_at_it(3)
    strip = desktop.screenshot("strip.png")
    for tab in (1, 2):
        desktop.xdotool("mousemove", x + 100 + tab * 225, y + 22)
        look_at_it(1)
        desktop.xdotool("mousemove_relative", 3, 1)
        look_at_it(3)
    card = desktop.screenshot("card.png")
    desktop.xdotool("mousemove", x + 600, y + 600)
    for key in keys_of_lists:
        desktop.key(key)
        look_at_it(3)
        desktop.key("Escape")
        look_at_it(1)
    desktop.type("berg")
    assert 100 < strip.count(COLOUR) < card.count(COLOUR), "it shows"
    browser.end()
    assert_nowhere(desktop, "gentian", "vellum", "quillwort")
    pictures = [desktop.picture(s["scene"]) for s in desktop.scenes()]
    assert len(pictures) > 1 and not any(p.count(COLOUR) for p in pictures)
    assert_ledger(desktop, "named page")


def test_chromium_names_of_denied_pages(desktop):
    address = write_named_pages(desktop)
    browser = apps.chromium(desktop, f"{address}/bulletin.html")
    assert_found(desktop, "Bergamot", app="chromium", deadline_s=30)
    check_named_pages(desktop, browser, "ctrl+1", "ctrl+shift+a", "ctrl+h")


def test_firefox_names_of_denied_pages(desktop):
    address = write_named_pages(desktop)
    browser = apps.firefox(desktop, f"{address}/bulletin.html")
    assert_found(desktop, "Bergamot", app="firefox", deadline_s=40)
    check_named_pages(desktop, browser, "alt+1", "ctrl+t")


def check_addresses(desktop, browser, address):
    """The address of a denied page is nowhere while it is typed, offered or listed."""
    go_to(desktop, f"{address}/bank/bryony.html", "Of nothing")
    go_to(desktop, f"{address}/bulletin.html", "Bulletin")
    desktop.key("ctrl+l")
    desktop.type(f"{address.split('//')[1]}/bank/b")
    look_at_it(4)
    desktop.key("Down")
    look_at_it(3)
    assert desktop.screenshot("typed.png").count(COLOUR) > 100, "it shows"
    desktop.key("Escape", "Escape", "ctrl+w")
    browser.end()
    assert_nowhere(desktop, "bryony")
    pictures = pictures_with(desktop, "Comfrey")
    assert pictures and not any(p.count(COLOUR) for p in pictures)
    assert_ledger(desktop, "named page")


def write_listing(desktop):
    (desktop.files / "bank").mkdir(exist_ok=True)
    address = desktop.serve()
    desktop.write("start.html", content.page("Start", "<p>The sloop Borage sails.</p>"))
    desktop.write("bank/bryony.html", content.page("Of nothing", "<p>Nothing</p>"))
    desktop.write("bulletin.html", content.page(
        "Bulletin", f"<p>The ketch Comfrey sails.</p><ul style='font:bold 24px sans-serif; "
        f"position:fixed; bottom:0; color:{COLOUR}'><li>{address}/bank/bryony.html<li><a href='#' style='color:inherit'>"
        f"{address.split('//')[1]}/bank/bryony.html</a></ul>"))
    return address


def test_chromium_addresses_of_denied_pages(desktop):
    address = write_listing(desktop)
    browser = apps.chromium(desktop, f"{address}/start.html")
    assert_found(desktop, "Borage", app="chromium", deadline_s=30)
    check_addresses(desktop, browser, address)


def test_firefox_addresses_of_denied_pages(desktop):
    address = write_listing(desktop)
    browser = apps.firefox(desktop, f"{address}/start.html")
    assert_found(desktop, "Borage", app="firefox", deadline_s=40)
    check_addresses(desktop, browser, address)


GTK_DIALOG = """
import gi
gi.require_version("Gtk", "3.0")
from gi.repository import Gtk
window, box = Gtk.Window(title="Numbat form"), Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
name, word, button = Gtk.Entry(), Gtk.Entry(visibility=False), Gtk.Button(label="Reveal it")
button.connect("clicked", lambda _b: word.set_visibility(True))
for each in (name, word, button):
    box.add(each)
window.set_default_size(500, 200)
window.add(box)
window.show_all()
Gtk.main()
"""


def type_password(desktop, word, reveal_keys):
    desktop.type(word)
    look_at_it(2)
    desktop.key(*reveal_keys)
    look_at_it(2)


def pictures_with(desktop, word):
    return [desktop.picture(r["scene"]) for r in desktop.search(word)]


def test_password_in_a_page(desktop):
    desktop.write("login.html", content.page(
        "Login form", f'<p>Greeting wombat</p><p><input id="p" type="password" size="20" autofocus '
        f'style="font:bold 40px sans-serif; color:{COLOUR}"></p><p><button '
        'onclick="p.type=\'text\'; p.focus()">Reveal it</button></p>'))
    browser = apps.chromium(desktop, f"{desktop.serve()}/login.html")
    apps.wait_title(desktop, browser.window, "Login form")
    assert_found(desktop, "Greeting wombat", deadline_s=30)
    type_password(desktop, "quetzalcoatl", ["Tab", "space"])
    desktop.type("more")
    look_at_it(2)
    assert desktop.screenshot("probe.png", browser.window).count(COLOUR) > 100
    desktop.settle()
    pictures = pictures_with(desktop, "wombat")
    assert pictures and not any(p.count(COLOUR) for p in pictures)
    browser.end()
    assert_nowhere(desktop, "quetzalcoatl", "quetzalcoatlmore")
    assert_ledger(desktop, "password field")


def test_password_field_that_scrolls_away(desktop):
    """Where it was stands the head of a table of passwords: its words are labels, and are kept."""
    desktop.write("scrolled.html", content.page(
        "Gannet form", '<p>Gannet page</p><p><input id="p" type="password" size="30" autofocus></p>'
        '<p style="height:700px"></p><table id="t"><tr><th>Service</th><th>Password</th>'
        "<th>Remarks</th></tr><tr><td>mail</td><td>Bongo#Drum7</td><td>fine</td></tr>"
        "<tr><td>bank</td><td>Fiddle$Bow8</td><td>dunlin</td></tr></table>"
        '<p style="height:2000px"></p><script>const top_of = e => e.getBoundingClientRect().top;'
        'onkeydown = e => e.key != "Escape" || scrollBy({top: top_of(t) - top_of(p), '
        'behavior: "smooth"});</script>'))
    browser = apps.chromium(desktop, f"{desktop.serve()}/scrolled.html")
    assert_found(desktop, "Gannet page", deadline_s=30)
    type_password(desktop, "quokkaword", ["Escape"])
    desktop.settle()
    assert_found(desktop, "dunlin", "Remarks", app="chromium")
    browser.end()
    assert_nowhere(desktop, "quokkaword", "Bongo", "Drum7", "Fiddle", "Bow8")


def test_password_in_a_dialog(desktop):
    dialog = desktop.start_app("numbat", ["/usr/bin/python3", "-c", GTK_DIALOG],
                               title="Numbat form")
    desktop.type("bandicoot")
    assert_found(desktop, "bandicoot")
    desktop.key("Tab")
    type_password(desktop, "thylacine", ["Tab", "space"])
    dialog.end()
    assert_nowhere(desktop, "thylacine")
