# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Chromium and Firefox: text, address, boxes, scrolling, a form."""
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
    browser = apps.chromium(desktop, f"{desktop.serve()}/long.html")
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


def test_firefox_page(desktop):
    address = write_pages(desktop)
    browser = apps.firefox(desktop, f"{address}/news.html")
    check_page(desktop, "firefox", address)
    desktop.key("ctrl+t")
    desktop.key("ctrl+l")
    desktop.type(f"{address}/long.html\n")
    desktop.find(MARKS[0], where=lambda r: "firefox" in r["app"].casefold(), deadline_s=30)
    check_scrolling(desktop, "firefox", browser.window)
