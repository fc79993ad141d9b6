"""Markup that breaks readers: each entry is what a hostile or broken server could send, made at its full size."""

from collections.abc import Callable

__all__ = ["BROKEN"]

_M = 1_000_000

BROKEN: dict[str, Callable[[], bytes]] = {
    "ten_megabytes_of_one_tag": lambda: b"<div>" * (2 * _M),
    "ten_megabytes_of_one_attribute": lambda: b"<input placeholder='" + "证".encode() * (3 * _M) + b"'>",
    "deep_nesting_of_formatting": lambda: b"<b><i><font color=red>" * 60_000 + "查询".encode(),
    "deep_tables": lambda: b"<table><tr><td>" * 60_000,
    "nested_forms": lambda: "<form><input placeholder=证件号码><button>查询".encode() * 30_000,
    "attribute_flood": lambda: b"<input " + b" ".join(b"a%d=x" % n for n in range(300_000)) + b">",
    "attribute_flood_many_tags": lambda: (b"<a " + b"x=1 " * 200 + b">") * 3_000,
    "unclosed_attribute": lambda: b'<a href="' + b"x" * _M,
    "unclosed_tags": lambda: b"<" * _M,
    "half_tags": lambda: b"<a<a<a" * 300_000,
    "unclosed_scripts": lambda: b"<script>" * 200_000,
    "scripts_of_open_strings": lambda: b"<script>" + b"document.write('<\\u8bc1" * 60_000,
    "scripts_of_quotes": lambda: b"<script>document.write(" + b"\"'`" * 300_000,
    "scripts_of_backslashes": lambda: b'<script>innerHTML="' + b"\\" * _M,
    "script_that_draws_much": lambda: b"<script>" + "document.write('<input placeholder=证件号码>');".encode() * 40_000,
    "base64_under_atob": lambda: b'<script>document.write(atob("' + b"QUJD" * 300_000 + b'"))</script>',
    "comments_open": lambda: b"<!--" * 300_000,
    "comments_saved_from": lambda: b"<!-- saved from url=(0001)" * 100_000,
    "frames": lambda: b"<frame src=" * 200_000,
    "links_of_icons": lambda: b"<link rel=icon href=data:image/" * 50_000,
    "entities": lambda: b"&#x8bc1;" * 500_000,
    "endless_entity": lambda: b"&" + b"a" * _M + b";",
    "nuls": lambda: b"\0" * _M + "<title>应急管理部</title>".encode(),
    "nuls_between": lambda: b"\0".join(
        bytes([byte]) for byte in b"<form><input name=idcard><button>q</button></form>" * 4_000
    ),
    "all_bytes": lambda: bytes(range(256)) * 8_000,
    "broken_utf8": lambda: "特种作业".encode()[:-1] * 100_000,
    "wrong_charset": lambda: b"<meta charset=utf-16>" + "特种作业操作证查询".encode("gbk") * 20_000,
    "hz_escape": lambda: b"<meta charset=hz-gb-2312>" + b"~{" * 200_000,
    "utf7": lambda: b"<meta charset=utf-7>+ADw-script+AD4-" * 10_000,
    "title_of_generic_words": lambda: b"<title>" + "操作证安全生产信息".encode() * 20_000 + b"X</title>",
    "headings_of_generic_words": lambda: ("<h1>" + "操作证" * 19 + "厶</h1>").encode() * 5_000,
    "titles": lambda: "<title>中华人民共和国".encode() * 50_000,
    "region_words": lambda: ("<h1>" + "某" * 58 + "省</h1>").encode() * 2_000,
    "one_line_of_queries": lambda: "证书查询真伪查询".encode() * 100_000,
    "holders": lambda: "姓名：张三 证书编号：T110101199001011234 有效期：2024-01-01 ".encode() * 20_000,
    "metas": lambda: b"<meta name=sitedomain content=x>" * 100_000,
    "footers": lambda: "<div class=footer>版权所有：应急管理部".encode() * 50_000,
    "footer_lines": lambda: ("版权所有" * 40 + "\n").encode() * 20_000,
    "images": lambda: "<img src=/guohui.png alt=国徽>".encode() * 60_000,
    "classes": lambda: b"<p class=a" * 100_000,
    "traditional": lambda: "證應國華詢碼請輸驗業".encode() * 60_000,
    "surrogates": lambda: "<title>应急管理部".encode() + b"\xed\xa0\xbd" * 10_000,
    "base_changes": lambda: b"<base href='http://[::1]/'><base href=//><a href=//[>x</a>" * 20_000,
    "bidi_and_invisible": lambda: "应\u202e急\u200b管\u2060理\ufeff部".encode() * 50_000,
    "svg_and_math": lambda: b"<svg><math><mtext><table>" * 40_000,
    "templates": lambda: b"<template><select><option>" * 60_000,
    "plaintext": lambda: b"<plaintext>" * 100_000,
    "empty": lambda: b"",
    "picture_as_html": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 2_000,
    "gzip_as_html": lambda: b"\x1f\x8b\x08\x00" + bytes(range(255, -1, -1)) * 2_000,
}
