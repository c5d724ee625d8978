"""A file's bytes made a table of cells, whatever program wrote it; what is no list is refused in one sentence."""

from __future__ import annotations

from bot.importing.columns import Vocabulary
from bot.importing.problems import Unreadable
from bot.importing.separated import read_separated
from bot.importing.spreadsheet import read_spreadsheet
from bot.importing.table import LARGEST_FILE, Table
from locales.text import Text, t

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")
_ARCHIVES = (b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ")


def read(data: bytes, file: str, vocabulary: Vocabulary) -> Table:
    """Return the list that a file holds, by its content: a wrong ending does no harm.

    Raises Unreadable with one sentence that names the file, what is wrong and what to do.
    """
    if refused := _refusal(data, file):
        raise Unreadable(refused)
    if data.startswith(_ZIP):
        return read_spreadsheet(data, file, vocabulary)
    return read_separated(data, file, vocabulary)


def _refusal(data: bytes, file: str) -> Text | None:
    if len(data) > LARGEST_FILE:
        return t(
            "{file} is larger than {mb} MB. Split the list, or delete pictures from it, then import again.",
            file=file,
            mb=LARGEST_FILE // 1_000_000,
        )
    if not data.strip(b"\0\t\r\n \xef\xbb\xbf\xff\xfe"):
        return t("{file} is empty. Export the list again.", file=file)
    if data.startswith(b"%PDF"):
        return t("{file} is a PDF. Export the list as .xlsx or .csv instead.", file=file)
    if data.startswith(_PICTURES[:3]) or _is_picture(data):
        return t("{file} is a picture. Export the list as .xlsx or .csv instead.", file=file)
    if data.startswith(_OLE):
        return _old_office(data, file)
    if data.startswith(_ARCHIVES):
        return t("{file} is a packed archive. Unpack it and import the list that is in it.", file=file)
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<", b"{\\rtf")):
        return t(
            "{file} is a web page or a text document, whatever its name says."
            " Open it in Excel or WPS, save it as .xlsx and import that.",
            file=file,
        )
    return None


def _is_picture(data: bytes) -> bool:
    """Tell whether bytes that could begin a text are a picture after all: by their marks and zero bytes."""
    is_marked = data.startswith(_PICTURES) or data[:4] == b"RIFF" or data[4:8] == b"ftyp"
    return is_marked and b"\0" in data[:64]


def _old_office(data: bytes, file: str) -> Text:
    # What Office encrypts has the same wrapping as the old format, and this stream's name in its directory.
    if _ENCRYPTED in data:
        return t(
            "{file} is protected with a password. Open it, save it without password and import that.",
            file=file,
        )
    return t(
        "{file} is in the old .xls format. Open it in Excel or WPS, save it as .xlsx and import that.",
        file=file,
    )
