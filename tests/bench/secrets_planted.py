# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Secrets planted in an editor, terminals, web pages, a PDF, pictures and cells, light and dark, and
looked for in everything that was stored: the text of all scenes, and what OCR reads in their
pictures. Between them stand ordinary numbers, which are to be kept.

DESKHAND_SECRETS_PLACES="editor page-dark" shows them only there, DESKHAND_SECRETS_N so many of each
kind; a part of the places shows the same as the whole does there."""
import html
import os
import random

import apps
import content
import planted
from desktop import Late, run

N_OF_EACH = int(os.environ.get("DESKHAND_SECRETS_N", "200"))
N_LINES = 24 # of a screen
BAR_PICTURES = 0.001
BAR_MISTAKES = 0.01
LATIN_LABELS = ["Password: ", "passwd=", "pwd: "]


# --- what is shown ---

def secret_lines(secrets, n):
    """@n of each kind, each in a line of its own."""
    lines = []
    for number in range(n):
        lines += [f"card {secrets.card(number % 3 > 0)} valid",
                  f"person {secrets.identity()}", f"account {secrets.iban(number % 2 > 0)}",
                  f"use {secrets.token()}", secrets.password(LATIN_LABELS)]
        lines += secrets.key()
    return lines


def ordinary(source):
    digits = lambda n: "".join(source.choice("0123456789") for _ in range(n)) # noqa: E731
    return source.choice([
        f"2026{digits(10)}", f"1{digits(2)} {digits(4)} {digits(4)}", f"+49 30 {digits(6)}",
        f"{digits(3)},{digits(3)}.{digits(2)}", f"INV-{digits(8)}", f"978-3-16-{digits(6)}-0",
        f"17325{digits(8)}", f"{digits(2)}:{digits(2)}:{digits(2)}", f"9{digits(11)}",
        f"192.168.{source.randint(0, 255)}.{source.randint(0, 255)}"])


def screens(secrets, numbers, source, n):
    """Screens of lines; a key is not parted."""
    lines = []
    for line in secret_lines(secrets, n):
        number = ordinary(source)
        if not line.startswith("-----") and len(line) != 64:
            numbers.append(number)
            lines.append(f"item {number} here")
        lines.append(line)
        if len(lines) >= N_LINES and len(line) != 64 and not line.startswith("-----BEGIN"):
            yield lines
            lines = []
    if lines:
        yield lines


# --- where ---

def in_editor(desktop, name, lines, is_dark):
    path = desktop.write(f"{name}.txt", "\n".join(lines) + "\n")
    env = {"GTK_THEME": "Adwaita:dark"} if is_dark else {}
    editor = desktop.start_app("mousepad", ["env", *[f"{k}={v}" for k, v in env.items()],
                                            "mousepad", "--disable-server", path],
                               of_class="mousepad")
    desktop.place(editor.window, 20, 20, 1000, 1000)
    return editor


def in_terminal(desktop, name, lines, is_dark):
    path = desktop.write(f"{name}.txt", "\n".join(lines) + "\n")
    colours = ["-bg", "black", "-fg", "grey85"] if is_dark else ["-bg", "white", "-fg", "black"]
    return desktop.start_app(
        "xterm", ["xterm", *colours, "-geometry", f"90x{len(lines) + 2}+40+40", "-fa",
                  "DejaVu Sans Mono", "-fs", "11", "-e", *apps.shell(f"cat {path}")],
        of_class="xterm")


def in_browser(desktop, name, lines, is_dark):
    style = "<style>body{margin:8px auto;line-height:1.2}p{margin:3px}" + (
        "body{background:#202124;color:#e8eaed}" if is_dark else "") + "</style>"
    body = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    path = desktop.write(f"{name}.html", content.page(name, body, head=style))
    return apps.chromium(desktop, f"{desktop.serve()}/{path.name}", app=True,
                         size=(1200, 1030))


def in_pdf(desktop, name, lines, is_dark):
    escaped = [line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
               for line in lines]
    viewer = apps.evince(desktop, desktop.write(f"{name}.pdf", content.pdf(escaped)))
    desktop.place(viewer.window, 20, 20, 1200, 1000)
    desktop.key("ctrl+minus", "ctrl+minus") # all of the page
    return viewer


def in_picture(desktop, name, lines, is_dark):
    path = apps.make_picture(desktop.files / f"{name}.png", [],
                             size=f"1200x{60 + 30 * len(lines)}")
    command = ["convert", str(path), "-font", "DejaVu-Sans", "-pointsize", "20", "-fill", "black"]
    for number, line in enumerate(lines):
        command += ["-annotate", f"+30+{40 + number * 30}", line.replace("%", "%%")]
    assert run([*command, *(["-negate"] if is_dark else []), str(path)]).returncode == 0
    viewer = apps.eog(desktop, path)
    desktop.place(viewer.window, 20, 20, 1300, 1030)
    return viewer


def in_cells(desktop, name, lines, is_dark):
    rows = [[html.escape(part) for part in line.split(" ")] if line.startswith("card") else
            [html.escape(line)] for line in lines]
    path = desktop.write(f"{name}.fods", content.spreadsheet(rows))
    return apps.office(desktop, path, "calc")


PLACES = [("editor", in_editor, False), ("editor-dark", in_editor, True),
          ("terminal", in_terminal, False), ("terminal-dark", in_terminal, True),
          ("page", in_browser, False), ("page-dark", in_browser, True), ("PDF", in_pdf, False),
          ("picture", in_picture, False), ("picture-dark", in_picture, True),
          ("cells", in_cells, False)]
WANTED = os.environ.get("DESKHAND_SECRETS_PLACES", "").split() or [place for place, *_ in PLACES]


def show_screen(desktop, show, mark, lines, is_dark):
    program = show(desktop, f"mark{mark}", [f"the mark{mark}", *lines, f"up to end{mark}"], is_dark)
    try:
        desktop.find(f"mark{mark}", f"end{mark}", deadline_s=20)
    except Late: # OCR may misread them
        print(f"  {mark}: its marks were not found", flush=True)
    desktop.settle()
    program.end()


def show_all(desktop):
    """Returns the secrets and the ordinary numbers that are to be kept, each with its place."""
    n = -(-N_OF_EACH // len(PLACES))
    places, numbers = {}, {}
    for number, (place, show, is_dark) in enumerate(PLACES):
        if place not in WANTED:
            continue
        secrets, kept = planted.Secrets(100 + number), []
        for part, lines in enumerate(screens(secrets, kept, random.Random(200 + number), n)):
            show_screen(desktop, show, f"{number:02d}x{part:02d}", lines, is_dark)
        places.update(dict.fromkeys(secrets.given, place))
        if place.startswith(("editor", "page")):
            numbers.update(dict.fromkeys(kept, place))
        print(f"  {place}", flush=True)
    return places, numbers


def show_found(where, found, places):
    for secret, lines in found.items():
        print(f"  {where}, {places[secret]}: {secret}: {lines}", flush=True)


def run_secrets(desktop, table):
    places, numbers = show_all(desktop)
    stored = planted.Stored(desktop)
    in_text = stored.found_in_text(places)
    in_pictures = stored.found_in_pictures(places)
    mistakes = [number for number in numbers if number not in stored.text]
    show_found("text", in_text, places)
    show_found("picture", in_pictures, places)
    for number in mistakes:
        print(f"  not kept, {numbers[number]}: {number}", flush=True)
    told = [s for s in in_text if places[s].startswith(("editor", "page", "cells"))]
    n_read = len(in_text) - len(told)
    table.add(f"planted secrets ({len(places)}), text that programs tell", f"{len(told)}", "0",
              not told)
    table.add("... in text that only OCR read", f"{n_read}", "1 in 1 000",
              n_read <= len(places) * BAR_PICTURES)
    table.add("... in the stored pictures", f"{len(in_pictures)}", "1 in 1 000",
              len(in_pictures) <= len(places) * BAR_PICTURES)
    table.add(f"ordinary numbers ({len(numbers)}, in editor and page) masked or lost with their line",
              f"{100 * len(mistakes) / max(1, len(numbers)):.1f} %", "1 %",
              len(mistakes) <= len(numbers) * BAR_MISTAKES)
