#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Runs all tests: the gate, then units and sessions, plain and with sanitizers, beside each other.

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
N_AT_ONCE = 2 * min(4, os.cpu_count() or 1) # they wait more than they compute
SESSION_FILE_DEADLINE_S = 420
UNIT_DEADLINE_FACTOR = 4 # beside others, and with sanitizers
TAIL_LINES = 160
# These take longest and start first, so that none is left to run alone at the end.
SLOW_JOBS = ["session/never", "session/browsers", "unit/fault-forget", "session/secrets",
             "session/layers", "session/calm", "session/robust", "session/a11y", "session/editors",
             "unit/fault-crypt-power", "session/office", "session/lock", "session/windows",
             "unit/recall-watch-sense-x11", "unit/fault-store", "session/kills",
             "session/key_backends", "session/terminal", "session/secrets_worked",
             "session/limits", "session/forget", "unit/fault-keyring", "unit/recall-vault-keeper",
             "unit/fault-vault", "unit/recall-vault-recycle", "unit/recall-watch-text-ocr"]

SANITIZER_ENV = {
    "ASAN_OPTIONS": "abort_on_error=1:detect_stack_use_after_return=1:strict_string_checks=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    "LSAN_OPTIONS": f"suppressions={ROOT}/tests/lsan.supp:print_suppressions=0",
    "DESKHAND_TEST_PATIENCE": "1.6",
}


@dataclasses.dataclass
class Result:
    passed: int
    failed: list # names
    skipped: int
    took_s: float
    output: str = ""


