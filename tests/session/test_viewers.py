# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""A PDF viewer and a picture viewer."""
import apps
import content
from checks import assert_boxes, assert_chinese, assert_found


def test_pdf(desktop):
    lines = ["Statement of the Nightingale Trust", *content.lines(51, 12, 7)]
    path = desktop.write("statement.pdf", content.pdf(lines))
    viewer = apps.evince(desktop, path)
    desktop.place(viewer.window, 100, 60, 1000, 900)
    result = desktop.find("nightingale", where=lambda r: "evince" in r["app"].casefold())
    assert "statement.pdf" in result["title"], result
    assert_boxes(desktop, result, reads="Nightingale")
    assert_found(desktop, *[" ".join(line.split()[2:5]) for line in lines[1:5]], app="evince")
    viewer.end()


def test_picture(desktop):
    path = apps.make_picture(desktop.files / "scan.png",
                             ["Receipt of the Cormorant Hotel", "two nights and breakfast"],
                             content.CHINESE[12:14])
    viewer = apps.eog(desktop, path)
    result = desktop.find("cormorant", where=lambda r: "eog" in r["app"].casefold())
    assert result["source"] in ("ocr", "mixed"), result
    assert result["file"] == str(path), result
    assert_boxes(desktop, result, reads="Cormorant")
    assert_found(desktop, "two nights and breakfast")
    assert_chinese(desktop, content.CHINESE[13])
    viewer.end()
