# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""The scripted session: the same work each time, on real applications, at a person's pace."""
import pathlib
import random
import time

import apps
import content
from desktop import name_of, wait_for
from measure import MemoryWatch, cpu_s, share, wait_until

PHASE_S = 30.0
N_ROUNDS = 24 # of the active phases, each with other content, for the disk: an hour
PAGE_N_ROUNDS = 4 # a page is scrolled through, then comes the next
SCROLL_S = 4.0 # to look at what four clicks of the wheel brought
SWITCH_S = 5.0 # in a window before the next
TYPE_MS = 90 # about 130 words a minute with its pauses


class Script:
    """The applications of the session and what is done with them."""

    def __init__(self, desktop):
        self.desktop = desktop
        self.random = random.Random(2026)
        self.windows = {}
        self.video_path = desktop.files / "video.mp4"
        self.round = 0

    def open_all(self):
        desktop = self.desktop
        rows = [[content.sentence(self.random, 2)[:-1] for _ in range(6)] for _ in range(40)]
        rows += [[c[:6] for c in content.CHINESE[:6]]]
        sheet = desktop.write("sheet.fods", content.spreadsheet(rows))
        paper = desktop.write("paper.fodt", content.letter(content.paragraphs(61, 30)))
        self.write_page(0)
        desktop.write("notes.txt", "")
        (desktop.files / "fifo").unlink(missing_ok=True)
        self.windows["calc"] = apps.office(desktop, sheet, "calc").window
        self.windows["writer"] = apps.office(desktop, paper, "writer").window
        self.windows["chromium"] = apps.chromium(
            desktop, f"{desktop.serve()}/long0.html", size=(1880, 1000)).window
        self.windows["xterm"] = apps.xterm(
            desktop, "bash", "--norc", geometry="100x40+700+120").window
        self.windows["mousepad"] = apps.mousepad(desktop, desktop.files / "notes.txt").window
        desktop.place(self.windows["mousepad"], 60, 120, 900, 760)
        self.make_video()

    def next_round(self):
        """The same work with other content."""
        self.round += 1
        self.make_video()
        if self.round % PAGE_N_ROUNDS == 0:
            number = self.round // PAGE_N_ROUNDS
            self.write_page(number)
            self.front("chromium")
            self.desktop.key("ctrl+l")
            self.desktop.type(f"{self.desktop.serve()}/long{number}.html\n", delay_ms=20)

    def write_page(self, number):
        texts = zip(content.paragraphs(620 + number, 240, 4), content.CHINESE * 16)
        self.desktop.write(f"long{number}.html", content.article(
            "Long reading", [text for pair in texts for text in pair]))

    def make_video(self):
        apps.make_video(self.video_path, 20, zoom=1.25 ** (self.round % N_ROUNDS))

    def front(self, name):
        self.desktop.activate(self.windows[name])

    def idle(self, until):
        wait_until(until)

    def typing(self, until):
        self.front("mousepad")
        while time.monotonic() < until - 4:
            self.desktop.type(content.sentence(self.random, 7) + "\n", delay_ms=TYPE_MS)
            wait_until(min(until, time.monotonic() + 1.0))
        wait_until(until)

    def scrolling(self, until):
        self.front("chromium")
        x, y, width, height = self.desktop.geometry(self.windows["chromium"])
        while time.monotonic() < until - 2:
            self.desktop.scroll(x + width // 2, y + height // 2, 4, delay_ms=80)
            wait_until(min(until, time.monotonic() + SCROLL_S))
        wait_until(until)

    def switching(self, until):
        names = ["calc", "writer", "chromium", "mousepad", "xterm"]
        turn = 0
        while time.monotonic() < until - 2:
            self.front(names[turn % len(names)])
            turn += 1
            wait_until(min(until, time.monotonic() + SWITCH_S))
        wait_until(until)

    def printing(self, until):
        """Two lines a second, and twice a burst of 300 at once."""
        self.front("xterm")
        path = self.desktop.write("log.txt", "\n".join(content.lines(63 + self.round, 700, 8)) + "\n")
        self.desktop.type(f"n=0; while read -r l; do echo \"$l\"; n=$((n+1)); "
                          f"[ $((n % 320)) -lt 20 ] && sleep 0.5; done < {path}\n", delay_ms=5)
        wait_until(until)
        self.desktop.key("ctrl+c")

    def video(self, until):
        """A video plays while somebody writes beside it."""
        video = apps.mpv(self.desktop, self.video_path)
        self.typing(until)
        video.end()


PHASES = ["idle", "typing", "scrolling", "switching", "printing", "video"]


def start_baseline(desktop, output, languages="eng"):
    program = pathlib.Path(__file__).with_name("baseline.py")
    return desktop.spawn("baseline", ["/usr/bin/python3", program, output, languages])


def wait_shown(desktop):
    """All applications stand and have been taken in."""
    wait_for(lambda: desktop.status().get("scenes", 0) > 0, "first scenes", 60)
    desktop.settle(90)


def stop_and_measure(desktop):
    """Bytes of the store when all that was kept is in its place: the vault ends after agentd."""
    desktop.stop_agentd()
    wait_for(lambda: not desktop.deskhand_pids(), "the vault ends", 20)
    folder = pathlib.Path(desktop.env["XDG_DATA_HOME"], "deskhand")
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file() and p.name != "reserve")


