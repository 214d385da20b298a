# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""LibreOffice Calc and Writer."""
import apps
import content
from checks import assert_boxes, assert_chinese, assert_found, look_at_it


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
    desktop.type("saffron shipment\n")
    assert_found(desktop, "saffron shipment")


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
