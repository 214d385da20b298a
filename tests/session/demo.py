#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""./dev run: on a desktop that is there it starts the daemon and says what to try; without one it
makes a private desktop, works on it like a person, and finds again what was shown."""
import ctypes
import os
import pathlib
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import apps # noqa: E402
import content # noqa: E402
from desktop import Desktop, Late, Skip # noqa: E402
from supervise import die_with_parent, supervised # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
PICTURE = ROOT / "build/demo/found.png"
LOOK_S = 1.2
WIDTH = 84

ON_TERMINAL = sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
BOLD, DIM, GREEN, RED, PLAIN = (
    ("\x1b[1m", "\x1b[2m", "\x1b[32m", "\x1b[31m", "\x1b[0m") if ON_TERMINAL else ("",) * 5)

EXPENSES = [
    ["Expense", "Amount", "Who", "Note"],
    ["Train to Rotterdam", "184.50", "M. Okafor", "return ticket"],
    ["Projector rental", "1,280.00", "L. Brandt", "two days"],
    ["Team dinner", "412.75", "M. Okafor", "eleven people"],
    ["会议室租金", "¥3,600.00", "王小明", "深圳会展中心"],
    ["翻译服务", "¥1,950.00", "李娜", "合同与说明书"],
    ["Printer paper", "38.20", "L. Brandt", "recycled"],
]

FERRY = ["The last ferry to Vlieland leaves at 21:40 from pier three, also on Sundays.",
         "Bicycles travel free of charge; tandem bicycles need a reservation.",
         "In a storm the harbour office decides at 18:00 whether the evening crossing is held."]

SUPPLIERS = ["供应商会议定于十一月三日下午三点在深圳举行。",
             "请各部门在星期五之前提交第三季度的采购计划。",
             "新合同的最终版本由法务部门审阅后发给客户。"]

BUILD_LOG = r"""
for n in $(seq 1 14); do
  printf '[%2d/14] compiling module %02d of the turbine model\n' $n $n; sleep 0.06
