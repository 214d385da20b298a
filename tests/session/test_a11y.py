# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Accessible text of real applications, against text that the test knows: recall, noise, boxes."""
import json
import pathlib
import re
import shutil
import signal
import sys
import time

import apps
import content
from checks import assert_legible, look_at_it, wait_on_screen
from desktop import Skip, run, wait_for

DESKTOP = {"agentd": False, "width": 1600, "height": 1000}
TOOL = "deskhand-test-show-text"
RECALL_MIN = 0.98
NOISE_MAX = 0.01
CONTRAST_MIN = 0.15
N_BOXES_LOOKED_AT = 40
LOST_MS_MAX = 1500
STRAY_PX_MAX = 4
MIXED_STRAY_PX_MAX = 20 # between words of two fonts or directions usual widths are worse
GTK_VIEW = pathlib.Path(__file__).with_name("gtk_view.py")
CJK = re.compile("[\u2e80-\u9fff\uff00-\uffef]")


def switch_on(desktop):
    """As agentd does when it starts."""
    if not shutil.which(TOOL, path=desktop.env["PATH"]):
        raise Skip(f"{TOOL} is not built")
    run(["gdbus", "call", "--session", "-d", "org.a11y.Bus", "-o", "/org/a11y/bus", "-m",
         "org.freedesktop.DBus.Properties.Set", "org.a11y.Status", "IsEnabled", "<true>"],
        env=desktop.env)


def read(desktop, window, *options):
    """What the tool says of a window (X id), or None; and what it said beside that."""
    done = run([TOOL, hex(window), *options], env=desktop.env, timeout=60)
    return (json.loads(done.stdout) if done.returncode == 0 else None), done.stderr


def words_of(text):
    """Latin words and single characters of Chinese, as they are compared."""
    out = []
    for part in text.split():
        while part:
            found = CJK.search(part)
            at = found.start() if found else len(part)
            if at > 0:
                out.append(part[:at])
            if found:
                out.append(part[at])
            part = part[at + 1:] if found else ""
    return out


def count(words):
    table = {}
    for word in words:
        table[word] = table.get(word, 0) + 1
    return table


def assert_covered(answer, x, y):
    """The pixel is left to nobody else to read."""
    assert any(left <= x < left + width and top <= y < top + height
               for left, top, width, height in answer["covered"]), (x, y, answer["covered"])


def area_of(answer, known):
    """Where the words of the document stand."""
    boxes = [w["box"] for r in answer["runs"] for w in r["words"]
             if all(part in known for part in words_of(w["text"]))
             and (len(w["text"]) > 3 or CJK.match(w["text"]))]
    assert boxes, answer
    return (min(b[0] for b in boxes), min(b[1] for b in boxes),
            max(b[0] + b[2] for b in boxes), max(b[1] + b[3] for b in boxes))


def inside(box, area):
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    return area[0] <= x <= area[2] and area[1] <= y <= area[3]


def measure(answer, shown, allowed=""):
    """Recall and noise against @shown; words of @allowed may be there, too."""
    expected = count(words_of(shown))
    area = area_of(answer, expected)
    seen = count(part for r in answer["runs"] for w in r["words"] if inside(w["box"], area)
                 for part in words_of(w["text"]))
    found = sum(min(n, seen.get(word, 0)) for word, n in expected.items())
    spare = count(words_of(allowed))
    extra = sum(max(0, n - expected.get(word, 0) - spare.get(word, 0))
                for word, n in seen.items())
    return found / sum(expected.values()), extra / max(1, sum(seen.values()))


