"""Learning small tables of weights (bot/vietnamese/weights.py) from examples; needs numpy."""

from dataclasses import dataclass

import numpy as np

from bot.vietnamese.weights import checksum, small

SLOWED = 0.1  # what the squares of the slopes begin with (Adagrad)


@dataclass(frozen=True)
class Ways:
    """How it is learned: rounds, step, and how often a feature is left out in a round."""

    rounds: int
    rate: float
    left_out: float
    kept_small: float = 1e-4
    seed: int = 1


class Weights:
    """A row of weights for each place while they are learned; `hidden` are features that are left
    out more often, for they have seen the examples already (the rules)."""

    def __init__(self, labels, places, ways, hidden=(), hide=0.0):
        self.labels, self.ways, self.places = labels, ways, places
        self.weights = np.zeros((places, len(labels)), np.float32)
        self.bias = np.zeros(len(labels))
        self.slopes = np.full_like(self.weights, SLOWED)
        self.hidden = np.array([self.place(name) for name in hidden], np.int64)
        self.hide = hide
        self.chance = np.random.default_rng(ways.seed)

    def place(self, name):
        return checksum(name) & (self.places - 1)

    def vector(self, found, counts=1.0):
        at = np.array([self.place(name) for name in found], np.int64)
        return at, np.array(list(found.values()), np.float32) * counts

    def some(self, at, much):
        """The features of one round, with what they count instead of those left out."""
        kept = self.chance.random(len(at)) >= self.ways.left_out
        if self.hide and len(self.hidden) and self.chance.random() < self.hide:
            kept &= ~np.isin(at, self.hidden)
        return at[kept], much[kept] / (1 - self.ways.left_out)

    def step(self, at, slope):
        slope += self.ways.kept_small * self.weights[at]
        self.slopes[at] += slope * slope
        self.weights[at] -= self.ways.rate * slope / np.sqrt(self.slopes[at])

    def learn(self, rows, threshold=None):
        """From rows of (places, counts, number of the label or yes/no, weight)."""
        for _ in range(self.ways.rounds):
            for number in self.chance.permutation(len(rows)):
                at, much, meant, weight = rows[number]
                at, much = self.some(at, much)
                wrong = weight * self.wrong(much @ self.weights[at] + self.bias, meant)
                self.step(at, np.outer(much, wrong))
                self.bias -= self.ways.rate * 0.1 * wrong
        return self

    def wrong(self, scores, meant):
        if len(self.labels) == 1:
            return 1 / (1 + np.exp(-scores)) - meant
        likely = np.exp(scores - scores.max())
        likely /= likely.sum()
        likely[int(meant)] -= 1
        return likely

    def learn_choice(self, rows, none):
        """From rows of (candidates as places, which are right, weight): one of them, or none, for
        which speaks `none`."""
        for _ in range(self.ways.rounds):
            for number in self.chance.permutation(len(rows)):
                self.choose(*rows[number], none)
        self.bias[:] = -none
        return self

    def choose(self, candidates, right, weight, none):
        kept = [self.some(at, np.ones(len(at), np.float32)) for at in candidates]
        scores = np.array([much @ self.weights[at, 0] for at, much in kept]) - none
        most = max(scores.max(), 0.0)
        each = np.exp(scores - most)
        wrong = each / (each.sum() + np.exp(-most))
        if right.any():
            wrong[right] -= each[right] / each[right].sum()
        for (at, much), one in zip(kept, weight * wrong, strict=True):
            if abs(one) > 1e-3:
                self.step(at, (one * much)[:, None])

    def table(self, source):
        return small(self.weights.tolist(), self.labels, self.bias.tolist(), source)
