"""Learn the tables of weights that read reports and hear danger, from the messages of the tests.

python -m tests.reading.learn [alarm] [names] [schooling]     (some minutes; needs numpy)

Learned from is what is not set aside: no row with "split": "held"; danger also from the questions
of bot/faq, which are none. Each message is said with its
marks and without them, small and with capitals; names, places and kinds of work are swapped for
others, so that what stands around them tells, not they.
"""

import json
import random
import re
import sys
import tomllib
import zlib
from collections import Counter, defaultdict
from pathlib import Path

from bot.faq.answering import none_of_ours
from bot.faq.contents import content as faq_content
from bot.faq.entries import load
from bot.reading import candidates, school_talk
from bot.reading import learned as reading_tables
from bot.reading.candidates import candidates as runs
from bot.reading.child import by_rules
from bot.reading.lexicon import content
from bot.reading.message import Message
from bot.reading.people import People
from bot.reading.places import village
from bot.reading.schooling import said_by_rules
from bot.vietnamese import alarm, danger
from bot.vietnamese.letters import WITHOUT_MARKS, fold
from tests.learning import Ways, Weights
from tests.reading.texts import CASES, HERE, VILLAGES

SEED = 7
PLACES = {"alarm": 1 << 16, "names": 1 << 15, "schooling": 1 << 15}
ALARM = Ways(rounds=20, rate=0.15, left_out=0.5, kept_small=1e-5)
NAMES = Ways(rounds=8, rate=0.3, left_out=0.3)
SCHOOLING = Ways(rounds=15, rate=0.2, left_out=0.4)
REPORTS_LIKELY, QUESTIONS = 0.5, 0.15  # weights of examples that were not judged one by one
SPLICED = 800  # reports with a line about danger, or none, put into them
SWAPPED = {"reports2": 4, "dev2": 3, "dev": 3}  # how often each report is told of others
NONE = 2.0
MOST_WORDS = 3


def rows(name):
    """The lines of a set that are not set aside."""
    lines = (HERE / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row.get("split") != "held"]


def said_of(slot):
    """(text, what is said of that slot) of the reports, how often each is told of others; and of
    the sentences that are in cases.toml for that slot."""
    for name, times in SWAPPED.items():
        for row in rows(name):
            yield row, row["slots"].get(slot), times
    for fact in CASES["fact"]:
        if fact["slot"] == slot:
            for case in fact["cases"]:
                is_ = case.get("is")
                yield {"text": case["text"], "slots": {slot: is_} if is_ else {}}, is_, 0
    for text in CASES["nothing"]["texts"]:
        yield {"text": text, "slots": {}}, None, 0


def source(of):
    return f"{zlib.crc32(repr(of).encode()):08x}"


def bare(text):
    return text.translate(WITHOUT_MARKS)


# ------------------------------------------------------------------------------------------ danger


def judged():
    """(text, whether it is danger, weight) of every message that was judged."""
    found = [
        (row["text"], row["urgent"], 1.0)
        for name in ("urgent", "urgent2", "urgent3", "urgent4", "urgent5", "urgent6")
        for row in rows(name)
    ]
    found += [
        (row["text"], row["slots"].get("urgent") is True, 1.0)
        for name in ("dev", "dev2")
        for row in rows(name)
    ]
    found += [(row["text"], False, REPORTS_LIKELY) for row in rows("reports2")]
    cases = tomllib.loads((HERE.parent / "vietnamese" / "danger_cases.toml").read_text("utf-8"))
    for level, texts in cases["cases"].items():
        asked = [text for text in texts if level == "possible" and danger.about_law(text)]
        found += [(text, level != "none", 1.0) for text in texts if text not in asked]
    return found


def asked():
    """Questions about rules: no alarm, none of them. Those about dangers are left out."""
    apart = faq_content("settings")["danger"]["topic"]
    of_ours = [
        way
        for entry in load()
        if entry.topic != apart
        for way in (entry.question, *entry.variants)
        if way
    ]
    others = [way for group in none_of_ours() for way in group]
    return [(way, False, QUESTIONS) for way in (*of_ours, *others)]


def spliced(found, chance):
    """Reports that nothing is wrong with, with a line in them that was judged."""
    reports = [row["text"] for row in rows("dev") + rows("dev2") if not row["slots"].get("urgent")]
    reports += [row["text"] for row in rows("reports2")]
    lines = [(text, urgent) for text, urgent, weight in found if weight == 1.0]
    for _ in range(SPLICED):
        report, (line, urgent) = chance.choice(reports), chance.choice(lines)
        text = f"{report}. {line}" if chance.random() < 0.6 else f"{line}, {report}"
        yield text, urgent, 1.0


def renamed(text, pool, chance):
    """The text with other names and places: runs of capitals behind a small letter."""
    return re.sub(
        r"(?<=[^\W\d_] )[A-ZÀ-Ỹ]\w*(?: [A-ZÀ-Ỹ]\w*)*",
        lambda run: chance.choice(pool[min(len(run[0].split()), MOST_WORDS)]),
        text,
    )


def reworked(text, chance):
    """The text with another kind of work, where one is said in two words or more."""
    message = Message(text)
    hits = [
        hit
        for section, hit in message.labels("work")
        if section in WORK and hit.end - hit.start > 1
    ]
    if not hits:
        return text
    hit = chance.choice(hits)
    first, last = message.span(hit.start, hit.end)
    return text[:first] + chance.choice(WORK[chance.choice(list(WORK))]) + text[last:]