done
printf 'warning: bearing_temperature is never read (turbine.c:118)\n'
printf '测试通过：共十四个模块，零个错误\n'
printf 'build finished in 3.2 s\n'
"""


def say(text=""):
    print(text, flush=True)


class Step:
    """A line that says what happens, and how long it took."""

    def __init__(self, text):
        self.text = text

    def __enter__(self):
        self.start = time.monotonic()
        if ON_TERMINAL:
            print(f"  {self.text} ...", end="\r", flush=True)

    def __exit__(self, kind, _value, _trace):
        took = f"{time.monotonic() - self.start:4.1f} s"
        mark = f"{RED}failed{PLAIN}" if kind else f"{DIM}{took}{PLAIN}"
        say(f"  {self.text:<{WIDTH - 12}} {mark}")


def look():
    """A person reads what is on the screen for a moment."""
    time.sleep(LOOK_S)


# --- somebody works ---

def work_in_calc(desktop):
    path = desktop.write("expenses.fods", content.spreadsheet(EXPENSES))
    window = apps.office(desktop, path, "calc").window
    desktop.find("rotterdam", deadline_s=40)
    desktop.activate(window)
    desktop.key(*["Down"] * len(EXPENSES))
    desktop.type("Lighthouse tickets\t96.00\tM. Okafor\n")
    look()


def work_in_browser(desktop):
    desktop.write("ferry.html", content.article(
        "Ferry timetable", FERRY + content.paragraphs(7, 16)))
    desktop.write("suppliers.html", content.article("供应商会议安排", SUPPLIERS + content.CHINESE))
    address = desktop.serve()
    browser = apps.chromium(desktop, f"{address}/ferry.html", size=(1250, 950))
    apps.wait_title(desktop, browser.window, "Ferry timetable")
    desktop.find('"last ferry"', deadline_s=40) # it has just started, and may still be private
    look()
    x, y, width, height = desktop.geometry(browser.window)
    for _ in range(3):
        desktop.scroll(x + width // 2, y + height // 2, 4)
        look()
    desktop.key("ctrl+l")
    desktop.type(f"{address}/suppliers.html\n")
    apps.wait_title(desktop, browser.window, "供应商")
    look()


def work_in_editor(desktop):
    path = desktop.write("notes.txt", "Notes of the week\n\n")
    editor = apps.mousepad(desktop, path)
    desktop.place(editor.window, 900, 120, 900, 620)
    desktop.key("ctrl+End")
    desktop.type("Ask Lena for the umbrella that stayed in the taxi.\n")
    look()
    desktop.type("The door code of the archive is written on the green folder.")
    look()
    desktop.key("shift+Home", "Delete")
    desktop.type("Buy tulips.")
    look()


def work_in_terminal(desktop):
    apps.xterm(desktop, *apps.shell(BUILD_LOG), geometry="84x26+60+420", title="build")
    desktop.find("turbine", deadline_s=30)
    look()


WORK = [
    ("LibreOffice Calc   opens expenses in two languages, types a row", work_in_calc),
    ("Chromium           reads a timetable, scrolls, then a Chinese page", work_in_browser),
    ("Mousepad           writes a note and deletes half of it", work_in_editor),
    ("xterm              prints a build log; it is read from its pixels",
     work_in_terminal),
]

# --- and finds it again ---

SEARCHES = [
    ("a word in a spreadsheet", ["rotterdam"]),
    ("a phrase on a page that was scrolled away", ['"last ferry to Vlieland"']),
    ("Chinese, any part of a sentence, today", ["今天", "采购计划"]),
    ("one application only", ["app:xterm", "turbine"]),
    ("what was written and then deleted", ['"door code"', "today"]),
    ("yesterday there was nothing yet", ["ferry", "yesterday"]),
]


def quote(argument):
    if all(c.isalnum() or c in ":._-*/" for c in argument):
        return argument
    return "'" + argument.replace("'", "'\\''") + "'"


def shorten(answer):
    """Without how to go on: the desktop it speaks of is gone in a moment."""
    return [line.split("; more: ")[0] for line in answer.strip().splitlines() if line.strip()]


def show_search(desktop, why, query):
    say()
    say(f"  {DIM}{why}{PLAIN}")
    say(f"  {BOLD}$ deskhand search {' '.join(quote(q) for q in query)}{PLAIN}")
    start = time.monotonic()
    done = desktop.deskhand("search", "--limit", "2", "--", *query)
    took_ms = (time.monotonic() - start) * 1000
    for line in shorten(done.stdout + done.stderr):
        say(f"    {line}")
    say(f"    {DIM}{took_ms:.0f} ms{PLAIN}")
    return done.returncode == 0


def save_picture(desktop):
    """Of the scene that a search finds, with the words boxed."""
    scene = desktop.find('"last ferry"')["scene"]
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    done = desktop.deskhand("show", str(scene), "--image", str(PICTURE), "--mark", '"last ferry"')
    say()
    say(f"  {DIM}what that window looked like, with the words boxed{PLAIN}")
    say(f"  {BOLD}$ deskhand show {scene} --image {PICTURE.relative_to(ROOT)} --mark '\"last "
        f"ferry\"'{PLAIN}")
    if done.returncode:
        say(f"    {RED}{done.stderr.strip()}{PLAIN}")
    return done.returncode == 0


def show_status(desktop):
    status = desktop.status()
    say()
    say(f"  Kept: {status['scenes']} scenes in {status['bytes'] / 1e6:.1f} MB, "
        f"{status['dropped']} lost.")


def ask_for_searches(desktop):
    say()
    say("  Search for something of your own; an empty line ends the desktop.")
    while True:
        try:
            query = input("  deskhand search ")
        except EOFError:
            return
        if not query.strip():
            return
        show_search(desktop, "", [query])


def demonstrate(desktop, arguments):
    say()
    say("  Somebody works on it:")
    for text, work in WORK:
        with Step(f"  {text}"):
            work(desktop)
    with Step("Deskhand takes in the rest"):
        desktop.settle()
    say()
    say(f"{BOLD}Now find it again{PLAIN}")
    is_well = all([show_search(desktop, *search) for search in SEARCHES])
    is_well = save_picture(desktop) and is_well
    show_status(desktop)
    if "--ask" in arguments:
        ask_for_searches(desktop)
    return is_well


def on_private_desktop(arguments):
    start = time.monotonic()
    say(f"{BOLD}Deskhand on a private desktop{PLAIN} {DIM}(there is no DISPLAY here, or it does "
        f"not answer){PLAIN}")
    say()
    desktop = Desktop()
    try:
        with Step("The desktop starts: X server, window manager, buses, deskhand-agentd"):
            desktop.start()
        is_well = demonstrate(desktop, arguments)
    finally:
        if desktop.folder is not None:
            with Step("Everything that was started ends"):
                desktop.close(check=False)
    say()
    say(f"{GREEN if is_well else RED}{'Done' if is_well else 'Not all of it worked'}{PLAIN} after "
        f"{time.monotonic() - start:.0f} s. What to try next:")
    say(f"  look at the picture          {PICTURE.relative_to(ROOT)}")
    say("  type searches of your own    ./dev run --ask")
    say("  on your own X11 desktop      ./dev run, in a terminal of that desktop")
    say("  the commands                 ./dev exec deskhand --help")
    say("  all tests, measurements      ./dev test    ./dev bench")
    return 0 if is_well else 1


# --- on a desktop that is there ---

def on_this_desktop():
    display = os.environ["DISPLAY"]
    say(f"{BOLD}Deskhand on this desktop{PLAIN} {DIM}({display}){PLAIN}")
    say()
    agentd = subprocess.Popen(["deskhand-agentd"], preexec_fn=lambda: die_with_parent(
        signal.SIGTERM))
    try:
        if not wait_until_recording(agentd):
            say(f"{RED}deskhand-agentd does not record.{PLAIN} This tells why:")
            say("  ./dev exec deskhand doctor")
            return 1
        say("It records. Use your desktop for a moment, then try in another terminal:")
        say()
        for line in ("./dev exec deskhand status", "./dev exec deskhand search WORD",
                     "./dev exec deskhand search '\"a phrase\"' app:chromium today",
                     "./dev exec deskhand timeline",
                     "./dev exec deskhand show SCENE --image found.png --mark WORD",
                     "./dev exec deskhand pause 10m"):
            say(f"  {line}")
        say()
        data = os.environ.get("XDG_DATA_HOME", os.path.expanduser("~/.local/share"))
        say(f"{DIM}What is kept lies in {data}/deskhand. Programs that were running before may "
            f"tell more after a restart. Ctrl-C ends it.{PLAIN}")
        return agentd.wait()
    finally:
        agentd.terminate()
        agentd.wait()


def wait_until_recording(agentd):
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and agentd.poll() is None:
        done = subprocess.run(["deskhand", "status", "--json"], capture_output=True, text=True,
                              check=False)
        if '"recording":true' in done.stdout.replace(" ", ""):
            return True
        time.sleep(0.2)
    return False


def display_answers():
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    return bool(os.environ.get("DISPLAY")) and bool(x11.XOpenDisplay(None))


def main():
    try:
        if display_answers():
            return on_this_desktop()
        return on_private_desktop(sys.argv[1:])
    except (Late, Skip) as problem:
        say(f"{RED}{problem}{PLAIN}")
        return 1


if __name__ == "__main__":
    supervised(main)
