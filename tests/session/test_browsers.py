# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Chromium and Firefox: text, address, boxes, scrolling, a form."""
import json
import math
import unicodedata
import urllib.parse

import apps
import content
from checks import (assert_boxes, assert_chinese, assert_found, assert_legible, look_at_it,
                    scenes_with)

N_MARKS = 24
MARKS = [f"{w}{n:02}" for n, w in enumerate(content.ENGLISH[40:40 + N_MARKS])]


def write_pages(desktop):
    desktop.write("news.html", content.article(
        "Harbour news", ["The ferry Periwinkle sails at noon.", content.CHINESE[5],
                         *content.paragraphs(21, 3)]))
    desktop.write("long.html", content.article(
        "Long reading", [f"{m}: {p}" for m, p in zip(MARKS, content.paragraphs(22, N_MARKS, 5))]))
    desktop.write("form.html", content.page(
        "Order form", '<p>Name <input id="n" autofocus></p><p>Note <textarea rows=4 cols=60>'
        '</textarea></p>'))
    return desktop.serve()


def check_page(desktop, app, address):
    result = desktop.find("periwinkle", where=lambda r: app in r["app"].casefold(), deadline_s=30)
    assert "Harbour news" in result["title"], result
    result = desktop.find(f"url:{address.split('//')[1]} periwinkle")
    assert result["url"] == f"{address}/news.html", result
    assert result["source"] in ("accessible", "mixed"), result
    assert_boxes(desktop, result, reads="Periwinkle")
    assert_chinese(desktop, content.CHINESE[5], app=app)


