# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""What several session tests assert about results."""
import difflib
import os
import time

from desktop import wait_for

PAD_PX = 4


def look_at_it(seconds=1.5):
    """The person looks at what is shown: the one wait for a time, because time is the subject.
    Programs with sanitizers get more of it."""
    time.sleep(seconds * float(os.environ.get("DESKHAND_TEST_PATIENCE", "1")))


def words_of(result, text):
    return [w for w in result["words"] if w["text"].casefold() == text.casefold()]


def assert_boxes(desktop, result, reads=None):
    """Each hit lies inside the picture, on something; a hit for @reads is legible there."""
    desktop.settle() # until then what changed meanwhile is painted over
    picture = desktop.picture(result["scene"])
    width, height = picture.size
    assert result["words"], f"no words: {result}"
    for word in result["words"][:12]:
        x, y, w, h = (word[k] for k in ("x", "y", "w", "h"))
        assert w > 0 and h > 0 and x >= 0 and y >= 0, word
        assert x + w <= width + PAD_PX and y + h <= height + PAD_PX, (word, picture.size)
        assert picture.contrast(x, y, w, h) > 0.2, f"nothing is drawn in the box of {word}"
    if reads is not None:
        assert_legible(picture, words_of(result, reads)[0])


def assert_legible(picture, word):
    """A second opinion on the box: Tesseract reads the word there, nearly."""
    x, y = max(0, word["x"] - PAD_PX), max(0, word["y"] - PAD_PX)
    seen = picture.read(x, y, word["w"] + 2 * PAD_PX, word["h"] + 2 * PAD_PX)
    likeness = max(difflib.SequenceMatcher(None, word["text"].casefold(), s).ratio()
                   for s in [seen.casefold(), *seen.casefold().split()])
    assert likeness >= 0.7, f"the box of {word} holds {seen!r}"


def assert_found(desktop, *texts, app=None, deadline_s=20.0):
    """Each text is found by itself as a phrase; returns the last result."""
    result = None
    for text in texts:
        result = desktop.find(f'"{text}"', deadline_s=deadline_s,
                              where=lambda r: app is None or app in r["app"].casefold())
    return result


def assert_chinese(desktop, sentence, app=None, deadline_s=20.0):
    """Substrings of one, two, four characters and all of it are found."""
    middle = len(sentence) // 2
    parts = [sentence, sentence[middle:middle + 4], sentence[1:3], sentence[middle]]
    return assert_found(desktop, *parts, app=app, deadline_s=deadline_s)


def scenes_with(desktop, word, app=None):
    return [r for r in desktop.search(word) if app is None or app in r["app"].casefold()]


def wait_on_screen(desktop, window, x, y, width, height, deadline_s=20):
    """Waits until something is drawn in a part of a window."""
    def is_drawn():
        return desktop.screenshot("probe.png", window).contrast(x, y, width, height) > 0.3
    wait_for(is_drawn, "something is drawn", deadline_s, every_s=0.2)
