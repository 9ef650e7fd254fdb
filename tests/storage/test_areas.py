"""The table of areas as a file: loaded as a whole or not at all, with every mistake named."""

import time
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage import areas
from storage.area_file import HEADER, BadAreas, read
from storage.records.areas import AREA_KINDS, Area

HEAD = ",".join(HEADER)


def csv(*lines, head=HEAD):
    return "\n".join((head, *lines, "")).encode()


def stored(**kinds):
    """Areas of an earlier load, code to kind."""
    return {code: Area(code=code, name="Mẫu", kind=kind) for code, kind in kinds.items()}


def mistakes(content, *before):
    with pytest.raises(BadAreas) as bad:
        read(content, *before)
    assert bad.value.mistakes and all(bad.value.mistakes)
    return bad.value.mistakes


GOOD = csv(
    "A-1,Thôn Một,village,A,,,",
    "A,Xã An,commune,P,2025-07-01,,OLD1;OLD2",
    '"P","Tỉnh Phú, mới",province,,,,',
    "OLD1,Xã Cũ,commune,P,,2025-06-30,",
)


def test_a_good_file_comes_parents_first():
    found = read(GOOD, {})
    assert [area.code for area, _ in found] == ["P", "A", "OLD1", "A-1"]
    assert [succeeds for _, succeeds in found] == [[], ["OLD1", "OLD2"], [], []]
    commune = found[1][0]
    assert (commune.name, commune.parent, commune.valid_from, commune.valid_to) == (
        "Xã An",
        "P",
        date(2025, 7, 1),
        None,
    )
    assert found[0][0].name == "Tỉnh Phú, mới"


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + GOOD,  # as Excel saves it
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(b"\n", b"\r"),
        GOOD.replace(b"\n", b"\n\n"),
        GOOD.replace(b"\n", b"\n , ,\t,,,,\n"),
        GOOD.replace(b"\nA,", b"\n\t A ,").replace(b"village,A", b" village , A "),
    ],
    ids=("with a mark", "CR LF", "CR", "empty lines", "blank rows", "blanks around"),
)
def test_it_does_not_matter_who_saved_it(content):
    assert [area.code for area, _ in read(content, {})] == ["P", "A", "OLD1", "A-1"]


def test_a_parent_may_be_known_already():
    ((area, _),) = read(csv("A-1,Thôn Một,village,A,,,"), stored(A="ward"))
    assert area.parent == "A"


@pytest.mark.parametrize(
    "lines, expected",
    [
        (["A,Xã An,commune,,,,", "A,Xã An,commune,,,,"], "line 3: code A stands in line 2"),
        (["A,Xã An,commun,,,,"], "line 2: kind 'commun' is none of province"),
        (["A,Xã An,,,,,"], "line 2: kind '' is none of"),
        (["A,Xã An,COMMUNE,,,,"], "line 2: kind 'COMMUNE' is none of"),
        ([",Xã An,commune,,,,"], "line 2: the code is missing"),
        (["A,,commune,,,,"], "line 2: the name is missing"),
        ([f"A,{'n' * 101},commune,,,,"], "line 2: the name is missing or longer"),
        ([f"{'A' * 21},Xã An,commune,,,,"], "may hold 20 letters"),
        (["A;B,Xã An,commune,,,,"], "may hold 20 letters"),
        (["A,Xã An,commune"], "line 2: 3 columns instead of 7"),
        (["A,Xã An,commune,,,,,x"], "line 2: 8 columns instead of 7"),
        (["A,Xã An,commune,NO,,,"], "line 2: parent NO is not known"),
        (["A-1,Thôn,village,,,,"], "line 2: a village needs a parent"),
        (["A,Xã An,commune,,1/7/2025,,"], "line 2: valid_from '1/7/2025' is no day like"),
        (["A,Xã An,commune,,2025-02-30,,"], "line 2: valid_from '2025-02-30' is no day like"),
        (["A,Xã An,commune,,,never,"], "line 2: valid_to 'never' is no day like"),
        (["A,Xã,commune,,2025-07-01,2025-06-30,"], "line 2: valid_to lies before valid_from"),
        (["A,Xã An,commune,A,,,"], "line 2: A lies, by its parents, inside itself"),
        (["A,Xã,commune,B,,,", "B,Xã,commune,A,,,"], "line 3: B lies, by its parents, inside"),
        (["A,Xã,commune,,,,", "V,T,village,A,,,", "W,T,village,V,,,"], "cannot lie in a village"),
        (["A,Xã,commune,,,,", "P,Tỉnh,province,A,,,"], "line 3: a province cannot lie in a"),
        (["A,Xã An,commune,,,,A"], "line 2: A succeeds, in the end, itself"),
        (["A,Xã,commune,,,,B", "B,Xã,commune,,,,A"], "line 2: A succeeds, in the end, itself"),
        (['A,"Xã An,commune,,,,'], "line"),
        (['A,"Xã" An,commune,,,,'], "line 2: "),
    ],
)
def test_what_is_wrong_is_said_with_its_line(lines, expected):
    found = mistakes(csv(*lines))
    assert any(expected in mistake for mistake in found), found