def check_scrolling(desktop, app, window):
    """Pages down at reading speed; every paragraph was shown for more than a second."""
    x, y, width, height = desktop.geometry(window)
    desktop.click(x + width // 2, y + height * 2 // 3)
    look_at_it()
    for _ in range(12):
        desktop.key("Next")
        look_at_it()
    desktop.settle()
    missing = [m for m in MARKS if not scenes_with(desktop, m, app)]
    for mark in set(MARKS) - set(missing):
        for result in scenes_with(desktop, mark, app): # its picture is of when it was there
            assert_legible(desktop.picture(result["scene"]), result["words"][0])
    assert not missing, missing


def test_chromium_page(desktop):
    address = write_pages(desktop)
    browser = apps.chromium(desktop, f"{address}/news.html")
    check_page(desktop, "chromium", address)
    browser.end()


def test_chromium_scrolling(desktop):
    browser = apps.chromium(desktop, f"{write_pages(desktop)}/long.html")
    desktop.find(MARKS[0], deadline_s=30)
    check_scrolling(desktop, "chromium", browser.window)
    browser.end()


def test_chromium_form(desktop):
    browser = apps.chromium(desktop, f"{desktop.serve()}/form.html")
    apps.wait_title(desktop, browser.window, "Order form")
    desktop.find("title:order", deadline_s=30)
    desktop.type("Rosalind Tamarind")
    desktop.key("Tab")
    desktop.type("deliver behind the greenhouse")
    result = assert_found(desktop, "Rosalind Tamarind", "behind the greenhouse")
    assert "chromium" in result["app"].casefold(), result
    browser.end()


# It says other words once its window's find bar has the focus, and others in a dialog.
TALKING = """<p id="text">The brig Mandarin sails.</p><script>
onblur = () => { text.textContent = "A numbat came aboard."; };
onkeydown = e => {
  if (e.key == "q") {
    text.textContent = "A quokka came aboard.";
    setTimeout(() => alert("Otter says hello"), 300);
  }
};
</script>"""


def test_chromium_find_bar(desktop):
    """With the find bar or a dialog in it, the page is read as before."""
    desktop.write("talking.html", content.page("Harbour talk", TALKING))
    address = f"{desktop.serve()}/talking.html"
    browser = apps.chromium(desktop, address)
    desktop.find("mandarin", where=lambda r: r["url"] == address, deadline_s=30)
    desktop.key("ctrl+f")
    desktop.find("numbat", where=lambda r: r["url"] == address)
    desktop.key("Escape", "q")
    desktop.find("otter", where=lambda r: r["url"] == address)
    desktop.find("quokka", where=lambda r: r["url"] == address)
    desktop.key("Return")
    browser.end()


CLIPPED = """<p style="width:120px;overflow:hidden;white-space:nowrap">clippedone and somewhere beyond
cliptailtwo</p><ul><li style="width:120px;overflow:hidden;white-space:nowrap">listedone and somewhere
beyond listtailtwo</ul><p>plainly said</p>"""
COLUMNS = """<div style="columns:3;column-gap:30px;width:1000px">Column text begins with raccoon and
flows with many ordinary words about weather, gardens, bread and lamps, until the middle column
where salamander is written, followed by other plain words about bricks, doors, windows and roofs,
and it ends in the third column with the word tortoise and vulture at last.</div>"""


def test_chromium_clipped(desktop):
    """What a paragraph cuts off is not kept."""
    browser = apps.chromium(desktop, f"file://{desktop.write('cut.html', CLIPPED)}", app=True)
    desktop.find("plainly app:chromium")
    assert_found(desktop, "clippedone", "listedone", app="chromium")
    desktop.settle()
    assert not desktop.search("cliptailtwo") and not desktop.search("listtailtwo")
    browser.end()


def test_chromium_columns(desktop):
    """Words of other columns are where they stand, and only there."""
    path = desktop.write("columns.html", f"<body style='margin:0;font:16px sans-serif'>{COLUMNS}")
    browser = apps.chromium(desktop, f"file://{path}", app=True)
    desktop.find("raccoon url:columns")
    desktop.find("salamander tortoise url:columns")
    desktop.settle()
    words = desktop.show(desktop.search("tortoise url:columns")[0]["scene"])["words"]
    for word, column in (("raccoon", 0), ("salamander", 1), ("tortoise", 2)):
        places = [w["x"] for w in words if w["text"] == word]
        assert len(places) == 1 and places[0] * 3 // 1000 == column, (word, places)
    browser.end()


def test_chromium_scaled(desktop):
    """It tells its windows in larger units than pixels then, and its pages in pixels."""
    address = write_pages(desktop)
    browser = apps.chromium(desktop, f"{address}/news.html",
                            more=["--force-device-scale-factor=1.5"])
    check_page(desktop, "chromium", address)
    browser.end()


def test_firefox_page(desktop):
    address = write_pages(desktop)
    browser = apps.firefox(desktop, f"{address}/news.html")
    check_page(desktop, "firefox", address)
    desktop.key("ctrl+t")
    desktop.key("ctrl+l")
    desktop.type(f"{address}/long.html\n")
    desktop.find(MARKS[0], where=lambda r: "firefox" in r["app"].casefold(), deadline_s=30)
    check_scrolling(desktop, "firefox", browser.window)


HEBREW = "שלום עולם זה מבחן של כתיבה מימין לשמאל עם הרבה מילים"
ARABIC = "مرحبا بالعالم هذا اختبار للكتابة من اليمين إلى اليسار مع كلمات كثيرة"
MIXED = "הקובץ report.pdf נשלח אתמול בשעה 12:30 אל Margaret Hill"
ENGLISH = "The Hebrew word שלום and the phrase עולם יפה stand in English"
# The page tells in its address where its words stand: x and width of each.
TELLS_PLACES = """<script>
const places = [...document.querySelectorAll("p")].map(p => {
  const text = p.firstChild, row = [];
  for (const m of text.data.matchAll(/\\S+/g)) {
    const range = document.createRange();
    range.setStart(text, m.index);
    range.setEnd(text, m.index + m[0].length);
    const box = range.getBoundingClientRect();
    row.push([Math.round(box.x), Math.round(box.width)]);
  }
  return row;
});
location.hash = encodeURIComponent(JSON.stringify(places));
</script>"""
WORD_OFF_PX_MAX = 24


def check_right_to_left(desktop, scale):
    """In Chromium a word's box is where the word is."""
    lines = [HEBREW, ARABIC, MIXED, ENGLISH]
    page = "".join(f'<p dir="{"ltr" if t == ENGLISH else "rtl"}">{t}</p>' for t in lines)
    path = desktop.write(f"right{scale}.html",
                         '<meta charset="utf-8"><body style="font:18px DejaVu Sans">'
                         f"{page}{TELLS_PLACES}")
    browser = apps.chromium(desktop, f"file://{path}", app=True,
                            more=[f"--force-device-scale-factor={scale}"])
    result = desktop.find("report.pdf app:chromium", f"url:right{scale}",
                          where=lambda r: "#" in r["url"])
    places = json.loads(urllib.parse.unquote(result["url"].split("#")[1]))
    words = desktop.show(result["scene"])["words"]
    for line, row in zip(lines, places):
        for text, (x, width) in zip(line.split(), row):
            left, right = scale * x, scale * (x + width)
            off = min((abs(w["x"] - left) + abs(w["x"] + w["w"] - right)
                       for w in words if w["text"] == text), default=math.inf)
            assert off <= WORD_OFF_PX_MAX * scale, (text, left, right, words)
    browser.end()


def test_words_from_right_to_left(desktop):
    """In Chromium and in GTK a word's box is where the word is."""
    check_right_to_left(desktop, 1)
    check_right_to_left(desktop, 1.25)

    editor = apps.mousepad(desktop, desktop.write("right.txt", HEBREW[:20]))
    result = desktop.find(f'"{HEBREW[:20]}" app:mousepad')
    lefts = [w["x"] for text in HEBREW[:20].split() for w in desktop.show(result["scene"])["words"]
             if w["text"] == text]
    assert lefts == sorted(lefts, reverse=True), lefts
    editor.end()


# With the marks of its vowels.
VOCALIZED = ("\u05d1\u05b0\u05bc\u05e8\u05b5\u05d0\u05e9\u05b4\u05c1\u05d9\u05ea "
             "\u05d1\u05b8\u05bc\u05e8\u05b8\u05d0",
             "\u0643\u064e\u062a\u064e\u0628\u064e "
             "\u0627\u0644\u0631\u0650\u0651\u0633\u064e\u0627\u0644\u064e\u0629\u064e")


def check_marks(desktop, app, path, start):
    """Words with vowel marks are found by their letters, and each is where it is."""
    browser = start(desktop, f"file://{path}")
    result = desktop.find(f"app:{app} url:{path.stem} letterword", where=lambda r: "#" in r["url"])
    desktop.settle()
    places = json.loads(urllib.parse.unquote(result["url"].split("#")[1]))
    words = desktop.show(result["scene"])["words"]
    left = next(w["x"] for w in words if w["text"] == "letterword") - places[0][0][0]
    for line, row in zip(VOCALIZED, places[1:]):
        for text, (x, width) in zip(line.split(), row):
            letters = "".join(c for c in text if unicodedata.category(c) != "Mn")
            assert desktop.search(f"app:{app} url:{path.stem} {letters}"), letters
            off = min((abs(w["x"] - left - x) + abs(w["x"] + w["w"] - left - x - width)
                       for w in words if w["text"] == letters), default=math.inf)
            assert off <= WORD_OFF_PX_MAX, (letters, x, width, words)
    browser.end()
    desktop.end_apps()


def test_vowel_marks(desktop):
    desktop.end_apps() # Firefox holds its profile
    lines = "".join(f'<p dir="rtl">{line}</p>' for line in VOCALIZED)
    path = desktop.write("vowels.html", '<meta charset="utf-8"><body style="font:20px DejaVu Sans">'
                         f"<p>letterword</p>{lines}{TELLS_PLACES}")
    check_marks(desktop, "firefox", path, apps.firefox)
    check_marks(desktop, "chromium", path, apps.chromium)


# Words of which parts look different, or are links. What is behind two of the bold parts reads the same, and does not stand the same.
INLINE = {
    "narwhal": "<b>nar</b>whal", "pangolin": "pan<em>go</em>lin", "foo2bar": "foo<sub>2</sub>bar",
    "axolotl": "axo<a href='#x'>lotl</a>", "okapi": "".join(
        f"<span style='color:{c}'>{l}</span>" for c, l in zip(["red", "green", "blue"] * 2, "okapi")),
    "quetzal": "quet<wbr>zal", "mongoose": "mon&shy;goose", "kinkajou": "<del>kin</del><ins>kajou</ins>",
    "tarsier": "<mark>tar</mark>sier", "serval": "<span style='letter-spacing:4px'>serval</span>",
    "caracal": "<q>caracal</q>", "gharial": "<kbd>gharial</kbd>", "vicuna": "<del>vicuna</del>",
    "dugong": "<strong>dug</strong>ong", "wigwamong": "<strong>wigwam</strong>ong",
    "wallaby": "wall<span style='display:inline-block'>aby</span>"}
INLINE_PAGE = """<meta charset="utf-8"><style>p {{ margin: 5px }}</style><body style="font:18px DejaVu Sans">
<p>letterword</p>{}
<p style="width:100px">axle <b>sea</b>\n<i>gull</i></p><p>herring<sup>3</sup></p>
<p style="font-size:1px">tinyword</p><p style="width:70px">mara&shy;bou</p>
<p style="writing-mode:vertical-rl;height:84px">东海渔船归港</p><script>
const places = [...document.querySelectorAll("p")].slice(0, -5).map(p => {{
  const range = document.createRange();
  range.selectNodeContents(p);
  const box = range.getBoundingClientRect();
  return [Math.round(box.x), Math.round(box.y), Math.round(box.width)];
}});
location.hash = encodeURIComponent(JSON.stringify(places));
</script>"""


def check_inline(desktop, app, path, start):
    browser = start(desktop, f"file://{path}")
    result = desktop.find(f"app:{app} url:{path.stem} letterword", where=lambda r: "#" in r["url"])
    desktop.settle()
    result = desktop.find(f"app:{app} url:{path.stem} letterword")
    (left, top, _width), *places = json.loads(urllib.parse.unquote(result["url"].split("#")[1]))
    words = desktop.show(result["scene"])["words"]
    origin = next(w for w in words if w["text"] == "letterword")
    for word, (x, y, width) in zip(INLINE, places):
        assert desktop.search(f"app:{app} url:{path.stem} {word}"), word
        x, y = x + origin["x"] - left, y + origin["y"] - top
        off = min((abs(w["x"] - x) + abs(w["x"] + w["w"] - x - width) + abs(w["y"] - y)
                   for w in words if w["text"].strip('"“”') == word), default=math.inf)
        assert off <= WORD_OFF_PX_MAX, (word, x, y, width, words)
    assert_found(desktop, "sea gull", "herring", app=app)
    assert any(w["text"] == "东海渔船" for w in words), words
    assert min(w["w"] for w in words if "marabou".endswith(w["text"])) > 15, words
    assert not desktop.search("seagull") and not desktop.search("tinyword")
    browser.end()
    desktop.end_apps()


def test_words_in_parts(desktop):
    """A word is one word however its parts are set, and stands where it stands."""
    desktop.end_apps()
    path = desktop.write("inline.html", INLINE_PAGE.format(
        "".join(f"<p>{markup}</p>" for markup in INLINE.values())))
    check_inline(desktop, "firefox", path, apps.firefox)
    check_inline(desktop, "chromium", path, apps.chromium)
