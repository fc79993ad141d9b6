"""Says from the first bytes what a file is, whatever its name says; no decoder has touched it yet."""

import re

__all__ = ["PictureRefused", "refuse_foreign"]

_PICTURES = (
    b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"BM", b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+", b"\x00\x00\x01\x00",
)  # fmt: skip
_FOREIGN = (
    (re.compile(rb"PK\x03\x04|PK\x05\x06"), "压缩包或办公文档（ZIP）"),
    (re.compile(rb"%PDF-"), "PDF 文档，请先另存为图片"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "旧版办公文档"),
    (re.compile(rb"Rar!|7z\xbc\xaf|\x1f\x8b|BZh|\xfd7zXZ"), "压缩文件"),
    (re.compile(rb"MZ|\x7fELF|\xca\xfe\xba\xbe"), "程序文件"),
    (re.compile(rb"8BPS"), "PSD 设计稿，请先另存为 JPG 或 PNG"),
    (re.compile(rb".{4}ftyp(?:hei|hev|mif1|msf1|heif)", re.DOTALL), "HEIC 照片，请先另存为 JPG"),
    (re.compile(rb".{4}ftyp(?!avif)", re.DOTALL), "视频文件，请截图后再试"),
    (re.compile(rb"\x1aE\xdf\xa3|FLV|RIFF.{4}AVI", re.DOTALL), "视频文件，请截图后再试"),
)
_MARKUP = (
    (re.compile(rb"<svg[\s>]", re.IGNORECASE), "SVG 矢量图（含脚本，不解析），请截图后再试"),
    (re.compile(rb"<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]|<script[\s>]", re.IGNORECASE), "网页（HTML）"),
    (re.compile(rb"^\s*(?:<\?xml|<!DOCTYPE)", re.IGNORECASE), "XML 文档"),
)
_AVIF = re.compile(rb".{4}ftypavi[fs]", re.DOTALL)
_WEBP = re.compile(rb"RIFF.{4}WEBP", re.DOTALL)
_HEAD = 4_096


class PictureRefused(ValueError):
    """The file is not read; the message is one Chinese clause that says why."""


def refuse_foreign(content: bytes) -> None:
    """Raise `PictureRefused` for what is empty or no picture; what is one passes without being decoded."""
    if not content:
        raise PictureRefused("文件是空的")
    head = content[:_HEAD]
    if head.startswith(_PICTURES) or _WEBP.match(head) or _AVIF.match(head):
        return
    for pattern, name in _FOREIGN:
        if pattern.match(head):
            raise PictureRefused(f"这不是可识别的图片，而是{name}")
    for pattern, name in _MARKUP:
        if pattern.search(head):
            raise PictureRefused(f"这不是可识别的图片，而是{name}")
    raise PictureRefused("这不是可识别的图片（支持 JPG、PNG、GIF、BMP、WebP、TIFF、AVIF）")