def test_every_mistake_is_said_at_once():
    found = mistakes(csv("A,,commune,,,,", "B,Xã,kommune,,,,", "C,Xã,village,,x,,"))
    assert [mistake.split(":")[0] for mistake in found] == ["line 2", "line 3", "line 4", "line 4"]


BEFORE = [
    "P,Tỉnh,province,,,,",
    "A,Xã,commune,P,,,B",
    "A-1,Thôn,village,A,,,",
    "A-2,Thôn,village,A,,,",
]


@pytest.mark.parametrize(
    "lines, expected",
    [
        (["P,Tỉnh,village,A,,,"], ["line 2: P lies, by its parents, inside itself"]),
        (["A,Xã,province,,,,"], ["line 2: A-1 lies in A, and a village cannot lie in a province"]),
        (["P,Tỉnh,commune,,,,"], ["line 2: A lies in P, and a commune cannot lie in a commune"]),
        (["B,Xã,commune,P,,,A"], ["line 2: B succeeds, in the end, itself"]),
        (["C,Xã,commune,P,,,A", "B,Xã,commune,P,,,C"], ["line 2: C suc", "line 3: B suc"]),
        (["N-1,Thôn,village,A-1,,,"], ["line 2: a village cannot lie in a village"]),
    ],
)
def test_two_loads_make_nothing_that_one_may_not(lines, expected):
    first = read(csv(*BEFORE))
    before = {area.code: area for area, _ in first}, {area.code: old for area, old in first}
    found = mistakes(csv(*lines), *before)
    assert [mistake[: len(told)] for mistake, told in zip(found, expected, strict=True)] == expected


def test_what_is_changed_with_all_that_lies_in_it_is_no_mistake():
    first = read(csv(*BEFORE))
    before = {area.code: area for area, _ in first}, {area.code: old for area, old in first}
    again = csv("A,Phường,ward,P,,,", "B,Xã,commune,P,,,A", "A-2,Tổ,residential_group,B,,,")
    assert len(read(again, *before)) == 3  # A no longer succeeds B, so B may succeed A


def test_an_old_circle_is_not_what_the_file_is_to_blame_for():
    circle = {"X": ["Y"], "Y": ["X"]}
    assert read(csv("P,Tỉnh,province,,,,"), {}, circle)
    assert mistakes(csv("A,Xã,commune,,,,B"), {}, {**circle, "B": ["A"]}) == [
        "line 2: A succeeds, in the end, itself"
    ]


