#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Runs all tests: gate, units and sessions, then units and sessions with sanitizers.

usage: run.py [--list] [NAME...]

With names only the tests whose name contains one of them; those with sanitizers only when a name
begins with asan. The last line is "N passed, N failed, N skipped"."""
import ast
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
DEV = ROOT / "dev"
PYTHON = "/usr/bin/python3"
N_AT_ONCE = min(4, os.cpu_count() or 1)
SESSION_FILE_DEADLINE_S = 420
TAIL_LINES = 160
# These take longest and start first, so that none is left to run alone at the end.
SLOW_SESSIONS = ["browsers", "never", "calm", "secrets", "a11y", "robust", "editors", "office",
                 "windows", "secrets_worked", "lock", "key_backends", "terminal", "kills", "forget",
                 "limits"]
SLOW_UNITS = ["fault-forget", "recall-watch-sense-x11", "fault-store", "fault-keyring",
              "recall-watch-text-ocr", "fault-crypt-power", "recall-vault-keeper", "fault-vault"]

SANITIZER_ENV = {
    "ASAN_OPTIONS": "abort_on_error=1:detect_stack_use_after_return=1:strict_string_checks=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    "LSAN_OPTIONS": f"suppressions={ROOT}/tests/lsan.supp:print_suppressions=0",
    "DESKHAND_TEST_PATIENCE": "1.6",
}


class Tally:
    """Counts, and says each result as it comes."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.failures = []
        self.lock = threading.Lock()
        self.start = time.monotonic()

    def add(self, name, passed, failed, skipped, seconds, log=""):
        with self.lock:
            self.passed += passed
            self.failed += failed
            self.skipped += skipped
            word = "FAIL" if failed else "ok  " if passed else "skip"
            count = f"{passed} of {passed + failed}, " if passed + failed > 1 else ""
            print(f"{word} {name} ({count}{seconds:.1f} s)", flush=True)
            if failed:
                self.failures.append(name)
                tail = log.rstrip().splitlines()[-TAIL_LINES:]
                print("\n".join("     | " + line for line in tail), flush=True)

    def note(self, text, log):
        with self.lock:
            print(text, flush=True)
            for line in log.rstrip().splitlines()[-TAIL_LINES:]:
                print("     | " + line, flush=True)

    def headline(self, text):
        print(f"--- {text} [{time.monotonic() - self.start:.0f} s]", flush=True)


def run(command, env, deadline_s):
    """Returns exit status and output; the whole process group ends with it."""
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               start_new_session=True)
    CHILDREN.add(process)
    try:
        output, _ = process.communicate(timeout=deadline_s)
        return process.returncode, output.decode(errors="replace")
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            output, _ = process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
        return -1, output.decode(errors="replace") + f"\nover its deadline of {deadline_s} s"
    finally:
        CHILDREN.discard(process)


CHILDREN = set()


