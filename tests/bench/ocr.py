# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""How well and at what cost pixels are read: pages of known text, drawn and in xterm, read line by
line as deskhand-reader does, and whole with Tesseract's page mode (PSM 3, both languages)."""
import collections
import os
import pathlib
import re
import subprocess
import sys
import time
import unicodedata

import apps
import ocr_text
from desktop import Desktop

READ = pathlib.Path(__file__).resolve().parents[2] / "build/tests/bench/ocr-read"
BAR_FOUND = 0.98
BAR_NOISE = 0.01
SANS, MONO, CJK = "DejaVu-Sans", "DejaVu-Sans-Mono", "Noto-Sans-CJK-SC"
INK, PAPER, NIGHT, CHALK = "#1e1e1e", "white", "#232529", "#e4e4e4"


# --- pages ---

class Page:
    """A picture that is drawn with ImageMagick, and the text that is on it."""

    def __init__(self, size="1200x800", paper=PAPER, ink=INK):
        self.command = ["convert", "-size", size, f"xc:{paper}", "-density", "72"]
        self.ink = ink
        self.texts = []

    def text(self, x, y, text, font=SANS, px=13):
        quoted = text.replace("\\", "\\\\").replace("%", "%%").replace("@", "\\@")
        self.command += ["-fill", self.ink, "-font", font, "-pointsize", str(px), "-annotate",
                         f"+{x}+{y}", quoted]
        self.texts.append(text)

    def box(self, x, y, width, height, line="#a0a0a0"):
        self.command += ["-fill", "none", "-stroke", line, "-draw",
                         f"rectangle {x},{y} {x + width},{y + height}", "-stroke", "none"]

    def save(self, path):
        subprocess.run([*self.command, "-depth", "8", "-type", "TrueColor", f"ppm:{path}"],
                       check=True)


def prose(lines, **options):
    page = Page(**{k: v for k, v in options.items() if k in ("paper", "ink")})
    px = options.get("px", 15)
    for number, line in enumerate(lines):
        page.text(20, 30 + number * int(px * 1.6), line, options.get("font", SANS), px)
    return page


def interface(**colours):
    page = Page(**colours)
    for row, line in enumerate(ocr_text.MENUS):
        x = 20
        for word in line.split():
            width = len(word) * 9 + 24
            page.box(x, 20 + row * 40, width, 28)
            page.text(x + 12, 39 + row * 40, word)
            x += width + 10
    for row, line in enumerate(ocr_text.table(12)):
        for column, cell in enumerate(line):
            page.box(20 + column * 170, 360 + row * 24, 170, 24)
            page.text(28 + column * 170, 377 + row * 24, cell)
    page.text(20, 720, "Quarterly overview", SANS, 34)
    return page


def show_in_xterm(desktop, path, lines, *options):
    """A terminal whose screen is just these lines."""
    text = desktop.write("terminal.txt", "\n".join(lines))
    program = desktop.start_app(
        "xterm", ["xterm", "-u8", "-geometry", f"150x{len(lines) + 1}+20+20", *options, "-e",
                  *apps.shell(f"printf '\\033[?25l'; cat {text}")], of_class="xterm")
    time.sleep(1.5)
    subprocess.run(["import", "-silent", "-window", str(program.window), "-depth", "8",
                    f"ppm:{path}"], env=desktop.env, check=True)
    desktop.end_apps()


def draw(desktop, folder):
    """Returns: name, picture, lines."""
    dark = {"paper": NIGHT, "ink": CHALK}
    pages = [("prose", prose(ocr_text.ENGLISH)), ("prose, dark", prose(ocr_text.ENGLISH, **dark)),
             ("interface, 96 dpi", interface()), ("interface, dark", interface(**dark)),
             ("Chinese", prose(ocr_text.CHINESE, font=CJK, px=14)),
             ("Chinese, dark", prose(ocr_text.CHINESE, font=CJK, px=16, **dark)),
             ("English and Chinese", prose(ocr_text.MIXED, font=CJK))]
    made = []
    for number, (name, page) in enumerate(pages):
        path = folder / f"page{number}.ppm"
        page.save(path)
        made.append((name, path, page.texts))
    mono = ["-fa", "DejaVu Sans Mono", "-fd", "Noto Sans Mono CJK SC", "-fs", "10"]
    wide = ["-fa", "Noto Sans Mono CJK SC", "-fs", "12"]
    screens = [("xterm, its own 6x13 font", ocr_text.terminal(50, 140, 1), []),
               ("xterm, another screen of it", ocr_text.terminal(50, 140, 2), []),
               ("xterm, DejaVu Sans Mono 10", ocr_text.terminal(50, 140, 3), mono),
               ("xterm, dark, another screen", ocr_text.terminal(50, 140, 4),
                [*mono, "-bg", "black", "-fg", "grey85"]),
               ("xterm, English and Chinese", ocr_text.MIXED + ocr_text.CHINESE, mono),
               ("xterm, a Chinese font", ocr_text.SIMPLE + ocr_text.MIXED + ocr_text.CHINESE, wide),
               ("xterm, a Chinese font, English", ocr_text.terminal(35, 120, 11), wide)]
    for number, (name, lines, options) in enumerate(screens):
        path = folder / f"xterm{number}.ppm"
        show_in_xterm(desktop, path, lines, *options)
        made.append((name, path, lines))
    return made


# --- reading and counting ---

def read(paths, *options):
    """Returns, by path: CPU seconds and text."""
    out = subprocess.run([READ, *options, *paths], stdout=subprocess.PIPE, text=True, check=True,
                         env={**os.environ, "OMP_THREAD_LIMIT": "1"}).stdout
    found = {}
    for part in re.split(r"^@ ", out, flags=re.M)[1:]:
        head, _, text = part.partition("\n")
        path, cpu, _ = head.rsplit(" ", 2)
        found[path] = float(cpu), text
    return found


def words_of(text):
    """As search takes them: folded words, and Chinese by the character."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("_", " ")
    chinese = [c for c in text if "\u3400" <= c <= "\u9fff"]
    rest = re.sub("[\u2e80-\u9fff\uff00-\uffef]", " ", text)
    return collections.Counter(chinese + [w for w in re.findall(r"\w+", rest) if len(w) > 1])


def count(lines, text):
    """Returns: the share of words found, and of those read that are not there."""
    shown, kept = words_of("\n".join(lines)), words_of(text)
    both = sum((shown & kept).values())
    return both / sum(shown.values()), 1 - both / max(1, sum(kept.values()))


def run_ocr(table):
    with Desktop(agentd=False) as desktop:
        made = draw(desktop, desktop.folder)
        paths = [str(path) for _, path, _ in made]
        ours, theirs = read(paths), read(paths, "--baseline")
        lines_read = [line for _, _, lines in made for line in lines]
        for name, path, lines in made:
            found, noise = count(lines, ours[str(path)][1])
            base, base_noise = count(lines, theirs[str(path)][1])
            cpu, base_cpu = ours[str(path)][0], theirs[str(path)][0]
            table.add(f"words read, {name}", f"{found:.1%}, {noise:.1%} wrong, {cpu:.2f} s",
                      "at least 98 %", found >= BAR_FOUND and found >= base,
                      f"{base:.1%}, {base_noise:.1%} wrong, {base_cpu:.2f} s",
                      f"{cpu / base_cpu:.2f} of the CPU")
        _, noise = count(lines_read, "\n".join(text for _, text in ours.values()))
        table.add("words read that are not there", f"{noise:.2%}", "at most 1 %",
                  noise <= BAR_NOISE)


if __name__ == "__main__":
    sys.exit("./dev bench ocr")
