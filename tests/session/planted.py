# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Made-up secrets to plant on a screen, and the search for them in what was stored."""
import json
import os
import pathlib
import random
import re
import string
import subprocess

from desktop import run

READ = pathlib.Path(__file__).resolve().parents[2] / "build/tests/bench/ocr-read"
MASK = "•••••"
N_SAME = 10 # so many letters of a secret in a row are too many

UPPER, ALNUM, HEX = (string.ascii_uppercase + string.digits, string.ascii_letters + string.digits,
                     "0123456789abcdef")
TOKENS = [
    ("AKIA", UPPER, 16), ("ghp_", ALNUM, 36), ("gho_", ALNUM, 36), ("glpat-", ALNUM, 20),
    ("xoxb-", string.digits, 24), ("sk_live_", ALNUM, 24), ("AIza", ALNUM, 35), ("npm_", ALNUM, 36),
    ("sk-proj-", ALNUM, 48), ("sk-ant-api03-", ALNUM, 48), ("hf_", ALNUM, 34), ("SK", HEX, 32),
    ("dop_v1_", HEX, 64), ("dapi", HEX, 32), ("shpat_", HEX, 32), ("LTAI", ALNUM, 20),
    ("AKID", ALNUM, 32), ("dckr_pat_", ALNUM, 27), ("key-", HEX, 32), ("GOCSPX-", ALNUM, 28),
]
BRANDS = [("4", 16), ("53", 16), ("2345", 16), ("37", 15), ("6222", 19), ("6011", 16), ("3540", 16)]
WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
PASSWORD_LABELS = ["Password: ", "passwd=", "pwd: ", "密码：", "登录密码: ", "口令："]


class Secrets:
    """A source of secrets that remembers what it gave."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.given = []

    def _letters(self, letters, n):
        return "".join(self.random.choice(letters) for _ in range(n))

    def _give(self, secret):
        self.given.append(secret)
        return secret

    def card(self, grouped=True):
        prefix, n = self.random.choice(BRANDS)
        digits = prefix + self._letters(string.digits, n - 1 - len(prefix))
        total = sum(sum(divmod(int(d) * (2 if i % 2 == 0 else 1), 10))
                    for i, d in enumerate(reversed(digits)))
        digits += str(-total % 10)
        if grouped and n == 15:
            digits = " ".join([digits[:4], digits[4:10], digits[10:]])
        elif grouped:
            digits = " ".join(digits[i:i + 4] for i in range(0, n, 4))
        return self._give(digits)

    def identity(self):
        number = self.random.choice(["110101", "310115", "440304", "510104"])
        number += f"{self.random.randint(1940, 2010)}{self.random.randint(1, 12):02d}"
        number += f"{self.random.randint(1, 28):02d}{self.random.randint(0, 999):03d}"
        return self._give(number + "10X98765432"[
            sum(int(d) * w for d, w in zip(number, WEIGHTS)) % 11])

    def iban(self, grouped=True):
        rest = self._letters(string.digits, 18)
        check = 98 - int(rest + "131400") % 97 # D is 13, E is 14
        number = f"DE{check:02d}{rest}"
        if grouped:
            number = " ".join(number[i:i + 4] for i in range(0, len(number), 4))
        return self._give(number)

    def token(self):
        prefix, letters, n = self.random.choice(TOKENS)
        return self._give(prefix + self._letters(letters, n))

    def password(self, labels=None):
        """With its label."""
        value = self._letters(string.ascii_lowercase, 6) + self._letters(ALNUM, 6)
        return self.random.choice(labels or PASSWORD_LABELS) + self._give(value)

    def key(self, n_lines=4):
        lines = [self._give(self._letters(ALNUM + "+/", 64)) for _ in range(n_lines)]
        return ["-----BEGIN RSA PRIVATE KEY-----", *lines, "-----END RSA PRIVATE KEY-----"]


def bare(text):
    return re.sub(r"[^0-9A-Za-z]", "", text)


def pieces(secret):
    letters = bare(secret)
    return {letters[i:i + N_SAME] for i in range(max(1, len(letters) - N_SAME + 1))}


def find(text, secrets):
    """The secrets of which too much stands in @text, each with where."""
    letters = bare(text)
    found = {}
    for secret in secrets:
        piece = next((p for p in pieces(secret) if p in letters), None)
        if piece is not None:
            found[secret] = [line for line in text.split("\n") if piece in bare(line)][:3]
    return found


def strings(value):
    """All strings of a document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def all_scenes(desktop):
    """Not only the newest ones."""
    scenes, more = [], []
    while True:
        done = desktop.deskhand("timeline", "--json", "--limit", "100", *more)
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        scenes += answer["results"]
        if answer["next"] is None:
            return scenes
        more = ["--cursor", answer["next"]]


class Stored:
    """What a desktop's store holds: every scene's document and picture."""

    def __init__(self, desktop):
        self.desktop = desktop
        desktop.settle()
        self.documents = [desktop.show(s["scene"]) for s in all_scenes(desktop)]
        self.text = "\n".join(s for d in self.documents for s in strings(d))

    def found_in_text(self, secrets):
        return find(self.text, secrets)

    def pictures(self):
        folder = self.desktop.folder / "pictures"
        folder.mkdir(exist_ok=True)
        for document in self.documents:
            path = folder / f"{document['scene']}.ppm"
            picture = self.desktop.picture(document["scene"])
            done = run(["convert", str(picture.path), "-depth", "8", "-type", "TrueColor",
                        f"ppm:{path}"])
            assert done.returncode == 0, done.stderr
            yield document, picture, path

    def found_in_pictures(self, secrets):
        """Secrets that OCR reads in a stored picture."""
        paths = [str(path) for _, _, path in self.pictures()]
        text = subprocess.run([READ, *paths], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True, check=True,
                              env={**os.environ, "OMP_THREAD_LIMIT": "1"}).stdout
        return find(text, secrets)
