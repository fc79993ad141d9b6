"""A pseudonym tells nothing by itself; the vault opens it again, unless key or content changed."""

import pytest

from pipelines.errors import InputUnreadable
from pipelines.secrets import seller_pseudonym
from pipelines.seller_vault import SellerVault


def test_a_kept_seller_can_be_opened_again_and_only_here(tmp_path):
    vault = SellerVault(tmp_path / "a")
    token = vault.keep("xianyu:9988")
    assert vault.keep(" xianyu:9988 ") == token
    assert SellerVault(tmp_path / "a").open(token) == "xianyu:9988"
    assert SellerVault(tmp_path / "b").open(token) == ""


def test_pseudonyms_are_those_listings_always_had(tmp_path):
    assert SellerVault(tmp_path).keep("某某") == seller_pseudonym(tmp_path)("某某")


def test_nothing_readable_lies_on_the_disk(tmp_path):
    SellerVault(tmp_path).keep("张三丰13800000000")
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert b"13800000000" not in path.read_bytes()
            assert "张三丰".encode() not in path.read_bytes()


def test_what_was_changed_is_not_believed(tmp_path):
    vault = SellerVault(tmp_path)
    first, second = vault.keep("甲"), vault.keep("乙")
    place = {token: tmp_path / "sellers" / token[:2] / token for token in (first, second)}
    place[first].write_bytes(place[second].read_bytes())
    with pytest.raises(InputUnreadable):
        vault.open(first)
    place[first].write_bytes(b"")
    with pytest.raises(InputUnreadable):
        vault.open(first)


@pytest.mark.parametrize("token", ["", "../../secret.key", "0" * 15, "g" * 16, "0" * 16])
def test_what_is_no_kept_pseudonym_opens_nothing(tmp_path, token):
    assert SellerVault(tmp_path).open(token) == ""
