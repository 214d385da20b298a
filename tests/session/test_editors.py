# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""GTK 3, GTK 4 and Qt 5 editors: reading, typing, deleting, scrolling."""
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
