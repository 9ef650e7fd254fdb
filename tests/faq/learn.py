"""Learn the weights of bot/faq/content/learned.weights from the content files and from ways/.

python -m tests.faq.learn                (some minutes; needs numpy)
python -m tests.faq.learn --keep-gate    (a minute; how sure an answer is stays as it was fitted)
python -m tests.faq.learn --hold-out     (to build/: without each tenth of ways/)

Every way to ask is an example of its entry, and so is each sentence of its answer; every question
of outside.toml and near_misses.toml is one of a kind that is not ours. ways/ holds more of both,
by other authors, which the bot never loads. A softmax over the kinds is fitted by a few examples
at a time, and two yes or no: whether it is ours at all, and whether a child is in danger. In each
round part of the features is left out at random, so that no single word decides, and each example
is said in one of several ways (said_alike.toml): other words for the same, an opening, a story
before it, no tone marks. How sure an answer is (the gate) is fitted by logistic regression on
examples that were left out while learning.
"""

import json
import math
import random
import re
import sys
import tomllib
import zlib
from array import array
from collections import Counter
from dataclasses import dataclass
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

HERE = Path(__file__).parent
TO = Path(file.__file__).parent / "content" / file.FILE
WAYS_TO = HERE / "ways"
ALIKE = tomllib.loads((HERE / "said_alike.toml").read_text("utf-8"))
WAYS = 4  # in which each example is said, its own among them
ROUNDS, RUNS, AT_ONCE = 25, 2, 32
SWAPPED, TOLD = 0.15, 0.15  # how often a phrase is said otherwise, and a story told before it
LEFT_OUT, SMOOTH, RATE, SLOWER = 0.4, 0.05, 0.3, 0.15
LEAST = 0.06  # smaller weights are not kept
FOLDS, STEPS, RIDGE = 4, 15, 1.0  # of fitting the gate
SEED = 7
HELD_OUT = 10  # one in so many
_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_SHORTEST = 4  # words of a sentence of an answer


@dataclass(frozen=True)
class Example:
    """A text with its kind, and what is looked at in each of the ways in which it may be said."""

    text: str
    kind: str
    ways: list[dict[str, float]]


def asked():
    """Every way to ask of the content files, with its kind."""
    rows = [
        (each, entry.id)
        for entry in load()
        for each in (entry.question, *entry.variants, entry.question_en)
        if each
    ]
    for at, group in enumerate(none_of_ours()):
        rows += [(each, f"-{at}") for each in group]
    return rows


def more_asked():
    """What stands in ways/ only: of our entries, and of what is none of ours."""
    pages = [tomllib.loads(each.read_text("utf-8")) for each in sorted(WAYS_TO.glob("*.toml"))]
    rows = [
        (way, key) for page in pages for key, ways in page.items() if key != "about" for way in ways
    ]
    for page in pages:
        for row in page.get("about", ()):
            rows += [(each, f"-{row['name']}") for each in row["questions"]]
    return rows


def told():
    """The sentences of the answers, with their entries: they hold the words of the subject."""
    return [
        (each, entry.id)
        for entry in load()
        for each in _SENTENCE.split(entry.says())
        if len(each.split()) >= _SHORTEST
    ]


def examples():
    """All that is learned from, with its kind."""
    return [*asked(), *more_asked(), *told()]


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


def prepared(rows):
    """The examples of rows, each said in several ways."""
    chance = random.Random(SEED)
    return [
        Example(
            text,
            kind,
            [
                features(wording(text)),
                *(features(wording(said_otherwise(text, chance))) for _ in range(WAYS - 1)),
            ],
        )
        for text, kind in rows
    ]