@pytest.mark.parametrize(
    "content, expected",
    [
        (b"", "the header must be"),
        (b"\n\n", "the header must be"),
        (csv(), "there is no area"),
        (
            csv("A,Xã,commune,,,,", head="code;name;kind;parent;valid_from;valid_to;succeeds"),
            "header",
        ),
        (csv("A,Xã,commune", head="code,name,kind"), "line 1: the header must be"),
        (csv("A,Xã,commune,,,,", head=HEAD.replace("name", "tên")), "the header must be"),
        (GOOD.decode().encode("utf-16"), "UTF-8"),
        ("A,Xã Ấn".encode("cp1258", "replace") + b"\xe2\x28", "byte 7"),
        (GOOD + b"\0", "NUL"),
        (b"\0" * 100, "NUL"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(1, 200)), "UTF-8"),
        (csv("A," + "x" * 200_000 + ",commune,,,,"), "field larger than field limit"),
    ],
)
def test_what_is_no_such_file_is_refused(content, expected):
    assert expected in mistakes(content)[0]


def test_fifty_thousand_villages_are_read_in_a_moment():
    lines = [f"C{n},Xã {n},commune,,,,O{n}" for n in range(1000)]
    lines += [
        f"C{n % 1000}-{n},Thôn {n},village,C{n % 1000},2025-07-01,,V{n}" for n in range(49_000)
    ]
    content = csv(*lines)
    begun = time.process_time()
    assert len(read(content, {})) == 50_000
    assert time.process_time() - begun < 15


@pytest.mark.parametrize("kind", ("parents", "successions"))
def test_a_chain_of_twenty_thousand_is_judged_in_a_moment(kind):
    """Every area inside, or after, the next one: nothing may be worked out again for each."""
    if kind == "parents":
        lines = [f"A{n},Thôn,village,A{n + 1},,," for n in range(20_000)]
    else:
        lines = [f"A{n},Xã,commune,,,,A{n + 1}" for n in range(20_000)]
    begun = time.process_time()
    try:
        read(csv(*lines), stored(A20000="commune"))
    except BadAreas as bad:
        assert "cannot lie in a village" in bad.mistakes[0]
    assert time.process_time() - begun < 15


def test_a_file_full_of_mistakes_gives_a_message_of_a_readable_length():
    with pytest.raises(BadAreas) as bad:
        read(csv(*(f"A{n},Xã,what,,,," for n in range(5000))), {})
    assert len(str(bad.value)) < 5000


CELLS = st.one_of(
    st.sampled_from(["", "A", "B", "P", "A-1", "2025-07-01", "2025-06-30", *AREA_KINDS]),
    st.text(max_size=8),
)
ROWS = st.lists(CELLS, min_size=5, max_size=8).map(",".join)
FILES = st.one_of(
    st.binary(max_size=300),
    st.binary(max_size=100).map(lambda rest: HEAD.encode() + b"\n" + rest),
    st.lists(ROWS, max_size=8).map(lambda rows: csv(*rows)),
    st.text(max_size=100).map(str.encode),
)


@given(FILES)
@example(HEAD.encode() + b'\n"')
@example(HEAD.encode() + b"\r\ra,b")
@example("\n".join([HEAD, "٣,Xã,commune,,,,"]).encode())
@example("\n".join([HEAD, "A,Xã,commune,,20250701,,"]).encode())
def test_whatever_the_bytes_a_file_is_read_or_refused_with_reasons(content):
    try:
        found = read(content, stored(P="province"))
    except BadAreas as bad:
        assert bad.mistakes and str(bad)
    else:
        codes = [area.code for area, _ in found]
        assert len(set(codes)) == len(codes) > 0
        for number, (area, _) in enumerate(found):
            assert area.kind in AREA_KINDS and area.name
            assert area.parent is None or area.parent in {"P", *codes[:number]}


# --- in the database --------------------------------------------------------------------------


