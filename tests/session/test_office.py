# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""LibreOffice Calc and Writer."""
import re

import apps
import content
from checks import assert_boxes, assert_chinese, assert_found, look_at_it
from desktop import wait_for


def test_calc(desktop):
    rows = [["Item", "Amount", "Place"], ["Lantern repair", "1,280.00", "Aberdeen"],
            ["预算编制工作", "第三季度", "上海"]]
    path = desktop.write("quarter.fods", content.spreadsheet(rows))
    window = apps.office(desktop, path, "calc").window
    result = assert_found(desktop, "Lantern repair", app="libreoffice", deadline_s=30)
    assert "quarter.fods" in result["title"], result
    assert_boxes(desktop, result)
    assert_boxes(desktop, desktop.find("Aberdeen"), reads="Aberdeen")
    assert_found(desktop, "1,280.00", "上海", "第三季度")
    assert_chinese(desktop, "预算编制工作")
    desktop.activate(window)
    desktop.key("Down", "Down", "Down")
    # Where the cursor is, says the name box: letters that are typed at once may overtake the keys.
    assert_found(desktop, "A4")
    desktop.type("saffron shipment\n")
    assert_found(desktop, "saffron shipment")


FROZEN = (2, 2)
FIRST = (5, 40) # behind the frozen ones
SHOWN = [[0, 1, 5, 6, 7, 8], [1, *range(40, 80)]] # for certain, of columns and of rows
HIDDEN = [[2, 3, 4, *range(20, 30)], [*range(2, 40), *range(110, 120)]]


def read_grid(desktop, scene):
    """Cells of the frozen sheet, (column, row), with their words."""
    cells = {}
    for word in desktop.show(scene)["words"]:
        match = re.fullmatch(r"cell(\d+)in(\d+)", word["text"])
        if match:
            cells.setdefault((int(match[2]), int(match[1])), []).append(word)
    return cells


def assert_grid(cells):
    """Words of a column stand below each other, words of a row beside each other, in order."""
    for axis, side in ((0, "x"), (1, "y")):
        places = [{words[0][side] for at, words in cells.items() if at[axis] == n}
                  for n in SHOWN[axis]]
        assert all(max(p) - min(p) <= 4 for p in places), (side, places)
        steps = [min(b) - min(a) for a, b in zip(places, places[1:])]
        assert min(steps) > 10 and max(steps) - min(steps) <= 6, (side, steps)


def test_calc_frozen(desktop):
    rows = [[f"cell{r}in{c}" for c in range(30)] for r in range(120)]
    rows[0] = ["A title that is merged across the seam"]
    sheet = content.spreadsheet(rows, content.frozen_view(FROZEN, FIRST))
    path = desktop.write("frozen.fods", sheet.replace(
        "<table:table-cell", '<table:table-cell table:number-columns-spanned="7"', 1))
    window = apps.office(desktop, path, "calc").window
    assert desktop.geometry(window)[3] > 900, "room for the rows in SHOWN"
    desktop.find("title:frozen.fods", deadline_s=30)
    shown = {(c, r) for c in SHOWN[0] for r in SHOWN[1]}

    def look():
        return read_grid(desktop, desktop.find("title:frozen.fods")["scene"])
    wait_for(lambda: len(shown - set(look())) <= len(shown) * 0.02, "98 % of the cells are kept",
             every_s=0.5)
    desktop.settle()
    cells = look()
    assert len(shown - set(cells)) <= len(shown) * 0.02, sorted(shown - set(cells))[:20]
    noise = [at for at in cells if at[0] in HIDDEN[0] or at[1] in HIDDEN[1]]
    assert not noise, noise
    assert all(len(words) == 1 for words in cells.values()), "each is shown once"
    assert_grid(cells)
    for text in ("cell1in0", "cell1in7", "cell50in1", "cell60in6"):
        assert_boxes(desktop, desktop.find(text), reads=text)


def test_writer(desktop):
    texts = ["The quarterly report mentions a chandelier.", *content.paragraphs(11, 4),
             content.CHINESE[3]]
    path = desktop.write("report.fodt", content.letter(texts))
    window = apps.office(desktop, path, "writer").window
    desktop.find("chandelier", deadline_s=30)
    desktop.settle() # Writer opens its side bar late, and everything moves
    look_at_it()
    result = desktop.find("chandelier")
    assert "report.fodt" in result["title"], result
    assert result["source"] in ("accessible", "mixed"), result
    assert_boxes(desktop, result, reads="chandelier")
    assert_found(desktop, *[" ".join(t.split()[1:4]) for t in texts[1:-1]])
    assert_chinese(desktop, content.CHINESE[3])
    desktop.activate(window)
    desktop.key("ctrl+End")
    desktop.type(" walnut harvest postponed")
    look_at_it()
    desktop.key("ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z")
    assert_found(desktop, "walnut harvest postponed")


NOTES = ["minimal illicit lilliputian followed by wwwww mammoth wombats and last word zeppelin",
         "会议在三楼会议室举行 请带电脑 and then English tail marmot",
         "iiiiiiiiiiiiiiiiiiii illness WWWWWWWWWW MAMMOTH"]


def test_calc_places(desktop):
    """Words stand where they are marked, also in text that runs over empty cells."""
    path = desktop.write("notes.fods", content.spreadsheet([["1", "Rome", note] for note in NOTES]))
    apps.office(desktop, path, "calc")
    for text in ("zeppelin", "mammoth", "lilliputian", "wombats", "illness", "marmot", "English"):
        assert_boxes(desktop, desktop.find(f"title:notes.fods {text}", deadline_s=30), reads=text)


ALIGNED = {"end": "awaybefore another further shownright",
           "center": "offleft another shownmiddle another offright"}
ALIGNS = "".join(
    f'<style:style style:name="{a}" style:family="table-cell"><style:table-cell-properties '
    f'style:text-align-source="fix"/><style:paragraph-properties fo:text-align="{a}" xmlns:fo='
    f'"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"/></style:style>'
    for a in ALIGNED)


def test_calc_cut(desktop):
    """Of a text that does not fit what is shown is kept, wherever it is cut off."""
    sheet = content.spreadsheet([["filledone", ALIGNED["end"], "filledtwo"], [],
                                 ["filledthree", ALIGNED["center"], "filledfour"], [],
                                 ["", ALIGNED["end"].replace("away", "stays"), "filledfive"]])
    sheet = sheet.replace("</office:automatic-styles>", f"{ALIGNS}</office:automatic-styles>")
    for align, text in ALIGNED.items():
        tail = text.split()[-1]
        sheet = re.sub(rf"<table:table-cell ([^>]*><text:p>[^<]*{tail})",
                       rf'<table:table-cell table:style-name="{align}" \1', sheet)
    app = apps.office(desktop, desktop.write("cut.fods", sheet), "calc")
    desktop.find("filledfour", deadline_s=30)
    assert_found(desktop, "shownright", "shownmiddle", "staysbefore")
    desktop.settle()
    assert not [w for w in ("awaybefore", "offleft", "offright") if desktop.search(w)]
    app.end()


def test_dialog(desktop):
    """It belongs to its program, whatever class it has itself."""
    path = desktop.write("dialog.fodt", content.letter(["An ordinary letter."]))
    window = apps.office(desktop, path, "writer").window
    desktop.find("ordinary", deadline_s=30)
    desktop.activate(window)
    desktop.key("ctrl+h")
    result = desktop.find('"match case"', deadline_s=30)
    assert "Find" in result["title"], result
    assert_found(desktop, "match case", app="libreoffice-writer")
    assert all(r["app"] == "libreoffice-writer" for r in desktop.search('"match case"'))
