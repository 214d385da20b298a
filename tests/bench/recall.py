# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Words that were shown for a second or more: how many are found afterwards, per application;
and words that were kept although they were never shown."""
import json
import re
import time

import apps
import content
from session import start_baseline

LOOK_S = 1.4 # each thing is shown at least so long
BAR_FOUND = 0.98
BAR_NOISE = 0.01
WORD = re.compile(r"[a-z]{4,}")


def look(seconds=LOOK_S):
    time.sleep(seconds)


def show_pages(desktop, n):
    for _ in range(n):
        desktop.key("Next")
        look()


# Each shows a document whose words only it has, and returns those that were on the screen.

def distinct(seed, n):
    """@n words that no other subject has: a word of the list with a syllable before it."""
    head = "bcdfghjklmnprstvwz"[seed] + "aeiou"[seed % 5] + "rlnmst"[seed % 6]
    return [head + w for w in content.ENGLISH[:n]]


def as_lines(words, per_line=7):
    return [" ".join(words[i:i + per_line]) for i in range(0, len(words), per_line)]


def in_writer(desktop):
    words = distinct(0, 180)
    path = desktop.write("recall.fodt", content.letter(as_lines(words, 9)))
    apps.office(desktop, path, "writer")
    look(4)
    return words


def in_calc(desktop):
    words = distinct(1, 180)
    path = desktop.write("recall.fods", content.spreadsheet(
        [words[i:i + 6] for i in range(0, len(words), 6)]))
    apps.office(desktop, path, "calc")
    look(4)
    return words


def in_chromium(desktop):
    words = distinct(2, 300)
    desktop.write("recall.html", content.article("Recall", as_lines(words, 8)))
    browser = apps.chromium(desktop, f"{desktop.serve()}/recall.html")
    apps.wait_title(desktop, browser.window, "Recall")
    look(3)
    show_pages(desktop, 5)
    return words


def in_page_alone(desktop):
    """Without tabs and address bar: all that is in the window is the page."""
    words = distinct(12, 144)
    desktop.write("alone.html", content.page("Alone", "".join(
        f"<p>{line}</p>" for line in as_lines(words, 8))))
    apps.chromium(desktop, f"{desktop.serve()}/alone.html", app=True)
    look(4)
    return words


def in_firefox(desktop):
    words = distinct(3, 300)
    desktop.write("recall2.html", content.article("Recall", as_lines(words, 8)))
    browser = apps.firefox(desktop, f"{desktop.serve()}/recall2.html")
    apps.wait_title(desktop, browser.window, "Recall")
    look(3)
    show_pages(desktop, 5)
    return words


def in_editor(start, seed):
    def show(desktop):
        words = distinct(seed, 210)
        path = desktop.write(f"recall{seed}.txt", "\n".join(as_lines(words, 6)) + "\n")
        editor = start(desktop, path)
        desktop.place(editor.window, 100, 80, 1000, 900)
        look(3)
        show_pages(desktop, 2)
        return words
    return show


def in_typing(desktop):
    """Typed, looked at, deleted, five times."""
    words = distinct(8, 30)
    apps.mousepad(desktop, desktop.write("typed.txt", ""))
    look()
    for line in as_lines(words, 6):
        desktop.type(line, delay_ms=40)
        look()
        desktop.key("ctrl+a", "Delete")
    return words


def in_xterm(desktop):
    words = distinct(9, 210)
    path = desktop.write("recall-x.txt", "\n".join(as_lines(words, 8)) + "\n")
    apps.xterm(desktop, *apps.shell(f"cat {path}"), geometry="100x40+100+80")
    look(4)
    return words


def in_evince(desktop):
    words = distinct(10, 144)
    path = desktop.write("recall.pdf", content.pdf(as_lines(words, 6)))
    viewer = apps.evince(desktop, path)
    desktop.place(viewer.window, 60, 40, 1100, 980)
    look(4)
    return words


def in_eog(desktop):
    words = distinct(11, 50)
    path = apps.make_picture(desktop.files / "recall.png", as_lines(words, 5))
    apps.eog(desktop, path)
    look(4)
    return words


SUBJECTS = [
    ("LibreOffice Writer", "libreoffice", in_writer),
    ("LibreOffice Calc", "libreoffice", in_calc),
    ("Chromium", "chromium", in_chromium),
    ("Chromium, page alone", "chromium", in_page_alone),
    ("Firefox", "firefox", in_firefox),
    ("Mousepad (GTK 3)", "mousepad", in_editor(apps.mousepad, 4)),
    ("GNOME Text Editor (GTK 4)", "editor", in_editor(apps.text_editor, 5)),
    ("FeatherPad (Qt 5)", "featherpad", in_editor(apps.featherpad, 6)),
    ("typed, then deleted", "mousepad", in_typing),
    ("xterm", "xterm", in_xterm),
    ("Evince (PDF)", "evince", in_evince),
    ("Eye of GNOME (picture)", "eog", in_eog),
]

# Windows of which the script knows every word that is in them.
WHOLE_TEXT = {"xterm", "Chromium, page alone"}


def baseline_words(path):
    words = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        words |= set(WORD.findall(json.loads(line)["text"].casefold()))
    return words


def search_found(desktop, words):
    return [w for w in words if desktop.search(w, limit=1)]


def kept_words(desktop, app, since):
    """All words of the scenes of an application that began after @since."""
    words = []
    for scene in desktop.scenes(since=since):
        if app in scene["app"].casefold():
            words += WORD.findall(desktop.show(scene["scene"])["text"].casefold())
    return words


def run_recall(desktop, table):
    output = desktop.folder / "baseline.jsonl"
    baseline = start_baseline(desktop, output)
    noise_kept = noise_wrong = 0
    for name, app, show in SUBJECTS:
        since = time.strftime("%Y-%m-%dT%H:%M:%S")
        words = show(desktop)
        desktop.settle(60)
        time.sleep(5.5) # the baseline gets its frame of this subject, too
        found = search_found(desktop, words)
        theirs = [w for w in words if w in baseline_words(output)]
        ours = len(found) / len(words)
        table.add(f"words found, {name}", f"{ours:.1%} of {len(words)}", "at least 98 %",
                  ours >= BAR_FOUND and len(found) >= len(theirs),
                  f"{len(theirs) / len(words):.1%}")
        if name in WHOLE_TEXT:
            kept = kept_words(desktop, app, since)
            noise_kept += len(kept)
            noise_wrong += sum(w not in set(words) for w in kept)
        if len(found) < len(words):
            print(f"    missing: {' '.join(sorted(set(words) - set(found))[:12])}")
        desktop.end_apps(but=baseline)
    baseline.end()
    if noise_kept:
        noise = noise_wrong / noise_kept
        table.add("words kept that were never shown", f"{noise:.2%} of {noise_kept}",
                  "at most 1 %", noise <= BAR_NOISE)
