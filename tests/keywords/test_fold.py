import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keywords import disguises
from keywords.characters import plain
from keywords.fold import digit_of, fold, fold_each, fold_everything
from keywords.loader import rows
from keywords.trade_words import trade_words

ORDINARY = sorted((Path(__file__).parent.parent / "golden" / "ordinary").glob("*.txt"))
PIECES = (
    [row["written"] for row in rows("disguises")]
    + [row["parts"] for row in rows("splits")]
    + list("证操作办考包过 ·/-丨【】()，、。1一壹vxq加微信:\u200b\u0301\n\t")
    + ["特种作业操作证", "电工证", "证作操", "zuo", "zheng", "国家", "考试", "正在", "安全", "员", "2024-05-06", "138"]
)
anything = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
separators = st.sampled_from(["", "\u200b", "\u0336", "·", "★", " ", "*", "🔥", "丨", "/"])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("操/作/证 办理", "操作证办理"),
        ("辦理特種作業操作證", "办理特种作业操作证"),
        ("微【信】", "微信"),
        ("包，过，拿，证", "包过拿证"),
        ("满丨意丨给丨钱", "满意给钱"),
        ("扌喿作讠正", "操作证"),
        ("电工言正", "电工证"),
        ("特\u200b种作\u200d业", "特种作业"),
        ("官★网🔥可★查", "官网可查"),
        ("加 薇 abc12345", "加微信 abc12345"),
        ("ＶＸ：ｌｘ８８９９", "微信:lx8899"),
        ("佳薇 hao", "加微信 hao"),
        ("➕🐧 12345678", "加qq 12345678"),
        ("一三八零零一三八零零零", "13800138000"),
        ("１３８-００１３-８０００", "13800138000"),
        ("幺三八陆陆七八 九九零一", "13866789901"),
        ("1.5万 3-5天", "1.5万 3-5天"),
        ("语言正在发展", "语言正在发展"),
        ("微星主板", "微星主板"),
        ("卫星电话", "卫星电话"),
        ("共计十二项", "共计十二项"),
        ("特种zuo业操座证", "特种作业操作证"),
        ("te zhong zuo ye", "特种作业"),
        ("登高zheng免kao包guo", "登高证免考包过"),
        ("点工症和旱工政", "电工证和焊工证"),
        ("特、种、作·、业", "特种作业"),
        ("电（工）证", "电工证"),
        ("(焊)(工)(证)", "焊工证"),
        ("牛寺禾中亻乍业", "特种作业"),
        ("土荅吊证 钅呙炉证", "塔吊证锅炉证"),
        ("可木旦", "可查"),
        ("证作操业作种特", "特种作业操作证"),
        ("操\n作\n证", "操作证"),
        ("需要安\n全员证", "需要安全员证"),
        ("加 v x 123456a", "加微信 123456a"),
        ("W.e.i.x.i.n：zhang123", "微信:zhang123"),
        ("╬溦 lx88990", "加微信 lx88990"),
        ("Ｖィ訁12345678", "微信12345678"),
        ("电话１３８★００１３★８０００", "电话13800138000"),
        ("电话١٣٨٠٠١٣٨٠٠٠", "电话13800138000"),
        ("微信zk1 5 2 6 2", "微信zk15262"),
        ("🅥🅧：lx8899a", "微信:lx8899a"),
        ("幺三八洞洞幺三八勾勾拐", "13800138997"),
        # what is not a disguise
        ("焊工正按照图纸施工", "焊工正按照图纸施工"),
        ("电工正规培训", "电工正规培训"),
        ("操作\n证明材料", "操作\n证明材料"),
        ("安全园区建设", "安全园区建设"),
        ("煤、油、气、电", "煤、油、气、电"),
        ("间隔(秒)", "间隔(秒)"),
        ("2024-05-06 09:12", "2024-05-06 09:12"),
        ("2400×1080", "2400×1080"),
        ("第一、二、三、四、五、六、七", "第一、二、三、四、五、六、七"),
        ("电话13800138000，就这样", "电话13800138000,就这样"),
        ("加拿大的家", "加拿大的家"),
    ],
)
def test_disguise_is_undone(written: str, meant: str) -> None:
    assert fold(written).text == meant


def test_offsets_lead_back() -> None:
    text = "找我办 操/作/讠正，微【信】同号"
    folded = fold(text)
    start = folded.text.index("操作证")
    assert text[slice(*folded.span(start, start + 3))] == "操/作/讠正"
    start = folded.text.index("微信")
    assert text[slice(*folded.span(start, start + 2))] == "微【信】"


@given(st.from_regex(disguises._FEW_DIGITS, fullmatch=True))
def test_numbers_passed_over_early_are_ordinary(written: str) -> None:
    assert disguises._is_ordinary("", written, "".join(filter(str.isdigit, written)))


