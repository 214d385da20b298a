#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Every named maximum stands in docs/LIMITS.md with its value; --write puts it there."""
import re
import sys

from common import ROOT, files, finish, short

PAGE = ROOT / "docs/LIMITS.md"
DEFINE = re.compile(r"^#define (\w+_MAX(?:_[A-Z]+)?)\s+(.+)$", re.M)
COMMENT = re.compile(r"/\*(.*?)\*?/?$")
ABOVE = re.compile(r"\n/\*((?:(?!\*/).)*)\*/\n\Z", re.S)
HEAD = """<!-- SPDX-FileCopyrightText: 2026 The Deskhand authors -->
<!-- SPDX-License-Identifier: Apache-2.0 -->

# Limits

Whatever can grow has a maximum, and its name says the unit. The module that enforces it defines it;
this table is made from the sources (`tests/gate/check-limits.py --write`). A remark stands where the
name does not say it all.

The history as a whole: a tenth of the disk that it is on, at least 1 GB (or all of a smaller
disk) and at most 50 GB, and no limit of age, unless vault.conf(5) says otherwise (16 MB to 1000 TB
and one day to a hundred years, or none). Windows Recall, for comparison, takes 25 to 150 GB and has no limit of age by default.

An unlock gives out 20 000 results, 2 000 texts and 2 000 pictures unless `deskhand unlock` is told otherwise.

| where | name | value | remark |
|---|---|---|---|
"""


def tidy(value):
    """Without casts, suffix macros and the brackets around it."""
    value = re.sub(r"\(u?int\d+_t\)|\(size_t\)", "", value.strip())
    value = re.sub(r"U?INT\d+_C\((\w+)\)", r"\1", value)
    if re.fullmatch(r"\([^()]*\)", value):
        value = value[1:-1]
    return value.replace("*", "×").replace("|", "or")


def remark(rest, above):
    """What the comment behind it says, or the first sentence of the one above it."""
    behind = COMMENT.search(rest)
    over = ABOVE.search(above)
    text = behind.group(1) if behind else over.group(1) if over else ""
    text = re.sub(r"\s*\n \*\s*", " ", text).strip(" ./")
    if text.startswith("---"): # the heading of a section
        return ""
    return re.split(r"\.(?:\s|$)", text)[0].replace("|", "or")


def limits():
    for path in files(".h", ".c"):
        name = short(path)
        if name.startswith("tests/"):
            continue
        text = path.read_text(encoding="utf-8").replace("\\\n", " ")
        for found in DEFINE.finditer(text):
            limit, rest = found.groups()
            value = tidy(COMMENT.sub("", rest))
            yield f"| `{name}` | `{limit}` | {value} | {remark(rest, text[:found.start()])} |"


page = HEAD + "\n".join(limits()) + "\n"
if "--write" in sys.argv[1:]:
    PAGE.write_text(page, encoding="utf-8")
known = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
finish([] if known == page else ["docs/LIMITS.md is not up to date: run "
                                 "tests/gate/check-limits.py --write"],
       f"{page.count('| `')} maxima")