def assert_drawn(desktop, answer, window, reads):
    """Something is drawn in the words' boxes, and @reads is what it says in its."""
    picture = desktop.screenshot("a11y.png", window)
    words = [w for r in answer["runs"] for w in r["words"] if len(w["text"]) > 2]
    for word in words[::max(1, len(words) // N_BOXES_LOOKED_AT)]:
        assert picture.contrast(*word["box"]) > CONTRAST_MIN, f"nothing is drawn at {word}"
    for text in reads:
        word = next(w for w in words if w["text"] == text)
        assert_legible(picture, dict(zip("xywh", word["box"]), text=text))


def check(desktop, name, window, shown, reads=(), allowed="", options=()):
    """Waits until the window is read well, then says how well."""
    best = [0.0, 1.0, ""]
    answer = None

    def look():
        nonlocal answer
        answer, said = read(desktop, window, "--repeat=2", *options)
        if answer and answer["runs"]:
            best[:] = *measure(answer, shown, allowed), said.splitlines()[-1]
        return best[0] >= RECALL_MIN and best[1] <= NOISE_MAX

    try:
        wait_for(look, f"{name} is read", 25, every_s=0.5)
    except AssertionError as late:
        texts = [r["text"] for r in answer["runs"]] if answer else None
        raise AssertionError(f"{late}: recall {best[0]:.3f} noise {best[1]:.3f}: {texts}") from None
    print(f"    {name}: recall {best[0]:.3f}, noise {best[1]:.3f}, {best[2]}")
    assert_drawn(desktop, answer, window, reads)
    return answer


def prose(seed, n):
    return [*content.paragraphs(seed, n), content.CHINESE[seed % 16], content.CHINESE[2]]


PAGE_EXTRAS = """<p>A <a href="#x">linked phrase</a> with <b>bold words</b> and <code>some_code()</code>.</p>
<ul><li>first item</li><li>second item</li></ul>
<table border=1><tr><th>Item</th><th>Amount</th></tr><tr><td>Lantern</td><td>¥1,280.00</td></tr></table>
<p><button>Press here</button> <input value="typed value" size=30></p>
<p><img alt="never-drawn" width=20 height=20 src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==">
<button aria-label="never-label"><svg width=16 height=16><circle cx=8 cy=8 r=8 /></svg></button>
<input type=password value="never-secret"></p>
<p style="display:none">never-displayed</p><p style="visibility:hidden">never-visible</p>
<p style="position:absolute;left:-9999px">never-near</p>
<div style="overflow:hidden;height:52px;width:300px">Only two lines of this box are in sight and its third line is
<br>never-third</div>
"""
PAGE_EXTRAS_SHOWN = ("A linked phrase with bold words and some_code() . first item second item Item Amount "
                     "Lantern ¥1,280.00 Press here typed value Only two lines of this box are in "
                     "sight and its third line is")


def page_with_extras(texts):
    return content.article("Aviary report 季度", texts).replace("</body>", PAGE_EXTRAS + "</body>")


def test_chromium(desktop):
    switch_on(desktop)
    texts = prose(3, 3)
    path = desktop.write("page.html", page_with_extras(texts))
    browser = apps.chromium(desktop, f"file://{path}", app=True)
    shown = " ".join(["Aviary report 季度", *texts, PAGE_EXTRAS_SHOWN])
    answer = check(desktop, "Chromium", browser.window, shown, ["Aviary", "Lantern"], "• • ☰")
    assert answer["url"] == f"file://{path}", answer["url"]
    assert "never" not in json.dumps(answer["runs"])
    browser.end()


def test_chromium_bars_scaled(desktop):
    """Its own bars are told in larger units than pixels then."""
    switch_on(desktop)
    path = desktop.write("bars.html", content.article("Aviary report", prose(3, 3)))
    browser = apps.chromium(desktop, f"file://{path}", more=["--force-device-scale-factor=1.5"])
    place = re.compile(r"/bars\.html$")

    def look():
        answer, _said = read(desktop, browser.window, "--repeat=2")
        runs = answer["runs"] if answer else []
        return next((w for r in runs for w in r["words"] if place.search(w["text"])), None)

    word = wait_for(look, "the address bar is read", 25, every_s=0.5)
    picture = desktop.screenshot("bars.png", browser.window)
    assert_legible(picture, dict(zip("xywh", word["box"]), text=word["text"]))
    browser.end()


def test_firefox(desktop):
    switch_on(desktop)
    texts = prose(4, 3)
    path = desktop.write("page.html", page_with_extras(texts))
    browser = apps.firefox(desktop, f"file://{path}")
    desktop.place(browser.window, 0, 20, 1500, 960)
    shown = " ".join(["Aviary report 季度", *texts, PAGE_EXTRAS_SHOWN])
    answer = check(desktop, "Firefox", browser.window, shown, ["Aviary", "Lantern"], "• •")
    assert answer["url"] == f"file://{path}", answer["url"]
    assert "never" not in json.dumps(answer["runs"])
    browser.end()


def test_mousepad(desktop):
    switch_on(desktop)
    texts = [*content.lines(5, 12, 6), content.CHINESE[5]]
    editor = apps.mousepad(desktop, desktop.write("notes.txt", "\n".join(texts)))
    check(desktop, "mousepad", editor.window, " ".join(texts), [texts[0].split()[0]])
    editor.end()


def stray_px(word, places):
    """How far the ends of a word are from the nearest place where it stands, beyond what may be."""
    x, y, width, height = word["box"]
    return min((max(abs(x - left), abs(x + width - left - across)) -
                (MIXED_STRAY_PX_MAX if mixed else STRAY_PX_MAX)
                for (left, top, across, down), mixed in places
                if abs(y + height / 2 - top - down / 2) < down / 2), default=1e6)


def test_words_stand_where_gtk_draws_them(desktop):
    switch_on(desktop)
    output = desktop.folder / "words.json"
    view = desktop.start_app("view", [sys.executable, GTK_VIEW, output], title="View")
    wait_for(output.exists, "the view tells its words", 20)
    time.sleep(0.2)
    answer, _said = read(desktop, view.window)
    truth = json.loads(output.read_text())
    places = {}
    for word in truth:
        places.setdefault(word["text"], []).append((word["box"], word["mixed"]))
    seen = [w for r in answer["runs"] for w in r["words"] if w["text"] in places]
    strays = sorted((stray_px(w, places[w["text"]]), w["text"]) for w in seen)
    print(f"    GTK: {len(seen)} of {len(truth)} words, furthest {strays[-5:]}")
    assert len(seen) == len(truth), answer["runs"]
    assert strays[-1][0] <= 0, strays[-10:]
    view.end()


def test_gedit_wraps_and_scrolls(desktop):
    switch_on(desktop)
    texts = [f"Line{n:03} {t}" for n, t in enumerate(content.paragraphs(6, 80))]
    editor = apps.gedit(desktop, desktop.write("long.txt", "\n".join(texts)))
    wait_on_screen(desktop, editor.window, 60, 120, 400, 300)
    look_at_it() # it takes the keys a while after it shows the text
    desktop.key("Next", "Next")
    look_at_it()
    answer, said = read(desktop, editor.window, "--repeat=2")
    seen = [m for r in answer["runs"] for m in re.findall(r"Line(\d{3})", r["text"])]
    first, last = int(seen[0]), int(seen[-1])
    assert first > 0 and last < 79 and seen == [f"{n:03}" for n in range(first, last + 1)], seen
    inner = " ".join(texts[first:last])
    recall, noise = measure(answer, inner, texts[first - 1] + " " + texts[last])
    print(f"    gedit: recall {recall:.3f}, noise {noise:.3f}, {said.splitlines()[-1]}")
    assert recall >= RECALL_MIN and noise <= NOISE_MAX, (recall, noise)
    assert_drawn(desktop, answer, editor.window, [f"Line{first + 1:03}"])
    editor.end()


def test_writer(desktop):
    switch_on(desktop)
    texts = prose(7, 4)
    office = apps.office(desktop, desktop.write("report.fodt", content.letter(texts)), "writer")
    answer = check(desktop, "Writer", office.window, " ".join(texts), [texts[0].split()[0]])
    bar = " ".join(r["text"] for r in answer["runs"] if r["box"][1] < 120)
    assert "Default Paragraph" in bar, bar
    assert_covered(answer, 165, 43) # the picture of a button
    assert_covered(answer, 700, 115) # the ruler
    office.end()


def test_calc(desktop):
    switch_on(desktop)
    rows = [[f"{content.ENGLISH[(row * 7 + column) % 200]}" if (row + column) % 3 else
             f"{row * 1000 + column}" for column in range(6)] for row in range(25)]
    rows.append(content.CHINESE[0][:4 * 6:4])
    office = apps.office(desktop, desktop.write("grid.fods", content.spreadsheet(rows)), "calc")
    shown = " ".join(c for row in rows for c in row)
    answer = check(desktop, "Calc", office.window, shown, [rows[1][0]])
    assert answer["file"].endswith("/grid.fods"), answer["file"]
    assert_covered(answer, 165, 43) # the picture of a button
    assert_covered(answer, 20, 300) # the number of a row
    office.end()


def test_large_sheet_is_read_in_time(desktop):
    """A sheet has billions of cells; whoever walks it hangs LibreOffice for minutes."""
    switch_on(desktop)
    rows = [[f"r{row}c{column}" for column in range(20)] for row in range(600)]
    office = apps.office(desktop, desktop.write("large.fods", content.spreadsheet(rows)), "calc")
    look_at_it()
    desktop.key("Next", "Next", "Next")
    look_at_it()
    answer, _ = read(desktop, office.window)
    words = [w["text"] for r in answer["runs"] for w in r["words"]
             if re.fullmatch(r"r\d+c\d+", w["text"])]
    assert len(words) > 60 and "r0c0" not in words, words[:20]
    start = time.monotonic()
    answer, said = read(desktop, office.window, "--repeat=3", "--still")
    assert answer is not None, said
    print(f"    Calc, {len(words)} cells: {' / '.join(said.splitlines())}")
    assert time.monotonic() - start < 20
    office.end()


def test_evince(desktop):
    switch_on(desktop)
    texts = content.lines(9, 20, 7)
    path = desktop.files / "page.pdf"
    path.write_text(content.pdf(texts), encoding="latin-1")
    viewer = apps.evince(desktop, path)
    check(desktop, "evince", viewer.window, " ".join(texts))
    viewer.end()


def test_covered_words_are_not_read(desktop):
    switch_on(desktop)
    texts = content.lines(10, 10, 6)
    editor = apps.mousepad(desktop, desktop.write("covered.txt", "\n".join(texts)))
    answer = check(desktop, "mousepad", editor.window, " ".join(texts))
    x, y, width, height = desktop.geometry(editor.window)
    term = apps.xterm(desktop, *apps.shell("true"))
    desktop.place(term.window, x + width // 2, y, width, height)
    look_at_it()
    half, _ = read(desktop, editor.window)
    before = [w["text"] for r in answer["runs"] for w in r["words"]
              if w["box"][0] + w["box"][2] < width // 2 - 20]
    after = [w for r in half["runs"] for w in r["words"]]
    assert all(w["box"][0] + w["box"][2] <= width // 2 + 8 for w in after), after
    left = count(w["text"] for w in after)
    missing = [w for w in before if not left.get(w)]
    assert not missing, missing
    term.end()
    editor.end()


def test_stopped_application_is_given_up(desktop):
    switch_on(desktop)
    editor = apps.mousepad(desktop, desktop.write("stopped.txt", "plain words"))
    check(desktop, "mousepad", editor.window, "plain words")
    editor.kill(signal.SIGSTOP)
    answer, said = read(desktop, editor.window)
    editor.kill(signal.SIGCONT)
    assert answer is None and "did not answer" in said, said
    assert float(said.split()[0]) < LOST_MS_MAX, said
    editor.end()


def test_no_tree_is_said(desktop):
    switch_on(desktop)
    term = apps.xterm(desktop, *apps.shell("echo words"))
    answer, said = read(desktop, term.window)
    assert answer is None and "no accessible application" in said, said
    term.end()
