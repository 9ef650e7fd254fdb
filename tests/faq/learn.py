"""Learn the weights of bot/faq/content/learned.weights from the content files.

python -m tests.faq.learn                (some minutes; needs numpy)
python -m tests.faq.learn --keep-gate    (a minute; how sure an answer is stays as it was fitted)

Every way to ask is an example of its entry, every question of outside.toml and near_misses.toml one
of a kind that is not ours. A softmax over the kinds is fitted example by example, and two yes or
no: whether it is ours at all, and whether a child is in danger. In each round half of the features
are left out at random, so that no single word decides, and each example is said in one of several
ways (said_alike.toml): other words for the same, an opening, a story before it, no tone marks. How
sure an answer is (the gate) is fitted by logistic regression on examples that were left out while
learning.
"""

import math
import random
import re
import sys
import tomllib
import zlib
from array import array
from collections import Counter
from pathlib import Path

import numpy as np

from bot.faq import learned as file
from bot.faq.answering import none_of_ours
from bot.faq.contents import content
from bot.faq.entries import load
from bot.faq.features import features
from bot.faq.gate import SIGNS, signs
from bot.faq.wording import wording
from bot.vietnamese.fold import fold

TO = Path(file.__file__).parent / "content" / file.FILE
ALIKE = tomllib.loads((Path(__file__).parent / "said_alike.toml").read_text("utf-8"))
WAYS = 4  # in which each example is said, its own among them
ROUNDS, RUNS = 30, 2
SWAPPED, TOLD = 0.15, 0.15  # how often a phrase is said otherwise, and a story told before it
LEFT_OUT, SMOOTH, RATE, SLOWER = 0.5, 0.05, 0.3, 0.15
LEAST = 0.046  # smaller weights are not kept
FOLDS = 5
SEED = 7


def examples():
    """Every way to ask with its kind."""
    rows = [
        (each, entry.id)
        for entry in load()
        for each in (entry.question, *entry.variants, entry.question_en)
        if each
    ]
    for at, group in enumerate(none_of_ours()):
        rows += [(each, f"-{at}") for each in group]
    return rows


def said_otherwise(text, chance):
    """The same question as somebody else might put it."""
    for group in chance.sample(ALIKE["groups"], len(ALIKE["groups"])):
        if chance.random() < SWAPPED:
            text = _replaced(text, group, chance)
    if chance.random() < 0.2:
        text = f"{chance.choice(ALIKE['openings'])} {text}"
    if chance.random() < 0.2:
        text = f"{text} {chance.choice(ALIKE['endings'])}"
    if chance.random() < TOLD:
        told = " ".join(chance.sample(ALIKE["stories"], chance.randint(1, 3)))
        text = f"{told} {text}" if chance.random() < 0.8 else f"{text}. {told}"
    return fold(text) if chance.random() < 0.3 else text


def _replaced(text, group, chance):
    """The text with the first phrase of the group that stands in it said in another way."""
    for phrase in sorted(group, key=len, reverse=True):
        found = re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text, re.IGNORECASE)
        if found:
            return text[: found.start()] + chance.choice(group) + text[found.end() :]
    return text


def made_from(rows):
    """A checksum of the examples."""
    return f"{zlib.crc32(repr(rows).encode()):08x}"