class Learner:
    """The weights while they are learned."""

    def __init__(self, examples):
        self.kinds = list(dict.fromkeys(each.kind for each in examples))
        number = {kind: at for at, kind in enumerate(self.kinds)}
        self.kind = np.array([number[each.kind] for each in examples])
        dangers = {
            entry.id for entry in load() if entry.topic == content("settings")["danger"]["topic"]
        }
        self.asides = np.array(
            [(kind[0] != "-", kind in dangers) for kind in self.kinds], np.float32
        )
        held = Counter(name for each in examples for name in each.ways[0])
        often = Counter(name for each in examples for way in each.ways[1:] for name in way)
        for name, times in often.items():  # what is only said otherwise, if it is said often
            if name not in held and times > WAYS:
                held[name] = times / WAYS
        self.names = sorted(held, key=file.checksum)
        self.place = {name: at for at, name in enumerate(self.names)}
        self.rare = np.array(
            [math.log(1 + len(examples) / (0.5 + held[name])) for name in self.names], np.float32
        )
        self.unknown = math.log(1 + 2 * len(examples))
        self.rows = [[self.vector(way) for way in each.ways] for each in examples]

    def vector(self, found):
        known = [(self.place[name], counts) for name, counts in found.items() if name in self.place]
        at = np.array([each for each, _ in known], np.int64)
        weight = np.array([counts for _, counts in known], np.float32) * self.rare[at]
        return at, weight * file.LENGTH / max(float(np.sqrt((weight**2).sum())), 1e-6)

    def learn(self, runs=RUNS):
        learned = [self.run(SEED + each) for each in range(runs)]
        self.weights = sum(each for each, _ in learned) / runs
        self.bias = sum(each for _, each in learned) / runs
        return self

    def run(self, seed):
        chance = np.random.default_rng(seed)
        weights = np.zeros((len(self.names), len(self.kinds) + len(file.ASIDES)), np.float32)
        bias = np.zeros(weights.shape[1], np.float32)
        for turn in range(ROUNDS):
            rate = RATE / (1 + turn * SLOWER)
            order = chance.permutation(len(self.rows))
            for first in range(0, len(order), AT_ONCE):
                some = order[first : first + AT_ONCE]
                used, held = self.looked_at(some, chance)
                here = weights[used]
                wrong = self.wrong(held @ here + bias, self.kind[some])
                weights[used] = here - rate * (held.T @ wrong)
                bias -= rate * 0.02 * wrong.sum(axis=0)
        return weights, bias

    def looked_at(self, some, chance):
        """The features of these examples that are not left out, and how much each holds of them."""
        ways = [self.rows[each][chance.integers(WAYS)] for each in some]
        at = np.concatenate([each for each, _ in ways])
        weight = np.concatenate([each for _, each in ways])
        row = np.repeat(np.arange(len(some)), [len(each) for each, _ in ways])
        kept = chance.random(len(at)) >= LEFT_OUT
        used, column = np.unique(at[kept], return_inverse=True)
        held = np.zeros((len(some), len(used)), np.float32)
        held[row[kept], column] = weight[kept] / (1 - LEFT_OUT)
        return used, held

    def wrong(self, scores, kinds):
        """How far what is guessed is from what it is."""
        many = len(self.kinds)
        wrong = np.empty_like(scores)
        wrong[:, :many] = softmax(scores[:, :many]) - SMOOTH / many
        wrong[np.arange(len(kinds)), kinds] -= 1 - SMOOTH
        wrong[:, many:] = 1 / (1 + np.exp(-scores[:, many:])) - self.asides[kinds]
        return wrong

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
    each = np.exp(scores - scores.max(axis=1, keepdims=True))
    return each / each.sum(axis=1, keepdims=True)


def left_out(examples, asked):
    """What is guessed of every question by weights that were learned without it."""
    for part in range(FOLDS):
        rest = [each for at, each in enumerate(examples) if at % FOLDS != part or at >= asked]
        weights = file.unpacked(Learner(rest).learn(1).packed({}, ""))
        for each in examples[part:asked:FOLDS]:
            worded = wording(each.text)
            yield worded, each.kind, weights.guess(worded)


def fitted_gate(examples, asked):
    """How sure an answer is: logistic regression on the signs of guesses on examples left out."""
    told, right = [], []
    for worded, kind, guess in left_out(examples, asked):
        ours = {each: p for each, p in guess.likely.items() if each[0] != "-"}
        top = max(ours, key=ours.get)
        if kind[0] != "-" and kind != top:
            continue  # the weights decide which of ours; the gate whether it is ours
        told.append([signs(worded, guess)[name] for name in SIGNS])
        right.append(kind == top)
    told, right = np.array(told), np.array(right, float)
    weights = np.zeros(len(SIGNS))
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-told @ weights))
        bend = (told.T * (likely * (1 - likely))) @ told + RIDGE * np.eye(len(SIGNS))
        weights -= np.linalg.solve(bend, told.T @ (likely - right) + RIDGE * weights)
    report(1 / (1 + np.exp(-told @ weights)), right)
    return {name: round(float(each), 3) for name, each in zip(SIGNS, weights, strict=True)}


def report(likely, right):
    for least in (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95):
        ours, others = likely[right == 1] >= least, likely[right == 0] >= least
        print(f"gate {least}: {ours.mean():.3f} of ours, {others.mean():.3f} of others")


def without_some(rows):
    """The rows but one in so many of each kind of those of ways/, and these."""
    more = Counter()
    chance = random.Random(SEED)
    kept, held = [], []
    for each in chance.sample(rows, len(rows)):
        more[each[1]] += 1
        (held if more[each[1]] % HELD_OUT == 0 else kept).append(each)
    return kept, held


def main():
    """Learn, and write the file."""
    more, to = more_asked(), TO
    if "--hold-out" in sys.argv:
        more, held = without_some(more)
        to = Path("build") / "held_out.weights"
        to.parent.mkdir(exist_ok=True)
        to.with_suffix(".json").write_text(json.dumps(held, ensure_ascii=False), "utf-8")
    questions = [*asked(), *more]
    rows = prepared([*questions, *told()])
    keep = "--keep-gate" in sys.argv
    gate = dict(file.learned().gate) if keep else fitted_gate(rows, len(questions))
    print(gate)
    to.write_bytes(Learner(rows).learn().packed(gate, made_from(examples())))
    print(f"{len(rows)} examples, {to.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
