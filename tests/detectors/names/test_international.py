from hypothesis import given
from hypothesis import strategies as st

from detectors.names.international import International
from keywords.hosts import canonical_host

LOOK = International(["应急管理部", "证书"])


def looked_at(lines: list[bytes]) -> tuple[list[bool], list[bytes]]:
    """Return of each line whether it is worth reading, and the line in Latin letters."""
    worth, latin = LOOK.read(b"\n".join(lines))
    return [at in worth for at in range(len(lines))], latin.split(b"\n")


def a_label(name: str) -> bytes:
    return canonical_host(name).encode()


def test_known_words_are_seen_in_either_script_and_letters_are_read() -> None:
    names = ["应急管理部.com", "мem-gov.com", "中文.cn", "證書.cn", "应x证书a.中国"]
    is_worth, latin = looked_at([a_label(name) for name in names])
    assert is_worth == [True, False, False, True, True]
    assert latin[1] == b"mem-gov.com"
    assert latin[4].startswith(b"-x--a.")


def test_what_cannot_be_decoded_is_worth_reading() -> None:
    is_worth, latin = looked_at([b"xn--0.com", b"a--b.com", b"xn--\xff\x00.com", b"", b"XN--EXTU8AH31BRFHGW1A.com"])
    assert is_worth == [True, False, True, False, True]
    assert latin[1] == b"a--b.com"


@given(st.lists(st.binary(max_size=40).map(lambda one: one.replace(b"\n", b"")), min_size=1, max_size=8))
def test_every_line_has_its_answer_whatever_it_holds(lines: list[bytes]) -> None:
    is_worth, latin = looked_at(lines)
    alone = [looked_at([line]) for line in lines]
    assert (is_worth, latin) == ([worth for (worth,), _ in alone], [line for _, (line,) in alone])


def test_of_a_long_list_only_names_with_a_word_are_worth_reading() -> None:
    names = [a_label(f"平安{'中' * (at % 9)}.com") for at in range(3000)] + [a_label("应急管理部.com")]
    is_worth, latin = looked_at(names)
    assert is_worth == [False] * 3000 + [True]
    assert len(latin) == len(names)