class Learner:
    """The weights while they are learned."""

    def __init__(self, rows):
        self.kinds = list(dict.fromkeys(kind for _, kind in rows))
        self.number = {kind: at for at, kind in enumerate(self.kinds)}
        dangers = {
            entry.id for entry in load() if entry.topic == content("settings")["danger"]["topic"]
        }
        self.asides = np.array(
            [(kind[0] != "-", kind in dangers) for kind in self.kinds], np.float32
        )
        chance = random.Random(SEED)
        own = [features(wording(text)) for text, _ in rows]
        more = [
            [features(wording(said_otherwise(text, chance))) for _ in range(WAYS - 1)]
            for text, _ in rows
        ]
        held = Counter(name for each in own for name in each)
        often = Counter(name for ways in more for each in ways for name in each)
        for name, times in often.items():  # what is only said otherwise, if it is said often
            if name not in held and times > WAYS:
                held[name] = times / WAYS
        self.names = sorted(held, key=file.checksum)
        self.place = {name: at for at, name in enumerate(self.names)}
        self.rare = np.array(
            [math.log(1 + len(rows) / (0.5 + held[name])) for name in self.names], np.float32
        )
        self.unknown = math.log(1 + 2 * len(rows))
        self.rows = [
            ([self.vector(each) for each in (first, *ways)], self.number[kind])
            for first, ways, (_, kind) in zip(own, more, rows, strict=True)
        ]

    def vector(self, found):
        known = [(self.place[name], counts) for name, counts in found.items() if name in self.place]
        at = np.array([each for each, _ in known], np.int64)
        weight = np.array([counts for _, counts in known], np.float32) * self.rare[at]
        return at, weight * file.LENGTH / max(float(np.sqrt((weight**2).sum())), 1e-6)

    def learn(self):
        runs = [self.run(SEED + each) for each in range(RUNS)]
        self.weights = sum(each for each, _ in runs) / RUNS
        self.bias = sum(each for _, each in runs) / RUNS
        return self

    def run(self, seed):
        chance = np.random.default_rng(seed)
        many = len(self.kinds)
        weights = np.zeros((len(self.names), many + len(file.ASIDES)), np.float32)
        bias = np.zeros(weights.shape[1], np.float32)
        for turn in range(ROUNDS):
            rate = RATE / (1 + turn * SLOWER)
            for number in chance.permutation(len(self.rows)):
                ways, kind = self.rows[number]
                at, weight = ways[chance.integers(WAYS)]
                kept = chance.random(len(at)) >= LEFT_OUT
                at, weight = at[kept], weight[kept] / (1 - LEFT_OUT)
                if not len(at):
                    continue
                scores = weight @ weights[at] + bias
                wrong = np.empty_like(scores)
                wrong[:many] = softmax(scores[:many]) - SMOOTH / many
                wrong[kind] -= 1 - SMOOTH
                wrong[many:] = 1 / (1 + np.exp(-scores[many:])) - self.asides[kind]
                weights[at] -= rate * np.outer(weight, wrong)
                bias -= rate * 0.02 * wrong
        return weights, bias

    def packed(self, gate, source):
        scale = float(np.abs(self.weights).max()) / 127
        small = np.rint(self.weights / scale).astype(np.int8)
        small[np.abs(self.weights) < LEAST] = 0
        parts = {
            "known": array("I", map(file.checksum, self.names)),
            "rare": array("f", self.rare.tolist()),
            "starts": array("I", [0]),
            "kinds": array("H"),
            "weights": array("b"),
        }
        for row in small:
            kept = np.nonzero(row)[0]
            parts["kinds"].extend(kept.tolist())
            parts["weights"].extend(row[kept].tolist())
            parts["starts"].append(len(parts["kinds"]))
        head = {
            "kinds": self.kinds,
            "made_from": source,
            "gate": gate,
            "scale": scale,
            "bias": [round(float(each), 4) for each in self.bias],
            "unknown": self.unknown,
        }
        return file.packed(head, parts)


def softmax(scores):
    each = np.exp(scores - scores.max())
    return each / each.sum()


def left_out(rows):
    """What is guessed of every example by weights that were learned without it."""
    for part in range(FOLDS):
        rest = [each for at, each in enumerate(rows) if at % FOLDS != part]
        some = [each for at, each in enumerate(rows) if at % FOLDS == part]
        weights = file.unpacked(Learner(rest).learn().packed({}, ""))
        for text, kind in some:
            asked = wording(text)
            yield asked, kind, weights.guess(asked)


def fitted_gate(rows):
    """How sure an answer is: logistic regression on the signs of guesses on examples left out."""
    told, right = [], []
    for asked, kind, guess in left_out(rows):
        ours = {each: p for each, p in guess.likely.items() if each[0] != "-"}
        top = max(ours, key=ours.get)
        if kind[0] != "-" and kind != top:
            continue  # the weights decide which of ours; the gate whether it is ours
        told.append([signs(asked, guess)[name] for name in SIGNS])
        right.append(kind == top)
    told, right = np.array(told), np.array(right, float)
    weights = np.zeros(len(SIGNS))
    for _ in range(4000):
        likely = 1 / (1 + np.exp(-told @ weights))
        weights -= 0.5 * (told.T @ (likely - right) / len(right) + 1e-4 * weights)
    report(1 / (1 + np.exp(-told @ weights)), right)
    return {name: round(float(each), 3) for name, each in zip(SIGNS, weights, strict=True)}


def report(likely, right):
    for least in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        ours, others = likely[right == 1] >= least, likely[right == 0] >= least
        print(f"gate {least}: {ours.mean():.3f} of ours, {others.mean():.3f} of others")


def main():
    """Learn, and write the file."""
    rows = examples()
    gate = dict(file.learned().gate) if "--keep-gate" in sys.argv else fitted_gate(rows)
    print(gate)
    TO.write_bytes(Learner(rows).learn().packed(gate, made_from(rows)))
    print(f"{len(rows)} examples, {TO.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
