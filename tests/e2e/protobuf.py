# SPDX-License-Identifier: AGPL-3.0-or-later
"""Protobuf by hand, as far as an emulator needs it: fields by number, no descriptions. Values keep the wire's own types, so that
a test can say things that no honest library would."""

import struct

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


class Malformed(Exception):
    pass


def varint(value):
    """Negative numbers take ten bytes, as int32 does."""
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def take_varint(data, at):
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise Malformed
        value |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not data[at - 1] & 0x80:
            return value & (1 << 64) - 1, at


class Fixed32(int):
    """A number that goes out in four bytes."""


def put(*fields):
    """(number, value) each: int, Fixed32, float (four bytes), bytes, str or bool; None is left out."""
    out = b""
    for number, value in fields:
        if value is None:
            continue
        if isinstance(value, Fixed32):
            out += varint(number << 3 | FIXED32) + struct.pack("<I", value)
        elif isinstance(value, float):
            out += varint(number << 3 | FIXED32) + struct.pack("<f", value)
        elif isinstance(value, int):
            out += varint(number << 3 | VARINT) + varint(value)
        else:
            value = value.encode() if isinstance(value, str) else bytes(value)
            out += varint(number << 3 | BYTES) + varint(len(value)) + value
    return out


def some(value):
    """As proto3 leaves out what is zero or empty."""
    return value if value else None


def fields(data):
    """[(number, wire type, value)] in order; raises Malformed."""
    found, at = [], 0
    while at < len(data):
        key, at = take_varint(data, at)
        kind = key & 7
        if kind == VARINT:
            value, at = take_varint(data, at)
        elif kind in (FIXED32, FIXED64):
            size = 4 if kind == FIXED32 else 8
            value, at = int.from_bytes(data[at:at + size], "little"), at + size
        elif kind == BYTES:
            size, at = take_varint(data, at)
            value, at = bytes(data[at:at + size]), at + size
        else:
            raise Malformed
        if at > len(data) or not key >> 3:
            raise Malformed
        found.append((key >> 3, kind, value))
    return found


def get(data):
    """{number: value}, the last of each, as messages without repeated fields are read. Raises Malformed."""
    return {number: value for number, _, value in fields(data)}
