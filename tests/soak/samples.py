# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""What was measured over a long session, and whether it stayed flat."""
import dataclasses
import pathlib
import statistics

WARM_UP_SHARE = 1 / 3 # of the samples: caches fill


@dataclasses.dataclass
class Bound:
    """Grown by more than both is too much."""

    unit: str
    amount: float
    share: float = 0.0


BOUNDS = {
    "memory": Bound("MB", 12, 0.15),
    "descriptors": Bound("", 6),
    "threads": Bound("", 4),
    "X resources": Bound("", 24, 0.1),
    "X clients": Bound("", 6),
    "files": Bound("", 6),
}
STORE_MAX_MB_PER_HOUR = 60 # the densest phases of the session, one after the other


class Samples:
    """Series of (seconds, value), each with a name and a kind of BOUNDS."""

    def __init__(self):
        self.series = {}

    def add(self, name, kind, at_s, value):
        self.series.setdefault((name, kind), []).append((at_s, value))

    def rows(self):
        """(name, begin, end, slope an hour, bound, whether it is flat); after the warm-up."""
        for (name, kind), points in sorted(self.series.items()):
            points = points[int(len(points) * WARM_UP_SHARE):]
            if len(points) < 4:
                yield name, kind, points, None, None
                continue
            quarter = max(1, len(points) // 4)
            begin = statistics.median(v for _, v in points[:quarter])
            end = statistics.median(v for _, v in points[-quarter:])
            bound = BOUNDS[kind]
            is_flat = end - begin <= max(bound.amount, begin * bound.share)
            yield name, kind, points, (begin, end, slope(points)), is_flat

    def report(self):
        """Prints a line each; returns the names of those that grew."""
        grown = []
        for name, kind, points, figures, is_flat in self.rows():
            what, unit = f"{kind} of {name}", BOUNDS[kind].unit
            if figures is None:
                print(f"  {what:<36} {len(points)} samples: too few to tell")
                continue
            begin, end, per_hour = figures
            print(f"  {what:<36} {begin:8.1f} {end:8.1f} {unit:<2} {per_hour:+9.1f} an hour  "
                  f"{'flat' if is_flat else 'GREW'}")
            if not is_flat:
                grown.append(what)
        return grown


def slope(points):
    """Least squares, an hour."""
    if points[-1][0] == points[0][0]:
        return 0.0
    return statistics.linear_regression([t for t, _ in points], [v for _, v in points]).slope * 3600


def measure_process(pid):
    """Resident MB, open descriptors, threads; None when it has ended."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text(errors="replace")
        fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        n_open = len(list(pathlib.Path(f"/proc/{pid}/fd").iterdir()))
        return int(fields["VmRSS"].split()[0]) * 1024 / 1e6, n_open, int(fields["Threads"])
    except (OSError, KeyError, ValueError):
        return None


def measure_folder(folder):
    """Number of files and MB below @folder."""
    sizes = []
    for path in pathlib.Path(folder).rglob("*"):
        try:
            if path.is_file() and path.name != "reserve":
                sizes.append(path.stat().st_size)
        except OSError:
            pass
    return len(sizes), sum(sizes) / 1e6
