# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""From the screen to the search; what an idle desktop costs; what a person feels."""
import http.server
import json
import os
import pathlib
import threading
import time

import apps
import content
from desktop import Desktop, name_of, wait_for
from measure import cpu_s, median, percentile, wake_ups

N_SAMPLES = 25
IDLE_S = 60.0
N_PAIRS = 7
SLOWDOWN_MAX = 0.02


# --- latency ---

def time_until_found(desktop, phrase):
    shown_at = time.monotonic()
    wait_for(lambda: desktop.search(f'"{phrase}"', limit=1), f"{phrase} is found", 20, 0.005)
    return time.monotonic() - shown_at


def phrases(n, first):
    """Three words each, which stand together nowhere else."""
    words = content.ENGLISH
    return [f"{words[i]} {words[-i - 1]} {words[i + 40]}" for i in range(first, first + n)]


def accessible_latency(desktop):
    editor = apps.mousepad(desktop, desktop.write("latency.txt", ""))
    desktop.find("title:latency")
    taken = []
    for phrase in phrases(N_SAMPLES, 0):
        desktop.settle()
        desktop.type(phrase + "\n", delay_ms=1)
        taken.append(time_until_found(desktop, phrase))
    editor.end()
    return taken


def ocr_latency(desktop):
    fifo = desktop.files / "fifo"
    os.mkfifo(fifo)
    terminal = apps.xterm(desktop, *apps.shell(
        f"echo the pipe is open; while read -r l; do echo \"$l\"; done < {fifo}"))
    taken = []
    with open(fifo, "w", encoding="utf-8") as pipe:
        desktop.find('"pipe is open"')
        for phrase in phrases(N_SAMPLES, N_SAMPLES):
            desktop.settle()
            pipe.write(phrase + "\n")
            pipe.flush()
            taken.append(time_until_found(desktop, phrase))
    terminal.end()
    return taken


def run_latency(desktop, table):
    for name, measure, percent, bar_s in (("accessible", accessible_latency, 50, 0.5),
                                          ("OCR", ocr_latency, 95, 2.0)):
        taken = measure(desktop)
        half, most = percentile(taken, 50), percentile(taken, 95)
        judged = half if percent == 50 else most
        table.add(f"screen to searchable, {name}", f"p50 {half:.2f} s, p95 {most:.2f} s",
                  f"p{percent} under {bar_s:g} s", judged < bar_s)


# --- idle ---

def n_woken(before, after):
    """Of all threads: one that came has woken, one that went does not count backwards."""
    return sum(n - before.get(thread, 0) for thread, n in after.items())

def run_idle(desktop, table):
    apps.mousepad(desktop, desktop.write("idle.txt", "nothing happens here"))
    apps.chromium(desktop, f"{desktop.serve()}/idle.txt")
    desktop.find('"nothing happens here"')
    desktop.settle(60)
    time.sleep(15) # GTK's caret blinks for ten seconds
    pids = desktop.deskhand_pids()
    cpu, before = cpu_s(pids), {p: wake_ups(p) for p in pids}
    time.sleep(IDLE_S)
    used = (cpu_s(pids) - cpu) / IDLE_S
    woken = {name_of(p): n_woken(threads, wake_ups(p)) for p, threads in before.items()}
    table.add(f"CPU on an idle desktop, {IDLE_S:.0f} s", f"{used:.3%} of a core", "at most 0.1 %",
              used <= 0.001)
    table.add("wake-ups on an idle desktop", ", ".join(
        f"{n.removeprefix('deskhand-')} {c}" for n, c in sorted(woken.items())),
        "no timers but named ones", sum(woken.values()) <= 10)


# --- slowdown ---

