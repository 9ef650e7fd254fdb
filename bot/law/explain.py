"""The table, and one evaluation of it, in words: for a lawyer, an operator, a collaborator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from bot.law.facts import Facts
from bot.law.finding import Finding
from bot.law.table import (
    Kind,
    Rule,
    Source,
    Text,
    flags,
    places,
    rules,
    settings,
    sources,
    texts,
    works,
)
from bot.law.triage import triage, weigh

_VI = "vi"  # the page is for Vietnamese lawyers


def plain(finding: Finding, language: str = _VI) -> tuple[str, str]:
    """Two lines for the collaborator: what there are signs of and why, and what comes next."""
    said = texts()["level"][finding.level.name]
    because = finding.reasons[0].says(language).rstrip(".")
    ask = texts()["field"].get(finding.ask_next, {}).get(language, "")
    return (
        said["plain"][language].format(because=because[:1].lower() + because[1:]),
        said["next"][language].format(ask=ask),
    )


def steps(facts: Facts, on: date, language: str = _VI) -> list[str]:
    """One evaluation, line by line: what is known, which rules hold, which could, what to ask."""
    words = {key: text[language] for key, text in texts()["steps"].items()}
    names = {key: text[language] for key, text in texts()["field"].items()}
    finding = triage(facts, on)
    lines = [words["facts"].format(", ".join(_known(facts)) or "-")]
    lines += [
        words["holds"].format(
            rule=each.rule,
            level=each.level.name,
            text=each.says(language),
            citation=each.citation(language),
        )
        for each in finding.reasons
    ]
    for rule, waits_for in weigh(facts, on).items():
        if waits_for and rule.level > finding.level:
            fields = ", ".join(names[fact] for fact in waits_for)
            lines.append(words["could"].format(rule=rule.id, level=rule.level.name, fields=fields))
    lines.append(words["result"].format(level=finding.level.name))
    if finding.ask_next:
        lines.append(words["ask"].format(names[finding.ask_next]))
    return lines


def _known(facts: Facts) -> Iterator[str]:
    for name in texts()["field"]:
        value = getattr(facts, name)
        if value is not None:
            yield f"{name}={', '.join(sorted(value)) if name == 'flags' else value}"


def page(on: date) -> str:
    """The whole table in Markdown, to be checked line by line."""
    say = texts()["page"]
    parts = [
        f"# {say['title']}",
        say["intro"].format(on=f"{on:%d/%m/%Y}"),
        say["warning"],
        f"## {say['rules']}",
        *(_rule(rule, on) for rule in rules()),
        f"## {say['works']}",
        _table(say["head_kind"], (_work(kind, say) for kind in works().values())),
        f"## {say['places']}",
        _table(say["head_place"], (_place(kind, say) for kind in places().values())),
        f"## {say['flags']}",
        "\n".join(_flag(flag, row, say) for flag, row in flags().items()),
        f"## {say['settings']}",
        *_settings(say),
        f"## {say['sources']}",
        _table(say["head_source"], (_source(source, say) for source in sources().values())),
    ]
    return "\n\n".join(parts) + "\n"


def _rule(rule: Rule, on: date) -> str:
    say = texts()["page"]
    level = texts()["level"][rule.level.name]["label"][_VI]
    own = tuple(say["of_kind"] for _ in rule.cites[:1])
    cited = "\n".join(
        f"  - {each}" for each in (*own, *(_cited(each, on) for each in rule.sources))
    )
    check = [f"- **{texts()['cite']['check'][_VI]}**: {rule.caution[_VI]}"] if rule.caution else []
    return "\n".join(
        [
            f"### `{rule.id}`: {level}",
            "",
            f"- {say['condition']}: {'; '.join(_conditions(rule)) or say['always']}",
            f"- {say['says']}: {rule.text[_VI]}",
            *check,
            f"- {say['citation']}:",
            cited,
        ]
    )


def _cited(source: Source, on: date) -> str:
    confidence = "verified" if source.confidence == "verified" else "check"
    now = "" if source.in_force(on) else f"; **{texts()['page']['not_now']}**"
    return f"{source.cite(_VI)} ({texts()['cite'][confidence][_VI]}; `{source.id}`{now})"


def _conditions(rule: Rule) -> Iterator[str]:
    for name, asked in rule.when.items():
        text = texts()["condition"][name][_VI]
        many = asked if name == "over" else [_shown(asked)]
        yield text.format(*many)


def _shown(asked: Any) -> str:
    if isinstance(asked, Mapping):
        return ", ".join(f"{key} = {_shown(value)}" for key, value in asked.items())
    return " / ".join(map(str, asked)) if isinstance(asked, list) else str(asked)


def _work(kind: Kind, say: Mapping[str, str]) -> Iterable[str]:
    listed = [say[each] for each in (kind.forbidden, kind.light, kind.late)]
    return [f"`{kind.id}`", kind.name[_VI], *listed, _ids(kind)]


def _place(kind: Kind, say: Mapping[str, str]) -> Iterable[str]:
    return [f"`{kind.id}`", kind.name[_VI], say[kind.forbidden], _ids(kind)]


def _ids(kind: Kind) -> str:
    return ", ".join(f"`{each}`" for each in kind.sources) or "-"


def _flag(flag: str, row: Mapping[str, Any], say: Mapping[str, str]) -> str:
    return f"- `{flag}` ({say['names']}: {', '.join(row['names'])})"


def _settings(say: Mapping[str, str]) -> Iterator[str]:
    signs, ask, needed = settings()["signs"], settings()["ask"], settings()["needed"]
    weights = ", ".join(f"`{sign}` {weight}" for sign, weight in signs["weight"].items())
    yield f"- {say['signs'].format(threshold=signs['threshold'])}: {weights} ({signs['source']})"
    for kind in ("for_others", "family", "no_work"):
        facts = ", ".join(f"`{fact}`" for fact in needed[kind])
        yield f"- {say['needed']}, `{kind}`: {facts} ({needed['source']})"
    yield f"- {say['ask']}: {', '.join(ask['order'])} ({ask['source']})"
    school = settings()["school_age"]
    yield f"- {say['school_age'].format(school['from'])} ({school['source']})"
    unknown = settings()["unknown_age"]
    yield f"- {say['unknown_age'].format(unknown['at_best'])} ({unknown['source']})"
    home = ", ".join(f"`{kind.id}`" for kind in works().values() if kind.household)
    yield f"- {say['household']}: {home}"


def _source(source: Source, say: Mapping[str, str]) -> Iterable[str]:
    confidence = texts()["cite"]["verified" if source.confidence == "verified" else "check"][_VI]
    days = [f"{day:%d/%m/%Y}" if day else "…" for day in (source.valid_from, source.valid_to)]
    named = source.cite(_VI).split(" [")[0]
    told = _told(source.caution)
    return [
        f"`{source.id}`",
        named,
        " – ".join(days),
        confidence + told,
        source.fact,
        source.url or say["digest"],
    ]


def _told(caution: Text) -> str:
    return f": {caution[_VI]}" if caution else ""


def _table(head: str, rows: Iterable[Iterable[str]]) -> str:
    rule = "|".join("---" for _ in head.strip("|").split("|"))
    lines = ["| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in rows]
    return "\n".join([head, f"|{rule}|", *lines])