class Tally:
    """Counts, and says each result as it comes."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.failures = []
        self.lock = threading.Lock()
        self.start = time.monotonic()

    def add(self, name, result):
        n_failed = len(result.failed)
        n = result.passed + n_failed
        with self.lock:
            self.passed += result.passed
            self.failed += n_failed
            self.skipped += result.skipped
            word = "FAIL" if n_failed else "ok  " if result.passed else "skip"
            count = f"{result.passed} of {n}, " if n > 1 else ""
            print(f"{word} {name} ({count}{result.took_s:.1f} s)", flush=True)
            if n_failed:
                self.failures.append(name)
                self._show(result.output)

    def note(self, text, log):
        with self.lock:
            print(text, flush=True)
            self._show(log)

    def _show(self, log):
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
        tally.add(name, one_result(name, status == 0, start, output))


def one_result(name, is_good, start, output=""):
    return Result(int(is_good), [] if is_good else [name], 0, time.monotonic() - start, output)


class Unit:
    """A program with several tests."""

    def __init__(self, name, test, env):
        self.name = name
        self.command = test["cmd"]
        self.env = dict(env, **test["env"])
        self.deadline_s = (test["timeout"] or 60) * UNIT_DEADLINE_FACTOR

    def run(self):
        start = time.monotonic()
        status, output = run(self.command, self.env, self.deadline_s)
        passed = len(re.findall(r"^\[\s+OK \]", output, re.M))
        skipped = len(set(re.findall(r"^\[  SKIPPED \] (\w+)$", output, re.M)))
        failed = sorted(set(re.findall(r"^\[  FAILED  \] (\w+)$", output, re.M)))
        if status == 77:
            passed, failed, skipped = 0, [], 1
        elif status == 0:
            passed, failed = (passed or 0 if skipped else passed or 1), []
        else:
            failed = failed or [self.name]
        return Result(passed, failed, skipped, time.monotonic() - start, output)


RESULT = re.compile(r"^(ok|FAIL|skip) (\w+)(?: \(([\d.]+) s\))?", re.M)


class Session:
    """A file of tests that share desktops."""

    def __init__(self, name, path, tests, env):
        self.name = name
        self.path = path
        self.tests = tests
        self.env = env

    def run(self, tests=None):
        tests = tests or self.tests
        start = time.monotonic()
        status, output = run([PYTHON, str(ROOT / "tests/session/runner.py"), str(self.path),
                              *tests], self.env, SESSION_FILE_DEADLINE_S)
        words = {name: word for word, name, _ in RESULT.findall(output)}
        failed = [n for n in tests if words.get(n, "FAIL") == "FAIL"]
        if status and not failed:
            failed = tests # something was left behind
        others = [words[n] for n in tests if n not in failed]
        return Result(others.count("ok"), failed, others.count("skip"), time.monotonic() - start,
                      output)

    def run_again(self, before):
        """What failed, as if it had not been run before."""
        result = self.run(before.failed)
        return Result(before.passed + result.passed, result.failed,
                      before.skipped + result.skipped, before.took_s + result.took_s,
                      result.output)


# What these hold, sanitizers change: processor time, wake-ups, how soon a process is back.
NOT_SANITIZED = ("calm", "kills")


def jobs(folder, prefix, wanted, extra_env):
    env = environment(folder, extra_env)
    found = [Unit(prefix + name, test, env) for name, test in unit_tests(folder)
             if is_wanted(name, wanted)]
    for subject, path, names in session_tests():
        if prefix and subject in NOT_SANITIZED:
            continue
        names = [n for n in names if is_wanted(f"session/{subject}/{n}", wanted)]
        if names:
            found.append(Session(f"{prefix}session/{subject}", path, names, env))

    def place(job):
        name = job.name.removeprefix(prefix)
        return SLOW_JOBS.index(name) if name in SLOW_JOBS else len(SLOW_JOBS)

    return sorted(found, key=place)


def run_jobs(tally, groups):
    """Several share the cores, and what sessions test is a matter of seconds: what fails beside
    others is shown, and judged by what it does alone."""
    doubtful = []

    def one(job):
        result = job.run()
        if result.failed and isinstance(job, Session):
            tally.note(f"FAIL {job.name} beside others, again alone at the end", result.output)
            doubtful.append((job, result))
        else:
            tally.add(job.name, result)

    with concurrent.futures.ThreadPoolExecutor(N_AT_ONCE) as pool:
        done = [pool.submit(one, job) for group in groups for job in group]
    for each in done:
        each.result() # raises what it raised
    for job, result in doubtful:
        tally.add(job.name, job.run_again(result))


def environment(folder, extra):
    env = dict(os.environ, **extra)
    env["PATH"] = f"{folder}/bin:{env['PATH']}"
    env["DESKHAND_LIBEXEC_DIR"] = f"{folder}/bin"
    return env


def yield_to_all():
    """For a fresh child: who is tested meanwhile does not feel it."""
    os.nice(19)
    group = pathlib.Path("/proc/self/autogroup") # where the kernel weighs whole sessions
    if group.exists():
        group.write_text("19", encoding="ascii")


def build(tally, kind):
    start = time.monotonic()
    process = subprocess.Popen([str(DEV), "build", *kind], stdin=subprocess.DEVNULL,
                               start_new_session=True, preexec_fn=yield_to_all)
    CHILDREN.add(process)
    status = process.wait()
    CHILDREN.discard(process)
    name = "/".join(["build", *kind])
    tally.add(name, one_result(name, status == 0, start))
    return status == 0


def built_jobs(tally, wants_plain, plain, wants_sanitized, sanitized):
    """Yields those of each build as soon as it is there: they run while the next is made."""
    if wants_plain and build(tally, []):
        tally.headline("units and sessions")
        yield jobs(ROOT / "build", "", plain, {})
    if wants_sanitized and build(tally, ["asan"]):
        tally.headline("the same with sanitizers")
        yield jobs(ROOT / "build-asan", "asan/", sanitized, SANITIZER_ENV)


def run_all(tally, wanted):
    sanitized = [w.removeprefix("asan").lstrip("/") for w in wanted if w.startswith("asan")]
    plain = [w for w in wanted if not w.startswith("asan")]
    if plain or not wanted:
        run_gate(tally, plain)
    wants_plain = not wanted or not all(w.startswith("gate") for w in plain)
    run_jobs(tally, built_jobs(tally, wants_plain, plain, not wanted or sanitized, sanitized))


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
