"""Nouns to JSON and back. A key that Python reserves (`for`) is written under its contract name."""

from typing import Any, TypeVar

import msgspec

from cloneward.errors import InputError
from cloneward.model.case import Verdict

Noun = TypeVar("Noun")


def encode_verdict(verdict: Verdict) -> bytes:
    """Give one line of JSON, UTF-8, without a newline: the record of `check --json`.

    `why_not` is left out unless it was asked for, and of a match `fields` but of records and `frames` but of videos;
    an unknown value is null.
    """
    record: dict[str, Any] = msgspec.to_builtins(verdict)
    for reason in record["reasons"]:
        reason["for"] = reason.pop("pro")
    for match in record["matches"]:
        for span in match["spans"]:
            del span["group"]
        for name, kind in (("fields", "record"), ("frames", "video")):
            if match["kind"] != kind:
                del match[name]
    if verdict.why_not is None:
        del record["why_not"]
    return msgspec.json.encode(record)


def encode(noun: object) -> bytes:
    """Give one line of JSON, UTF-8, without a newline."""
    return msgspec.json.encode(noun)


def decode(line: bytes, kind: type[Noun]) -> Noun:
    """Read one noun.

    Raises:
        InputError: not JSON, or not a record of that kind.
    """
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"not a {kind.__name__}: {error}", hint="docs/reference lists the fields") from error