WORKLOAD_PAGE = """<script>
const words = %s;
let step = 0, begin = 0;
function work() {
  if (step == 0) begin = performance.now();
  const box = document.getElementById("box");
  for (let i = 0; i < 40; i++) {
    const p = document.createElement("p");
    p.textContent = Array.from({length: 14}, (_, k) => words[(step * 31 + i * 7 + k * 3) %%
      words.length]).join(" ");
    box.appendChild(p);
  }
  while (box.children.length > 400) box.removeChild(box.firstChild);
  window.scrollTo(0, (step * 97) %% 5000);
  if (++step < 260) setTimeout(work, 0); else done();
}
function done() {
  fetch("/done", {method: "POST", body: String(performance.now() - begin)});
  document.title = "work is done";
}
window.onload = () => setTimeout(work, 1500);
</script><div id="box"></div>"""

TREE = ["--force-renderer-accessibility"]
GTK_WORKLOAD = pathlib.Path(__file__).with_name("gtk-workload.py")


class DoneServer:
    """Serves the workload's page and takes its time."""

    def __init__(self):
        outer = self
        self.took_ms = []

        class Handler(http.server.BaseHTTPRequestHandler):
            """One page, one answer."""

            def do_GET(self): # pylint: disable=invalid-name
                body = content.page("Workload", WORKLOAD_PAGE % json.dumps(content.ENGLISH))
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(body.encode())

            def do_POST(self): # pylint: disable=invalid-name
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.took_ms.append(float(body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_arguments): # pylint: disable=arguments-differ
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/"


def chromium_s(desktop, server, more=()):
    n_before = len(server.took_ms)
    browser = apps.chromium(desktop, server.address, app=True, more=more)
    wait_for(lambda: len(server.took_ms) > n_before, "the workload is done", 90, 0.2)
    browser.end()
    return server.took_ms[-1] / 1000


def gtk_s(desktop, _server):
    output = desktop.folder / "took"
    output.unlink(missing_ok=True)
    process = desktop.spawn("gtk", ["/usr/bin/python3", GTK_WORKLOAD, output])
    process.popen.wait(120)
    return float(output.read_text())


def work_in_turn(works, number):
    """Seconds of each; now the one first, now the other."""
    order = list(range(len(works)))
    first = number % len(works)
    took = {i: works[i]() for i in order[first:] + order[:first]}
    return [took[i] for i in order]


def add_slowdown(table, name, pairs, bar="", beside="without"):
    ratios = sorted(a / b - 1 for a, b in pairs)
    print(f"  {name}: {', '.join(f'{r:+.1%}' for r in ratios)}", flush=True)
    table.add(name, f"{median(ratios):+.1%}", bar, median(ratios) <= SLOWDOWN_MAX if bar else None,
              baseline=f"{median([b for _, b in pairs]):.2f} s {beside}")


def run_slowdown(table):
    """The same work in turn on a desktop with agentd and on one without. Chromium's costs it the
    tree that agentd reads, whoever asks for it: so once more without agentd, but with the tree."""
    server = DoneServer()
    with Desktop() as with_it, Desktop(agentd=False) as without:
        works = [lambda: gtk_s(with_it, server), lambda: gtk_s(without, server)]
        for work in works:
            work() # the first is slower
        add_slowdown(table, "slowdown of a GTK workload",
                     [work_in_turn(works, n) for n in range(N_PAIRS)], "at most 2 %")
        works = [lambda: chromium_s(with_it, server), lambda: chromium_s(without, server),
                 lambda: chromium_s(without, server, TREE)]
        for work in works:
            work()
        took = [work_in_turn(works, n) for n in range(N_PAIRS)]
        add_slowdown(table, "slowdown of a Chromium workload", [(a, b) for a, b, _ in took],
                     "at most 2 %")
        add_slowdown(table, "of it Chromium's own accessibility tree, without agentd",
                     [(c, b) for _, b, c in took])
        add_slowdown(table, "beside that tree: what agentd costs",
                     [(a, c) for a, _, c in took], "at most 2 %", "with the tree")
    server.server.shutdown()