def cpu_by_part(desktop):
    return {name_of(p): cpu_s([p]) for p in desktop.deskhand_pids()}


def run_phase(script, name, baseline):
    pids = script.desktop.deskhand_pids()
    before = cpu_s(pids), cpu_s([baseline.pid])
    getattr(script, name)(time.monotonic() + PHASE_S)
    pids = set(pids) | set(script.desktop.deskhand_pids())
    return cpu_s(pids) - before[0], cpu_s([baseline.pid]) - before[1]


def run_session(desktop, table, wanted):
    """CPU and memory of one session."""
    script = Script(desktop)
    totals = [0.0, 0.0]
    with MemoryWatch(desktop) as memory:
        script.open_all()
        wait_shown(desktop)
        baseline = start_baseline(desktop, desktop.folder / "baseline.jsonl")
        time.sleep(8) # it has read the first frame
        for name in PHASES:
            parts, n_scenes = cpu_by_part(desktop), desktop.status()["scenes"]
            ours, theirs = run_phase(script, name, baseline)
            print(f"  {name}: {desktop.status()['scenes'] - n_scenes} scenes, " + ", ".join(
                f"{part.removeprefix('deskhand-')} {used - parts.get(part, 0):.2f} s"
                for part, used in cpu_by_part(desktop).items()), flush=True)
            totals = [totals[0] + ours, totals[1] + theirs]
            if "session" in wanted:
                table.add(f"CPU while {name}, {PHASE_S:.0f} s", f"{ours:.2f} s",
                          baseline=f"{theirs:.2f} s", ratio=share(ours, theirs))
    if "session" in wanted:
        table.add("CPU over the session", f"{totals[0]:.1f} s", "at most 1/10, goal 1/25",
                  totals[0] * 10 <= totals[1], f"{totals[1]:.1f} s", share(*totals))
    if "memory" in wanted:
        add_memory(memory.peak, table)


def run_disk(desktop, table):
    """What the store grows by in an hour of work."""
    script = Script(desktop)
    script.open_all()
    wait_shown(desktop)
    bytes_before = stop_and_measure(desktop)
    desktop.start_agentd()
    wait_shown(desktop)
    active_s = 0.0
    while True:
        start = time.monotonic()
        for name in PHASES[1:]:
            getattr(script, name)(time.monotonic() + PHASE_S)
        active_s += time.monotonic() - start
        if script.round + 1 == N_ROUNDS:
            break
        script.next_round()
    desktop.settle(60)
    hourly = (stop_and_measure(desktop) - bytes_before) / active_s * 3600 / 1e6
    table.add("disk per active hour", f"{hourly:.1f} MB", "at most 8 MB", hourly <= 8)


def add_memory(peak, table):
    for name, bar in (("deskhand-agentd", 60), ("deskhand-vault", 60), ("deskhand-reader", 150)):
        pss, rss = peak.get(name, (0, 0))
        table.add(f"peak memory of {name}", f"{pss:.0f} MB ({rss:.0f} MB resident)",
                  f"at most {bar} MB", 0 < pss <= bar)