def on_end(signum, _frame):
    for process in list(CHILDREN):
        try:
            os.killpg(process.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
    os._exit(128 + signum)


# --- what there is ---

def gate_tests():
    checks = sorted((ROOT / "tests/gate").glob("check-*.py"))
    yield "gate/layering", [PYTHON, str(ROOT / "tests/check-layering.py"), str(ROOT)]
    for path in checks:
        yield f"gate/{path.stem.removeprefix('check-')}", [PYTHON, str(path)]


def unit_tests(folder):
    done = subprocess.run(["/usr/bin/meson", "introspect", "--tests", str(folder)],
                          capture_output=True, text=True, check=False)
    for test in json.loads(done.stdout or "[]"):
        if any(s.endswith(("unit", "fault")) for s in test["suite"]):
            yield f"unit/{test['name']}", test


def session_tests():
    """Name and function of each test, told from the source without running it."""
    for path in sorted((ROOT / "tests/session").glob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = [n.name for n in tree.body
                 if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")]
        yield path.stem.removeprefix("test_"), path, names


def place(order, name):
    return order.index(name) if name in order else len(order)


def is_wanted(name, wanted):
    return not wanted or any(w in name for w in wanted)


# --- running it ---

def run_gate(tally, wanted):
    chosen = [(n, c) for n, c in gate_tests() if is_wanted(n, wanted)]
    if chosen:
        tally.headline("gate")
    for name, command in chosen:
        start = time.monotonic()
        status, output = run(command, os.environ, 300)
        tally.add(name, status == 0, status != 0, 0, time.monotonic() - start, output)


def cmocka_counts(status, output):
    passed = len(re.findall(r"^\[\s+OK \]", output, re.M))
    skipped = len(set(re.findall(r"^\[  SKIPPED \] (\w+)$", output, re.M)))
    failed = len(set(re.findall(r"^\[  FAILED  \] (\w+)$", output, re.M)))
    if status == 77:
        return 0, 0, 1
    if status == 0:
        return (passed or 0 if skipped else passed or 1), 0, skipped
    return passed, max(failed, 1), skipped


def run_units(tally, wanted, folder, prefix, env):
    chosen = [(n, t) for n, t in unit_tests(folder) if is_wanted(n, wanted)]
    chosen.sort(key=lambda c: place(SLOW_UNITS, c[0].removeprefix("unit/")))
    if chosen:
        tally.headline(f"{prefix}units")

    def one(item):
        name, test = item
        start = time.monotonic()
        own = dict(env, **test["env"])
        factor = 4 if prefix else 1
        status, output = run(test["cmd"], own, (test["timeout"] or 60) * factor)
        tally.add(prefix + name, *cmocka_counts(status, output), time.monotonic() - start, output)

    with concurrent.futures.ThreadPoolExecutor(2 * N_AT_ONCE) as pool: # most of them wait
        list(pool.map(one, chosen))


RESULT = re.compile(r"^(ok|FAIL|skip) (\w+)(?: \(([\d.]+) s\))?", re.M)


# What these hold, sanitizers change: processor time, wake-ups, how soon a process is back.
NOT_SANITIZED = ("calm", "kills")


def run_sessions(tally, wanted, prefix, env):
    jobs = []
    for subject, path, names in session_tests():
        if prefix and subject in NOT_SANITIZED:
            continue
        names = [n for n in names if is_wanted(f"session/{subject}/{n}", wanted)]
        if names:
            jobs.append((subject, path, names))
    jobs.sort(key=lambda j: place(SLOW_SESSIONS, j[0]))
    if jobs:
        tally.headline(f"{prefix}sessions")

    def one(job):
        return job, run_session(job, env)

    n_at_once = N_AT_ONCE if prefix else N_AT_ONCE + 1 # they wait more than they compute
    with concurrent.futures.ThreadPoolExecutor(n_at_once) as pool:
        results = list(pool.map(one, jobs))
    for job, result in results:
        name = f"{prefix}session/{job[0]}"
        if result.failed:
            # Several share the cores, and what they test is a matter of seconds: what fails beside
            # another is shown, and judged by what it does alone.
            tally.note(f"FAIL {name} beside another, again alone", result.output)
            result = again_alone(job, result, env)
        tally.add(name, result.passed, len(result.failed), result.skipped, result.took_s,
                  result.output)


@dataclasses.dataclass
class SessionResult:
    passed: int
    failed: list # names
    skipped: int
    took_s: float
    output: str


def run_session(job, env):
    _, path, names = job
    start = time.monotonic()
    status, output = run([PYTHON, str(ROOT / "tests/session/runner.py"), str(path), *names],
                         env, SESSION_FILE_DEADLINE_S)
    words = {name: word for word, name, _ in RESULT.findall(output)}
    failed = [n for n in names if words.get(n, "FAIL") == "FAIL"]
    if status and not failed:
        failed = names # something was left behind
    others = [words[n] for n in names if n not in failed]
    return SessionResult(others.count("ok"), failed, others.count("skip"),
                         time.monotonic() - start, output)


def again_alone(job, before, env):
    subject, path, _ = job
    result = run_session((subject, path, before.failed), env)
    return SessionResult(before.passed + result.passed, result.failed,
                         before.skipped + result.skipped, before.took_s + result.took_s,
                         result.output)


def build(tally, kind):
    start = time.monotonic()
    done = subprocess.run([str(DEV), "build", *kind], stdin=subprocess.DEVNULL, check=False)
    name = "/".join(["build", *kind])
    tally.add(name, done.returncode == 0, done.returncode != 0, 0, time.monotonic() - start)
    return done.returncode == 0


def environment(folder, extra):
    env = dict(os.environ, **extra)
    env["PATH"] = f"{folder}/bin:{env['PATH']}"
    env["DESKHAND_LIBEXEC_DIR"] = f"{folder}/bin"
    return env


def build_when_idle(kind):
    """Only with what the processors have left: who is tested meanwhile does not feel it."""
    def yield_to_all():
        os.nice(19)
        group = pathlib.Path("/proc/self/autogroup") # where the kernel weighs whole sessions
        if group.exists():
            group.write_text("19", encoding="ascii")

    process = subprocess.Popen([str(DEV), "build", *kind], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               start_new_session=True, preexec_fn=yield_to_all)
    CHILDREN.add(process)
    return process


def end(process):
    """What it has not done is left to who does it again, and says what goes wrong."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    process.wait()
    CHILDREN.discard(process)


def run_all(tally, wanted):
    sanitized = [w.removeprefix("asan").lstrip("/") for w in wanted if w.startswith("asan")]
    plain = [w for w in wanted if not w.startswith("asan")]
    if plain or not wanted:
        run_gate(tally, plain)
        if not all(w.startswith("gate") for w in plain or [""]) and build(tally, []):
            env = environment(ROOT / "build", {})
            run_units(tally, plain, ROOT / "build", "", env)
            ahead = None if wanted else build_when_idle(["asan"])
            run_sessions(tally, plain, "", env)
            if ahead:
                end(ahead)
    if sanitized or not wanted:
        if build(tally, ["asan"]):
            env = environment(ROOT / "build-asan", SANITIZER_ENV)
            run_units(tally, sanitized, ROOT / "build-asan", "asan/", env)
            run_sessions(tally, sanitized, "asan/", env)


def all_names():
    """What can be told without building; the units only once there is a build."""
    yield from (name for name, _ in gate_tests())
    yield from (name for name, _ in unit_tests(ROOT / "build"))
    for subject, _, names in session_tests():
        yield from (f"session/{subject}/{n}" for n in names)


def unknown_names(wanted):
    if not (ROOT / "build/build.ninja").exists():
        return []
    known = list(all_names())
    names = [w.removeprefix("asan").lstrip("/") for w in wanted]
    return [n for n in names # a unit may be newer than the build
            if not n.startswith("unit") and not any(n in name for name in known)]


def main():
    wanted = sys.argv[1:]
    if "--list" in wanted:
        print("\n".join(all_names()))
        return 0
    if unknown := unknown_names(wanted):
        print(f"No test's name contains {' or '.join(unknown)}; ./dev test --list prints all.",
              file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, on_end)
    tally = Tally()
    run_all(tally, wanted)
    tally.headline("done")
    for name in tally.failures:
        print(f"FAIL {name}    again: ./dev test {name}")
    print(f"{tally.passed} passed, {tally.failed} failed, {tally.skipped} skipped", flush=True)
    return 1 if tally.failed or not tally.passed + tally.skipped else 0


if __name__ == "__main__":
    sys.exit(main())
