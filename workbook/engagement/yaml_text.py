"""The text of a YAML file and the scalars in it: UTF-8 without invisible characters, words by YAML 1.2 core.

Words are resolved by the core schema of YAML 1.2.2 (section 10.3), so NO stays text, and so do yes, 12:30 and
2026-05-31.
"""

from __future__ import annotations

import math
import re

from workbook.engagement.faults import Fault, FaultsError, refused

MAX_BYTES = 5_000_000
MAX_FAULTS = 100
MOVE = "move tables to a file below data/ and name that file here"

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_FLAG = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")

# U+0085, U+2028 and U+2029 end a line in YAML 1.1 and are text in YAML 1.2: readers disagree on where a line ends.
# U+202A to U+202E show a text in another order than it is written; right-to-left scripts do without them.
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\ufeff\ufffe\uffff]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\ufffe\uffff\ud800-\udfff]")

_SAVE_AS = 'open the file in an editor and save it with the encoding "UTF-8"'


def decode(raw: bytes, file: str) -> str:
    """Return UTF-8 bytes as text without a byte order mark.

    Raises FaultsError for too many bytes, another encoding, or characters that no text file should hold.
    """
    if len(raw) > MAX_BYTES:
        raise refused(file, f"more than {MAX_BYTES:,} bytes", "at most 5 MB of text", MOVE)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _encoding_error(raw, file, error) from None
    faults = [_character_fault(file, text, match) for match in _INVISIBLE.finditer(text)]
    if faults:
        raise FaultsError(faults[:MAX_FAULTS])
    return text


def _encoding_error(raw: bytes, file: str, error: UnicodeDecodeError) -> FaultsError:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return refused(file, "text encoded as UTF-16", "UTF-8", _SAVE_AS, line=1)
    line = raw.count(b"\n", 0, error.start) + 1
    read_as = raw[error.start : error.start + 1].decode("cp1252", "replace")
    found = f"a byte 0x{raw[error.start]:02x} that is not UTF-8 (windows-1252 would read it as {read_as})"
    return refused(file, found, "UTF-8", _SAVE_AS, line=line)


def _character_fault(file: str, text: str, match: re.Match[str]) -> Fault:
    line = text.count("\n", 0, match.start()) + 1
    found = f"an invisible character U+{ord(match[0]):04X}"
    return Fault(file, line, "", found, "printable text", "delete it, or type a space in its place")


def unprintable(text: str) -> str | None:
    """Return the first character of a value that no value should hold, by its code, or None."""
    match = _UNPRINTABLE.search(text)
    return f"U+{ord(match[0]):04X}" if match else None


def resolve(text: str) -> bool | int | float | str | None:
    """Return the value of an unquoted scalar by the core schema of YAML 1.2.

    Raises ValueError(allowed, remedy) for a number that is not finite, and for one with leading zeros, which YAML 1.1
    reads as octal.
    """
    if text in _NULL:
        return None
    if text in _FLAG:
        return _FLAG[text]
    if text[0] not in "+-.0123456789":
        return text
    if _LEADING_ZERO.fullmatch(text):
        remedy = f'write {text.lstrip("+-0") or 0}, or "{text}" if it is a name'
        raise ValueError("a number without leading zeros", remedy)
    if _NOT_FINITE.fullmatch(text):
        raise ValueError("a finite number", "write the number, or leave the key out while it is not known")
    if _FLOAT.fullmatch(text):
        return _number(text)
    return int(text, 0) if _BASED.fullmatch(text) and len(text) < 200 else text


def _number(text: str) -> int | float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number below 1e308", "write a smaller number")
    return int(text) if _INTEGER.fullmatch(text) else number
