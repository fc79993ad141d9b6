from hypothesis import given
from hypothesis import strategies as st

from detectors.names.international import International
from keywords.hosts import canonical_host

LOOK = International(["应急管理部", "证书"])


def a_label(name: str) -> bytes:
    return canonical_host(name).encode()


def test_known_words_are_seen_in_either_script_and_letters_are_read() -> None:
    names = ["应急管理部.com", "мem-gov.com", "中文.cn", "證書.cn", "应x证书a.中国"]
    is_worth, latin = LOOK.read([a_label(name) for name in names])
    assert is_worth == [True, False, False, True, True]
    assert latin[1] == b"mem-gov.com"
    assert latin[4].startswith(b"-x--a.")


def test_what_cannot_be_decoded_is_worth_reading() -> None:
    is_worth, latin = LOOK.read([b"xn--0.com", b"a--b.com", b"xn--\xff\x00.com", b"", b"XN--EXTU8AH31BRFHGW1A.com"])
    assert is_worth == [True, False, True, False, True]
    assert latin[1] == b"a--b.com"


@given(st.lists(st.binary(max_size=40).map(lambda one: one.replace(b"\n", b"")), min_size=1, max_size=8))
def test_every_line_has_its_answer_whatever_it_holds(lines: list[bytes]) -> None:
    is_worth, latin = LOOK.read(lines)
    alone = [LOOK.read([line]) for line in lines]
    assert (is_worth, latin) == ([worth for (worth,), _ in alone], [line for _, (line,) in alone])