@given(anything)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@pytest.mark.parametrize("path", ORDINARY, ids=lambda path: path.stem)
def test_ordinary_prose_changes_in_width_case_script_and_blanks_only(path: Path) -> None:
    for line in path.read_text("utf-8").splitlines():
        assert "".join(fold(line).text.split()) == "".join(plain(line).split()) or _without_separators(line)


def _without_separators(line: str) -> bool:
    """Say whether folding took out nothing but signs between Chinese characters: 南·北."""
    left, folded = iter(plain(line)), fold(line).text
    return all(char in left for char in folded) and set(plain(line)) - set(folded) <= set(" ·•/-—–_|*~→…“”\"'")


@given(st.lists(anything, max_size=4).map("".join))
def test_looking_first_changes_nothing(text: str) -> None:
    for long in (text, text + "\n" + "国" * 700):  # long texts are looked at first, short ones are not
        first, slow = fold(long), fold_everything(long)
        assert first.text == slow.text
        assert first.offsets == slow.offsets


@given(st.lists(st.one_of(anything, st.just("a\n\uffff\nb")), max_size=6))
@settings(deadline=None)
def test_folding_together_changes_nothing(texts: list[str]) -> None:
    together, alone = fold_each(texts), [fold(text) for text in texts]
    assert together == alone
    assert [one.offsets for one in together] == [one.offsets for one in alone]
    assert [list(map(int, one.edges()[1])) for one in together] == [list(map(int, one.edges()[1])) for one in alone]


_NUMBERED = (
    *"0123456789〇一三八幺-—.:/, ()（）×~。微信号：qvx年\n", "(电)", "(溦号)", "电话", "qq", "联系", "2024-05-06", " 09:12", "1380", "0512-", "400-", "加微信"
)  # fmt: skip


@given(st.lists(st.sampled_from(_NUMBERED), max_size=30).map("".join))
def test_looking_first_misses_no_number(text: str) -> None:
    long = f"{text}\n{'国' * 700}"
    first, slow = fold(long), fold_everything(long)
    assert (first.text, first.offsets) == (slow.text, slow.offsets)


_PIECES = sorted(
    {word[at : at + size] for word in trade_words() for size in (1, 2, 3) for at in range(len(word) - size + 1)}
)


@given(st.lists(st.sampled_from([*_PIECES, *"正征政座坐作员园考靠查茶工公·，。"]), max_size=12).map("".join))
def test_looking_first_misses_nothing_that_sounds_alike(text: str) -> None:
    long = f"{text}\n{'国' * 700}"
    first, slow = fold(long), fold_everything(long)
    assert (first.text, first.offsets) == (slow.text, slow.offsets)


@given(
    # 企鹅联系 is a word of the trade and itself a disguise, of QQ联系.
    word=st.sampled_from(sorted(word for word in trade_words() if len(word) > 3 and fold(word).text == word)),
    gap=separators,
    before=st.sampled_from(["", "专业 ", "找我们，", "今天天气真好。"]),
)
def test_the_span_covers_what_is_written(word: str, gap: str, before: str) -> None:
    written = gap.join(word)
    folded = fold(f"{before}{written}！")
    at = folded.text.find(word)
    assert at >= 0
    start, end = folded.span(at, at + len(word))
    assert (before + written)[start:end].startswith(word[0])
    assert end >= len(before + written) - len(gap)


@given(anything)
def test_offsets_are_valid_and_never_fall(text: str) -> None:
    folded = fold(text)
    offsets = folded.offsets
    assert len(offsets) == len(folded.text)
    assert all(0 <= offset < len(text) for offset in offsets)
    assert list(offsets) == sorted(offsets)
    for place in range(len(folded.text)):
        start, end = folded.span(place, place + 1)
        assert 0 <= start < end <= len(text)


@settings(max_examples=300)
@given(st.text(st.characters(), max_size=60))
def test_any_text_folds(text: str) -> None:
    fold(text)


@pytest.mark.parametrize(
    "piece", ["-", "【证】", "1 ", "一,", "证，", "加v", "(证", "\u200b", "微 信", "丨", "言正", "★证"], ids=repr
)
def test_time_is_linear(piece: str) -> None:
    def seconds(count: int) -> float:
        text = piece * count
        began = time.process_time()
        fold(text)
        return time.process_time() - began

    seconds(100)
    assert seconds(400_000 // len(piece)) < 6


def test_digits_in_any_writing() -> None:
    assert [digit_of(char) for char in "7柒❼七证"] == ["7", "7", "7", "7", ""]


@given(anything, st.data())
def test_many_places_are_found_in_the_original_as_each_is(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    edges = data.draw(st.lists(st.tuples(*[st.integers(0, len(folded.text))] * 2)))
    places = [(min(one), max(one)) for one in edges if one[0] != one[1]]
    assert list(folded.spans(places)) == [folded.span(*place) for place in places]
