# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""GTK 3, GTK 4 and Qt 5 editors: reading, typing, deleting, scrolling."""
import sys

import apps
import content
from checks import assert_boxes, assert_chinese, assert_found, look_at_it, scenes_with

TYPED = "the quick marmalade jumps over seven lazy accordions near the fountain at dusk"
N_SCENES_OF_TYPING_MAX = 2


def long_text(seed):
    """Lines that begin with a word of their own."""
    return [f"{content.ENGLISH[60 + n]}{seed:x}{n:02} {line}"
            for n, line in enumerate(content.lines(seed, 120, 6))]


def open_and_find(desktop, start, app, word, sources, deadline_s=25):
    path = desktop.write(f"{app}.txt", f"{word} of the season\n" + "\n".join(
        [*content.lines(31, 6), content.CHINESE[8]]))
    process = start(desktop, path)
    result = desktop.find(word, where=lambda r: app in r["app"].casefold(), deadline_s=deadline_s)
    assert result["source"] in sources, result
    assert_boxes(desktop, result, reads=word)
    if "ocr" == result["source"]:
        assert_found(desktop, content.CHINESE[8][-4:], app=app) # small letters: most come right
    else:
        assert_chinese(desktop, content.CHINESE[8], app=app)
    assert process.is_alive, f"{app} did not survive being read"
    return process


def test_mousepad(desktop):
    open_and_find(desktop, apps.mousepad, "mousepad", "Marjoram", ("accessible", "mixed")).end()


def test_gedit(desktop):
    open_and_find(desktop, apps.gedit, "gedit", "Tarragon", ("accessible", "mixed")).end()


def test_gtk4(desktop):
    open_and_find(desktop, apps.text_editor, "text-editor", "Oregano",
                  ("accessible", "ocr", "mixed")).end()


def test_qt5(desktop):
    open_and_find(desktop, apps.featherpad, "featherpad", "Rosemary",
                  ("accessible", "ocr", "mixed")).end()


def test_typing_grows_one_scene(desktop):
    editor = apps.mousepad(desktop, desktop.write("typing.txt", ""))
    desktop.place(editor.window, 100, 80, 1000, 600) # all of it fits in one line
    desktop.find("title:typing")
    desktop.type(TYPED, delay_ms=70)
    assert_found(desktop, TYPED)
    found = scenes_with(desktop, "marmalade", app="mousepad")
    assert len(found) <= N_SCENES_OF_TYPING_MAX, [r["snippet"] for r in found]
    editor.end()


def test_deleted_text_is_found(desktop):
    editor = apps.mousepad(desktop, desktop.write("deleted.txt", ""))
    desktop.find("title:deleted")
    for number, words in enumerate(("a confidential zeppelin", "some harmless porridge",
                                    "the last trombone")):
        desktop.type(words)
        look_at_it()
        if number < 2:
            desktop.key("ctrl+a", "Delete")
    assert_found(desktop, "confidential zeppelin", "harmless porridge", "last trombone")
    editor.end()


def test_scrolled_text_is_found(desktop):
    lines = long_text(3)
    editor = apps.mousepad(desktop, desktop.write("scrolled.txt", "\n".join(lines)))
    desktop.find(lines[0].split()[0])
    look_at_it()
    for _ in range(6):
        desktop.key("Next")
        look_at_it()
    desktop.key("ctrl+End")
    look_at_it()
    desktop.settle()
    missing = [w for w in (line.split()[0] for line in lines) if not desktop.search(w)]
    assert not missing, f"{len(missing)} of {len(lines)} lines not found: {missing[:20]}"
    editor.end()


def test_what_is_not_shown_is_not_kept(desktop):
    """A GTK text view tells its whole buffer; only the part on the screen was seen."""
    lines = long_text(5)
    editor = apps.mousepad(desktop, desktop.write("unseen.txt", "\n".join(lines)))
    desktop.find(lines[0].split()[0])
    desktop.settle()
    assert not desktop.search(lines[-1].split()[0])
    editor.end()


# Words at 100 by 30 pixels each, and a notice over those of the second row in columns 2 to 4.
NOTICE = """
import gi
gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk
words = {words!r}
style = Gtk.CssProvider()
style.load_from_data(b"frame {{ background-color: #ffffff; }} label {{ font: 10px DejaVu Sans; }}")
Gtk.StyleContext.add_provider_for_screen(Gdk.Screen.get_default(), style, 800)
window = Gtk.Window(title="noticeboard", default_width=700, default_height=260)
page, over = Gtk.Fixed(), Gtk.Overlay()
for n, word in enumerate(words):
    page.put(Gtk.Label(label=word), 10 + 100 * (n % 6), 10 + 30 * (n // 6))
notice = Gtk.Frame(halign=Gtk.Align.START, valign=Gtk.Align.START, margin_left=100, margin_top=30,
                   width_request=300, height_request=40)
notice.add(Gtk.Label(label="message has been delivered"))
over.add(page)
over.add_overlay(notice)
window.add(over)
window.connect("destroy", Gtk.main_quit)
window.show_all()
Gtk.main()
"""


def test_what_lies_under_a_notice_is_not_kept(desktop):
    words = [f"{w[:6]}{n:02}" for n, w in enumerate(content.ENGLISH[100:148])]
    script = desktop.write("notice.py", NOTICE.format(words=words))
    board = desktop.start_app("noticeboard", [sys.executable, script], title="noticeboard")
    result = desktop.find('title:noticeboard "message has been delivered"')
    desktop.settle()
    kept = [w["text"] for r in desktop.search("title:noticeboard")
            for w in desktop.show(r["scene"])["words"]]
    covered = words[7:10]
    assert not set(covered) & set(kept), kept
    assert not [w for w in covered if desktop.search(w)], result
    shown = words[:1] + words[4:7] + words[10:13] + words[16:]
    assert set(shown) <= set(kept), set(shown) - set(kept)
    board.end()