async def test_a_file_is_loaded_and_loaded_again(database):
    assert await database.write(lambda c: areas.load(c, read(GOOD, {}))) == (4, 0)
    again = csv("A-1,Thôn Một mới,village,A,,,OLD-9", "A-2,Thôn Hai,village,A,,,A-9;A-9")
    before = {area.code: area for area in await database.read(areas.every)}
    assert await database.write(lambda c: areas.load(c, read(again, before))) == (1, 1)
    assert (await database.read(lambda c: areas.one(c, "A-1"))).name == "Thôn Một mới"
    old = await database.read(areas.old_codes)
    assert old == {"A": ["OLD1", "OLD2"], "A-1": ["OLD-9"], "A-2": ["A-9"]}


async def test_any_name_that_is_read_can_be_loaded(database):
    strange = csv(
        *(f"A{n},{name},commune,,,," for n, name in enumerate(("X'\u00b2", "ộ" * 100, "😀")))
    )
    await database.write(lambda c: areas.load(c, read(strange, {})))
    assert [a.name for a in await database.read(areas.every)] == ["X'\u00b2", "ộ" * 100, "😀"]


async def test_what_lies_where_is_found_in_both_directions(database):
    await database.write(lambda c: areas.load(c, read(GOOD, {})))

    def asked(c):
        every = areas.every(c)
        return (
            areas.below(every, "P"),
            areas.below(every, "A"),
            areas.above(c, "A-1"),
            areas.above(c, None),
            [areas.commune_of(c, code) for code in ("A-1", "A", "P", "NO", None)],
        )

    assert await database.read(asked) == (
        {"P", "A", "A-1", "OLD1"},
        {"A", "A-1"},
        ["A-1", "A", "P", "OLD1", "OLD2"],
        [],
        ["A", "A", None, None, None],
    )


async def test_what_is_over_or_not_yet_begun_is_no_choice_today(database):
    await database.write(lambda c: areas.load(c, read(GOOD, {})))

    def communes(day):
        return lambda c: [area.code for area in areas.communes(c, day)]

    assert await database.read(communes(date(2025, 6, 30))) == ["OLD1"]
    assert await database.read(communes(date(2025, 7, 1))) == ["A"]
    names = await database.read(lambda c: areas.villages(c, "P", date(2026, 1, 1)))
    assert [area.code for area in names] == ["A-1"]
    assert await database.read(lambda c: areas.villages(c, "OLD1", date(2026, 1, 1))) == []


async def test_who_was_responsible_for_a_part_is_for_the_whole_but_not_after_a_split(database):
    """C1 and C2 become C; D is split into D1 and D2; V of C1 lies in C now, W became X of D1."""

    def work(connection):
        made = [
            (Area(code="P", name="P", kind="province"), []),
            *((Area(code=c, name=c, kind="commune", parent="P"), []) for c in ("C1", "C2", "D")),
            (Area(code="C", name="C", kind="commune", parent="P"), ["C1", "C2"]),
            (Area(code="D1", name="D1", kind="commune", parent="P"), ["D"]),
            (Area(code="D2", name="D2", kind="commune", parent="P"), ["D"]),
            (Area(code="V", name="V", kind="village", parent="C"), []),
            (Area(code="W", name="W", kind="village", parent="C2"), []),
            (Area(code="X", name="X", kind="village", parent="D1"), ["W"]),
        ]
        areas.load(connection, made)
        above = {code: set(areas.above(connection, code)) for code in ("V", "C1", "D", "X", "W")}
        within = {code: areas.within(connection, [code]) for code in ("C", "C1", "D", "D1", "D2")}
        return above, within

    above, within = await database.write(work)
    assert above["V"] == {"V", "C", "P", "C1", "C2"}  # whoever was of C1 or C2 is of C
    assert above["C1"] == {"C1", "C", "P", "C2"}
    assert above["D"] == {"D", "P"}
    assert above["X"] == {"X", "W", "D1", "P"}  # W's commune has nothing to do with it any more
    assert above["W"] >= {"W", "X", "D1", "C2", "P"}
    assert within["C"] == {"C", "C1", "C2", "V"} and within["C1"] >= {"C", "C1", "C2", "V"}
    assert within["D"] == {"D"} and within["D2"] == {"D2"}
    assert within["D1"] == {"D1", "X", "W"}