def works():
    from bot.reading.work import KINDS

    lists = content("work")
    said = {kind: lists[kind] for kind in KINDS if kind in lists}
    return {
        kind: [
            phrase
            for phrases in (of.values() if isinstance(of, dict) else [of])
            for phrase in phrases
            if " " in phrase and not set("<#*").intersection(phrase)
        ]
        for kind, of in said.items()
    }


WORK = {kind: phrases for kind, phrases in works().items() if phrases}


def learn_alarm():
    chance = random.Random(SEED)
    pool = names_pool()
    found = judged()
    whole = [*found, *asked(), *spliced(found, chance)]
    learner = Weights(["danger"], PLACES["alarm"], ALARM)
    examples = []
    for text, urgent, weight in whole:
        told = [text, bare(text)]
        if weight == 1.0:
            other = reworked(renamed(text, pool, chance), chance)
            told += [other] if other != text else []
        for each in told:
            seen = danger.features(each)
            examples.append((*learner.vector(seen, alarm.counts(seen)), urgent, weight / len(told)))
    return learner.learn(examples).table(source(whole))


# ------------------------------------------------------------------------------------------- names


def names_pool():
    """Names by the number of their words; of adults by ("adult", number)."""
    pool = defaultdict(list)
    for row in rows("reports2"):
        for key, name in [(0, row["name_words"]), *(("adult", each) for each in row["adults"])]:
            if name:
                size = min(len(name.split()), MOST_WORDS)
                pool[(key, size) if key else size].append(name)
    lists, chance = content("names")["data"], random.Random(SEED)
    for _ in range(300):
        last, middle, first = (
            chance.choice(lists[each]).capitalize() for each in ("surnames", "middles", "given")
        )
        full = f"{last} {middle} {first}"
        for key, name in ((3, full), (("adult", 3), full), (2, f"{middle} {first}"), (1, first)):
            pool[key].append(name)
        pool["adult", 1].append(chance.choice(lists["given"]).capitalize())
    return pool


def swapped(text, name, other):
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", other, text)


def of_others(row, pool, chance):
    """The report told of another child and other adults, and what the child is called then."""
    text, child = row["text"], row["slots"].get("child_name")
    name = row.get("name_words") or child
    if name and name in text:
        other = chance.choice(pool[min(len(name.split()), MOST_WORDS)])
        text, child = swapped(text, name, other), other if fold(child) == fold(name) else child
    for adult in row.get("adults", ()):
        if adult and adult in text and chance.random() < 0.7 and not (child and adult in child):
            other = chance.choice(pool["adult", min(len(adult.split()), MOST_WORDS)])
            text = swapped(text, adult, other)
    return text, child


def told(row, pool, chance, times):
    """The report in several ways, each with the child's name."""
    ways = [(row["text"], row["slots"].get("child_name"))]
    ways += [of_others(row, pool, chance) for _ in range(times)]
    for text, child in dict.fromkeys(ways):
        yield from dict.fromkeys(
            (each, child) for each in (text, bare(text), bare(text).lower(), text.lower())
        )


def prepared(text):
    message = Message(text)
    place = village(message, VILLAGES)
    taken = (place.start, place.end) if place else None
    return message, People(message, taken), taken


def learn_names():
    import numpy as np

    chance, pool = random.Random(SEED), names_pool()
    learner = Weights(["child"], PLACES["names"], NAMES)
    examples, whole = [], []
    for row, _, times in said_of("child_name"):
        ways = list(told(row, pool, chance, times))
        whole.append(ways)
        for text, child in ways:
            message, people, taken = prepared(text)
            found = list(runs(message, people, taken, by_rules(message, people, taken)))
            typed = [fold(message.typed(each.start, each.end)) for each in found]
            right = np.array([bool(child) and each == fold(child or "") for each in typed])
            places = [np.array([learner.place(one) for one in each.features]) for each in found]
            if found:
                examples.append((places, right, 1 / len(ways)))
    return learner.learn_choice(examples, NONE).table(source(whole))


# --------------------------------------------------------------------------------------- schooling


def learn_schooling():
    labels = school_talk.OUTCOMES
    hidden = [school_talk.ruled(each) for each in labels]
    learner = Weights(labels, PLACES["schooling"], SCHOOLING, hidden, hide=0.2)
    seen, whole = [], []
    for row, way, _ in said_of("schooling"):
        meant = labels.index(way or school_talk.NOT_SAID)
        whole.append((row["text"], meant))
        for text in (row["text"], bare(row["text"])):
            message, people, _ = prepared(text)
            found = school_talk.features(message, said_by_rules(message, people))
            seen.append((found, school_talk.counts(found), meant))
    often = Counter(each for found, _, _ in seen for each in found)
    examples = []
    for found, much, meant in seen:
        kept = {each: found[each] for each in found if often[each] > 2}
        examples.append((*learner.vector(kept, much), meant, 0.5))
    return learner.learn(examples).table(source(whole))


LEARNED = {
    "alarm": (learn_alarm, Path(alarm.__file__).parent / "content" / alarm.FILE),
    "names": (learn_names, Path(candidates.__file__).parent / "content" / reading_tables.NAMES),
    "schooling": (
        learn_schooling,
        Path(candidates.__file__).parent / "content" / reading_tables.SCHOOLING,
    ),
}


def main():
    """Learn, and write the files."""
    for name in sys.argv[1:] or LEARNED:
        learn, file = LEARNED[name]
        file.write_bytes(learn().packed())
        print(f"{name}: {file.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
