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


STYLES = """<number:number-style style:name="n2" {n}><number:number number:decimal-places="2"
number:min-integer-digits="1" number:grouping="true"/></number:number-style>
<number:date-style style:name="d1" {n}><number:day/><number:text>. </number:text><number:month
number:textual="true" number:style="long"/><number:text> </number:text><number:year
number:style="long"/></number:date-style>
<style:style style:name="two" style:family="table-cell" style:data-style-name="n2"/>
<style:style style:name="date" style:family="table-cell" style:data-style-name="d1"/>
<style:style style:name="white" style:family="table-cell"><style:text-properties {f}
fo:color="#ffffff"/></style:style>
<style:style style:name="wrap" style:family="table-cell"><style:table-cell-properties {f}
fo:wrap-option="wrap"/></style:style>
<style:style style:name="narrow" style:family="table-column"><style:table-column-properties
style:column-width="1.2cm"/></style:style>""".format(
    n='xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"',
    f='xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"')


def set_cells(sheet, cells):
    """@cells: what the text of a cell is in @sheet, to the attributes that it has instead."""
    for text, attributes in cells.items():
        sheet = re.sub(rf'office:value-type="string"><text:p>{text}</text:p>',
                       f"{attributes}><text:p>{text}</text:p>", sheet)
    return sheet


def number(value, style="two"):
    return f'office:value-type="float" office:value="{value}" table:style-name="{style}"'


def test_calc_drawn(desktop):
    """What a cell shows is kept, not what it holds."""
    sheet = content.spreadsheet([["shown", "rounded", "grouped", "dated", "hidden"], [],
                                 ["plain", "", "", "", "visibleword"]])
    sheet = set_cells(sheet, {
        "rounded": number("3.14159265358979"), "grouped": number("38275.254"),
        "dated": 'office:value-type="date" office:date-value="2025-03-17" table:style-name="date"',
        "hidden": 'office:value-type="string" table:style-name="white"',
        "plain": 'office:value-type="float" office:value="2718.28182"'})
    sheet = sheet.replace("</office:automatic-styles>", f"{STYLES}</office:automatic-styles>")
    app = apps.office(desktop, desktop.write("drawn.fods", sheet), "calc")
    desktop.find("visibleword", deadline_s=30)
    result = assert_found(desktop, "3.14", "38,275.25", "17. March 2025", "2718.28182")
    assert_boxes(desktop, result)
    desktop.settle()
    kept = [w for w in ("3.14159265358979", "38275.254", '"03/17/2025"', "hidden")
            if desktop.search(f"title:drawn.fods {w}")]
    assert not kept, kept
    app.end()


def test_calc_too_narrow(desktop):
    """What stands behind ### is not kept."""
    sheet = content.spreadsheet([["besides", "wide"], ["besides", "dated"]])
    sheet = set_cells(sheet, {
        "wide": number("123456789.25"),
        "dated": 'office:value-type="date" office:date-value="2025-03-17" table:style-name="date"'})
    sheet = sheet.replace("</office:automatic-styles>", f"{STYLES}</office:automatic-styles>")
    sheet = sheet.replace('<table:table-column table:style-name="wide" table:number-columns-'
                          'repeated="8"/>', '<table:table-column table:style-name="wide"/>'
                          '<table:table-column table:style-name="narrow"/>')
    app = apps.office(desktop, desktop.write("narrow.fods", sheet), "calc")
    desktop.find("title:narrow.fods besides", deadline_s=30)
    desktop.settle()
    kept = [w for w in ("123456789.25", "123,456,789.25", '"03/17/2025"', "March")
            if desktop.search(f"title:narrow.fods {w}")]
    assert not kept, kept
    app.end()


def test_calc_wrapped(desktop):
    """Each line of a cell that has several."""
    lines = " ".join(content.lines(9, 3))
    sheet = content.spreadsheet([["zuerst", lines, "beside"],
                                 ["first paragraph @ second gondola", "", "lowest"]])
    sheet = sheet.replace(" @ ", "</text:p><text:p>").replace(
        f'office:value-type="string"><text:p>{lines}',
        f'office:value-type="string" table:style-name="wrap"><text:p>{lines}')
    sheet = sheet.replace("</office:automatic-styles>", f"{STYLES}</office:automatic-styles>")
    app = apps.office(desktop, desktop.write("wrapped.fods", sheet), "calc")
    desktop.find("title:wrapped.fods lowest", deadline_s=30)
    words = lines.split()
    assert_found(desktop, *[f"{a} {b}" for a, b in zip(words, words[1:])
                            if a != b][:2], "second gondola")
    desktop.settle()
    scene = desktop.find("title:wrapped.fods")["scene"]
    shown = [w["text"] for w in desktop.show(scene)["words"]]
    assert all(w in shown for w in words), set(words) - set(shown)
    for word in (words[0], words[len(words) // 2], words[-1], "gondola"):
        assert_boxes(desktop, desktop.find(f"title:wrapped.fods {word}"), reads=word)
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
