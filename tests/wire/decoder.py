#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A second reader of the wire: proto/WIRE.md in Python, run over tests/data/wire. It shares no line with the C code.

    decoder.py [FOLDER]    judges each vector, and tells those whose verdict is another one

Needs Python 3.9 and, for Ed25519 and ChaCha20-Poly1305, Debian's python3-nacl.
"""

import hashlib
import json
import pathlib
import sys

try:
    import nacl.bindings
    import nacl.exceptions
except ModuleNotFoundError:
    sys.exit("python3-nacl is missing: 'tools/setup test' installs it.")

MASK32 = (1 << 32) - 1
MASK64 = (1 << 64) - 1


class Refused(Exception):
    """Bytes that break a rule of the page: the rule's name, and its class."""

    def __init__(self, rule, class_):
        super().__init__(rule)
        self.rule = rule
        self.class_ = class_


def malformed(rule):
    return Refused(rule, "malformed")


def bounds(rule):
    return Refused(rule, "bounds")


def little(data):
    return int.from_bytes(data, "little")


# Body: the types of the page, and what protobuf carries them in.

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
WIRE_OF = {
    "uint32": VARINT,
    "uint64": VARINT,
    "fixed32": FIXED32,
    "sfixed32": FIXED32,
    "fixed64": FIXED64,
    "string": BYTES,
    "bytes": BYTES,
    "packed": BYTES,
}
REQUIRED = True

PLACE = {1: ("lat", "sfixed32", REQUIRED), 2: ("lon", "sfixed32", REQUIRED), 3: ("digits", "uint32")}
HOURS = {1: ("from", "uint32"), 2: ("to", "uint32"), 3: ("days", "uint32")}
CARD = {
    1: ("key", "bytes", REQUIRED),
    2: ("sealing_key", "bytes", REQUIRED),
    3: ("name", "string", REQUIRED),
    4: ("languages", "string"),
    5: ("roles", "uint32"),
}
SITE = {
    1: ("name", "string"),
    2: ("place", PLACE),
    3: ("state", "uint32"),
    4: ("people", "uint32"),
    5: ("giving", HOURS),
    6: ("receiving", HOURS),
    7: ("takes", "uint32"),
    8: ("refuses", "uint32"),
    9: ("facilities", "uint32"),
    10: ("of_author", "fixed64"),
    11: ("of_number", "fixed32"),
    12: ("was", "bytes"),
    13: ("knew", "bytes"),
    14: ("round", "uint32"),
}
LINE = {
    1: ("kind", "uint32", REQUIRED),
    2: ("site_author", "fixed64"),
    3: ("site_number", "fixed32"),
    4: ("cell", PLACE),
    5: ("item", "uint32"),
    6: ("quantity", "uint64"),
    7: ("people", "uint32"),
    8: ("infants", "uint32"),
    9: ("elders", "uint32"),
    10: ("powered", "uint32"),
    11: ("within", "uint32"),
    12: ("created", "fixed32"),
    13: ("counted", "fixed32"),
    14: ("substitutes", "packed"),
    15: ("lot", "uint64"),
    16: ("reserve", "uint64"),
    17: ("reach", "uint32"),
    18: ("flags", "uint32"),
    19: ("ticket", "fixed64"),
    20: ("text", "string"),
    21: ("closed", "uint32"),
    22: ("of_author", "fixed64"),
    23: ("of_number", "fixed32"),
    24: ("was", "bytes"),
    25: ("knew", "bytes"),
    26: ("round", "uint32"),
    27: ("arrived", "uint64"),
    28: ("every", "uint32"),
    29: ("doors", "packed"),
    30: ("use_by", "uint32"),
    31: ("variant", "string"),
}
MOVE = {
    1: ("stage", "uint32", REQUIRED),
    2: ("of_author", "fixed64"),
    3: ("of_number", "fixed32"),
    4: ("from_author", "fixed64"),
    5: ("from_number", "fixed32"),
    6: ("after_author", "fixed64"),
    7: ("after_number", "fixed32"),
    8: ("quantity", "uint64"),
    9: ("at", "fixed32"),
    10: ("due", "fixed32"),
    11: ("text", "string"),
}
NOTE = {
    1: ("kind", "uint32", REQUIRED),
    2: ("severity", "uint32"),
    3: ("language", "string"),
    4: ("text", "string"),
    5: ("of_author", "fixed64"),
    6: ("of_number", "fixed32"),
    7: ("other_author", "fixed64"),
    8: ("other_number", "fixed32"),
    9: ("source", "string"),
    10: ("flags", "uint32"),
    11: ("until", "fixed32"),
}
TRUST = {
    1: ("kind", "uint32", REQUIRED),
    2: ("key", "bytes", REQUIRED),
    3: ("since", "fixed32"),
    4: ("site_author", "fixed64"),
    5: ("site_number", "fixed32"),
}
KINDS = {5: CARD, 6: SITE, 7: LINE, 8: MOVE, 9: NOTE, 10: TRUST}
BODY = {
    1: ("author", "fixed64", REQUIRED),
    2: ("time", "fixed32", REQUIRED),
    3: ("tick", "uint32"),
    4: ("number", "fixed32", REQUIRED),
    5: ("card", CARD),
    6: ("site", SITE),
    7: ("line", LINE),
    8: ("move", MOVE),
    9: ("note", NOTE),
    10: ("trust", TRUST),
    15: ("sealed", "bytes"),
}


class Reader:
    """Protobuf, from the front of some bytes."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def __bool__(self):
        return self.at < len(self.data)

    def take(self, size):
        if size > len(self.data) - self.at:
            raise malformed("cut-off")
        taken = self.data[self.at : self.at + size]
        self.at += size
        return taken

    def varint(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if value > MASK64:
                raise malformed("long-varint")
            if byte < 0x80:
                if byte == 0 and shift > 0:
                    raise malformed("long-varint")
                return value
            shift += 7

    def field(self):
        tag = self.varint()
        if tag > MASK32 or tag >> 3 == 0:
            raise malformed("field-number")
        number, wire = tag >> 3, tag & 7
        if wire == VARINT:
            return number, wire, self.varint()
        if wire == FIXED64:
            return number, wire, self.take(8)
        if wire == FIXED32:
            return number, wire, self.take(4)
        if wire == BYTES:
            return number, wire, self.take(self.varint())
        raise malformed("wire-type")


class Budget:
    """How many fields a body may still have."""

    def __init__(self):
        self.left = 64

    def spend(self):
        if self.left == 0:
            raise malformed("many-fields")
        self.left -= 1


def packed_list(data, budget):
    values = []
    reader = Reader(data)
    while reader:
        budget.spend()
        values.append(reader.varint())
        if values[-1] > MASK32:
            raise malformed("uint32")
    return values


def value_of(type_, wire, raw, budget):
    if isinstance(type_, dict):
        if wire != BYTES:
            raise malformed("field-type")
        return message(type_, raw, budget)
    if wire != WIRE_OF[type_]:
        raise malformed("field-type")
    if type_ == "uint32" and raw > MASK32:
        raise malformed("uint32")
    if type_ == "packed":
        return packed_list(raw, budget)
    if type_ == "sfixed32":
        return int.from_bytes(raw, "little", signed=True)
    if type_ in ("fixed32", "fixed64"):
        return little(raw)
    return raw


def message(schema, data, budget, unknown=None):
    """The fields of a message by their names; what is unknown goes by its number to `unknown`."""
    found, seen = {}, set()
    reader = Reader(data)
    while reader:
        budget.spend()
        number, wire, raw = reader.field()
        if number < 32 and number in seen:
            raise malformed("field-twice")
        seen.add(number)
        if number in schema:
            found[schema[number][0]] = value_of(schema[number][1], wire, raw, budget)
        elif unknown is not None:
            unknown.append(number)
    for number, field in schema.items():
        if len(field) == 3 and number not in seen:
            raise malformed("required")
    return found


def said_field(data, unknown):
    """The field that says something."""
    known = [number for number in KINDS if BODY[number][0] in data]
    early = known + [number for number in unknown if 11 <= number <= 14]
    late = [number for number in unknown if number >= 16]
    if len(early) > 1:
        raise malformed("two-kinds")
    if not early and not late:
        raise malformed("says-nothing")
    return early[0] if early else min(late)


# Values.


def check(holds, rule):
    if not holds:
        raise bounds(rule)


def text(said, name, size_max):
    data = said.get(name, b"")
    try:
        read = data.decode("utf-8")
    except UnicodeDecodeError:
        raise bounds("text-bytes") from None
    check(not any(ord(c) < 0x20 or 0x7F <= ord(c) <= 0x9F for c in read), "text-bytes")
    check(len(data) <= size_max, "text-size")
    return read


def number(said, name, largest):
    value = said.get(name, 0)
    check(value <= largest, "value")
    return value


def bits(said, name, count):
    return number(said, name, (1 << count) - 1)


def key(said, name):
    check(len(said[name]) == 32, "key-size")
    return said[name].hex()


def long(value):
    return "0x%016x" % value


def reference(said, name, own, out):
    """Puts both fields of a reference into `out`; True when there is one."""
    author, register = said.get(name + "_author"), said.get(name + "_number", 0)
    if register == 0:
        check(not author, "reference")
        return False
    out[name + "_author"] = long(own if author is None else author)
    out[name + "_number"] = register
    return True


def place(said, name):
    if name not in said:
        return None
    found = said[name]
    check(abs(found["lat"]) <= 90_000_000 and abs(found["lon"]) <= 180_000_000, "place")
    check("digits" not in found or found["digits"] in (4, 6, 8, 10), "place")
    return found


def hours(said, name):
    found = said.get(name, {})
    found = {part: found.get(part, 0) for part in ("from", "to", "days")}
    check(found["from"] <= 48 and found["to"] <= 48 and found["days"] <= 127, "hours")
    return found if found["from"] != found["to"] else None


# What a change may name, and what stands in such a field.
SITE_FIELDS = {number: [SITE[number][0]] for number in range(1, 10)}
LINE_FIELDS = {number: [LINE[number][0]] for number in (7, 8, 9, 10, 11, 14, 15, 16, 17, 18, 20, 21, 28, 30, 31)}
LINE_FIELDS[5] = ["item", "quantity", "counted", "arrived"]


def words_of(value):
    """A value of a field, as it is hashed."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, dict):
        parts = [value["lat"], value["lon"], value.get("digits", 15)] if "lat" in value else list(value.values())
    else:
        parts = value if isinstance(value, list) else [value]
    return b"".join((part % (1 << 32) if part < 0 else part).to_bytes(8, "little") for part in parts)


def field_hash(out, fields, number):
    """What a change names of an author's own words."""
    said = bytes([number]) + out["round"].to_bytes(4, "little")
    for name in fields[number]:
        value = out[name]
        if value is None:
            value = [0, 0, 0]
        elif name == "substitutes":
            value = (value + [0, 0])[:2]
        said += words_of(value)
    return little(siphash(b"aidmesh field 1\0", said, 8)[:2])


def amends(said, own, out, fields):
    """True in a change, whose other fields are judged here: those that it does not name say nothing."""
    has_of = reference(said, "of", own, out)
    was, knew = said.get("was", b""), said.get("knew", b"")
    check(len(was) % 3 == 0 and len(was) <= 3 * len(fields), "was")
    named = [(was[at], little(was[at + 1:at + 3])) for at in range(0, len(was), 3)]
    numbers = [number for number, _ in named]
    check(all(number in fields for number in numbers) and numbers == sorted(set(numbers)), "was")
    check(len(knew) % 2 == 0 and len(knew) <= 16, "knew")
    out["knew"] = [little(knew[at:at + 2]) for at in range(0, len(knew), 2)]
    out["round"] = said.get("round", 0)
    if not named:
        out["hashes"] = [field_hash(out, fields, number) for number in sorted(fields)]
        return False
    check(has_of, "change-of")
    check(out["round"] == 0, "round")
    for number in fields:
        check(number in numbers or not any(out[name] for name in fields[number]), "change")
    out["was"] = [list(pair) for pair in named]
    return True


QUANTITY_MAX = (1 << 35) - 1


def card(said, own):
    out = {
        "key": key(said, "key"),
        "sealing_key": key(said, "sealing_key"),
        "name": text(said, "name", 24),
        "languages": text(said, "languages", 11),
        "roles": bits(said, "roles", 14),
    }
    check(little(said["key"][:8]) == own, "card-author")
    check(out["name"] != "", "card-name")
    return out


def site(said, own):
    out = {
        "name": text(said, "name", 42),
        "place": place(said, "place"),
        "state": number(said, "state", 4),
        "people": number(said, "people", 2_000_000),
        "giving": hours(said, "giving"),
        "receiving": hours(said, "receiving"),
        "takes": bits(said, "takes", 16),
        "refuses": bits(said, "refuses", 16),
        "facilities": bits(said, "facilities", 7),
    }
    if not amends(said, own, out, SITE_FIELDS):
        check("of_number" not in out, "change-of")
    return out


NEED, OFFER, RESOURCE, ROUND = 0, 1, 2, 3


def line_belongs(said, kind):
    """What only some kinds of a line may say."""
    if kind != NEED:
        for name in ("people", "infants", "elders", "powered", "within", "ticket", "every"):
            check(said.get(name, 0) == 0, "need-only")
            # a need alone says how much had arrived
        check(said.get("arrived", 0) == 0, "need-only")
    if kind != RESOURCE:
        check(said.get("reserve", 0) == 0, "resource-only")
    if kind == NEED:
        check(said.get("reach", 0) == 0, "reach")
    check(kind in (OFFER, RESOURCE) or said.get("use_by", 0) == 0, "use-by")
    if kind == ROUND:
        for name in ("quantity", "counted", "substitutes", "lot", "reach", "variant"):
            check(not said.get(name), "round-says")
    else:
        check(not said.get("doors"), "round-only")


def line_doors(out):
    doors = out["doors"]
    check(len(doors) in (0, 3), "doors")
    if doors:
        check(16383 >= doors[0] >= doors[1] >= doors[2] and doors[0] > 0, "doors")


def line(said, own):
    out = {
        "kind": number(said, "kind", 3),
        "cell": place(said, "cell"),
        "item": number(said, "item", 9999),
        "quantity": number(said, "quantity", QUANTITY_MAX),
        "people": number(said, "people", 2_000_000),
        "infants": number(said, "infants", 16383),
        "elders": number(said, "elders", 16383),
        "powered": number(said, "powered", 16383),
        "within": said.get("within", 0),
        "created": said.get("created", 0),
        "counted": said.get("counted", 0),
        "arrived": number(said, "arrived", QUANTITY_MAX),
        "substitutes": said.get("substitutes", []),
        "lot": number(said, "lot", QUANTITY_MAX),
        "reserve": number(said, "reserve", QUANTITY_MAX),
        "reach": number(said, "reach", 1000),
        "flags": bits(said, "flags", 7),
        "text": text(said, "text", 64),
        "closed": number(said, "closed", 4),
        "every": number(said, "every", 720),
        "doors": said.get("doors", []),
        "use_by": number(said, "use_by", 65535),
        "variant": text(said, "variant", 16),
    }
    check(out["within"] in (0, 6, 24, 72, 168, 720), "value")
    check(len(out["substitutes"]) <= 2, "substitutes")
    check(all(1 <= code <= 9999 for code in out["substitutes"]), "substitutes")
    line_belongs(said, out["kind"])
    line_doors(out)
    ticket = said.get("ticket", 0)
    if ticket:
        out["ticket"] = long(ticket)
    at_site = reference(said, "site", own, out)
    if amends(said, own, out, LINE_FIELDS):
        check(not at_site and out["cell"] is None and out["created"] == 0 and ticket == 0, "line-change")
    else:
        check(out["item"] != 0 or out["text"] != "" or out["kind"] == ROUND, "line-item")
        check(not at_site or out["cell"] is None, "line-where")
        check("of_number" not in out or at_site, "line-carried")
        check(out["created"] != 0, "line-created")
    return out


def move(said, own):
    out = {
        "stage": number(said, "stage", 10),
        "quantity": number(said, "quantity", QUANTITY_MAX),
        "at": said.get("at", 0),
        "due": said.get("due", 0),
        "text": text(said, "text", 64),
    }
    for name in ("of", "from", "after"):
        reference(said, name, own, out)
    return out


ALERT, DUPLICATE, DENIAL = 1, 2, 7


def note(said, own):
    out = {
        "kind": number(said, "kind", 7),
        "severity": number(said, "severity", 4),
        "language": text(said, "language", 2),
        "source": text(said, "source", 24),
        "flags": bits(said, "flags", 7),
    }
    language = out["language"]
    check(language == "" or (len(language) == 2 and all("a" <= c <= "z" for c in language)), "note-language")
    has_of, has_other = reference(said, "of", own, out), reference(said, "other", own, out)
    check((has_of and has_other) if out["kind"] == DUPLICATE else not has_other, "note-other")
    out["text"] = text(said, "text", 112)
    out["until"] = said.get("until", 0)
    check(out["until"] == 0 or out["kind"] == ALERT, "note-until")
    check(has_of or out["kind"] != DENIAL, "note-of")
    return out


WITHDRAW, KEEPER_END = 1, 3


def trust(said, own):
    out = {"kind": number(said, "kind", 3), "key": key(said, "key"), "since": said.get("since", 0)}
    check(reference(said, "site", own, out) == (out["kind"] >= 2), "trust-site")
    check(out["since"] == 0 or out["kind"] in (WITHDRAW, KEEPER_END), "trust-since")
    return out


SAYERS = {5: card, 6: site, 7: line, 8: move, 9: note, 10: trust}


def without_empty(found, kept):
    return {name: value for name, value in found.items() if name in kept or value not in (0, "", None, [])}


def body_decode(data):
    """What a body says, under the names of the page."""
    if not 1 <= len(data) <= 140:
        raise Refused("entry-size", "size")
    unknown = []
    said = message(BODY, data, Budget(), unknown)
    field = said_field(said, unknown)
    check(said.get("tick", 0) < 1 << 26, "tick")
    renewed = said.get("tick", 0) >> 14
    check(field not in KINDS or (field == 5) == (said["number"] == 0), "number")
    check("sealed" not in said or 26 <= len(said["sealed"]) <= 64, "sealed")
    found = {
        "author": long(said["author"]),
        "time": said["time"],
        "tick": said.get("tick", 0) & 127,
        "era": said.get("tick", 0) >> 7 & 127,
        "renewed": renewed,
        "number": said["number"],
        "field": field,
        "sealed": said.get("sealed", b"").hex(),
    }
    if field >= 16:
        found["register"] = said["number"] ^ (field * 2654435761 & MASK32)
    if field in KINDS:
        out = SAYERS[field](said[BODY[field][0]], said["author"])
        check(not renewed or field not in (8, 9) and "was" not in out, "renewed")
        found["says"] = without_empty(out, ("kind", "stage"))
    return without_empty(found, ("author", "time", "number"))


# Entries.


def entry_split(entry):
    if not 65 <= len(entry) <= 204:
        raise Refused("entry-size", "size")
    return entry[:-64], entry[-64:]


def entry_id(entry, public):
    return hashlib.blake2b(public + entry[:-64], digest_size=32).digest()


def entry_verify(entry, public):
    body, signature = entry_split(entry)
    said = body_decode(body)
    if int(said["author"], 16) != little(public[:8]):
        raise Refused("hint", "hint")
    if said["field"] == 5 and said["says"]["key"] != public.hex():
        raise Refused("card-key", "hint")
    try:
        nacl.bindings.crypto_sign_open(signature + b"aidmesh entry 1\0" + public + body, public)
    except (nacl.exceptions.BadSignatureError, nacl.exceptions.CryptoError):
        raise Refused("signature", "signature") from None


# Frames.


class Message:
    """What follows a frame's head."""

    def __init__(self, data):
        self.rest = data

    def take(self, size):
        if size > len(self.rest):
            raise malformed("frame-size")
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken

    def number(self, size):
        return little(self.take(size))

    def v(self):
        value = 0
        for i in range(5):
            byte = self.number(1)
            value |= (byte & 0x7F) << 7 * i
            if byte < 0x80:
                if (byte == 0 and i > 0) or value > MASK32:
                    break
                return value
        raise malformed("frame-number")

    def series(self):
        series = self.number(1)
        if series == 0:
            raise malformed("series")
        return series

    def numbers(self, size):
        if len(self.rest) % size:
            raise malformed("whole-numbers")
        return [self.number(size) for _ in range(len(self.rest) // size)]

    def numbers_at_least_one(self):
        if not self.rest:
            raise malformed("carries-nothing")
        return self.numbers(4)

    def all(self):
        return self.take(len(self.rest))


def legal_entry(data):
    if not 65 <= len(data) <= 204:
        raise malformed("entry-in-frame")
    return data.hex()


def hello(m):
    half, date = m.take(4).hex(), m.number(4)
    found = {"half": half, "time": date & ~3, "quality": date & 3}
    if found["quality"] > 2:
        raise malformed("quality")
    is_set = found["quality"] == 2
    found["today"] = found["time"] // 86400 if is_set else 0
    found["last"] = (found["time"] + 86400) // 86400 if is_set else 65535
    return found


def left(m):
    return {"ahead": m.v(), "old": m.v(), "full": m.v(), "policy": m.v()}


def summary(m):
    return {"count": m.v(), "fingerprint": m.take(16).hex()}


def agree(m):
    return {"mark": m.take(4).hex()}


def probe(m):
    found = {"series": m.series(), "count": m.v(), "parity": m.take(24).hex()}
    found["syndromes"] = [m.number(4) for _ in range(4)]
    return found


def buckets(m, least):
    count = m.v()
    if not least <= count <= 16384:
        raise malformed("buckets")
    return count


def ask(m):
    found = {"series": m.series(), "what": m.number(1)}
    if found["what"] == 0:
        found.update({"buckets": buckets(m, 1), "from": m.number(1), "to": m.number(1)})
        if not found["from"] < found["to"] <= 64:
            raise malformed("ask-syndromes")
        if len(m.rest) not in (0, (found["buckets"] + 7) // 8):
            raise malformed("ask-bits")
        found["bits"] = m.all().hex()
    elif found["what"] == 1:
        found["level"] = m.number(1)
        if found["level"] > 12 or not 1 <= len(m.rest) <= 128:
            raise malformed("ask-parity")
        found["parity"] = m.all().hex()
    elif found["what"] == 3:
        if len(m.rest) % 4 or len(m.rest) > 64 * 4:
            raise malformed("ask-rest")
        found["elements"] = m.numbers(4)
    elif found["what"] != 2:
        raise malformed("ask-what")
    return found


def sketch(m):
    found = {"series": m.series(), "buckets": buckets(m, 1), "to": m.number(1), "first": m.v()}
    if not 1 <= found["to"] <= 64 or found["first"] >= found["buckets"]:
        raise malformed("sketch")
    found["syndromes"] = m.numbers_at_least_one()
    return found


def list_(m):
    return {"series": m.series(), "first": m.v(), "elements": m.numbers_at_least_one()}


def want(m):
    found = {"series": m.series(), "buckets": buckets(m, 0), "first": m.v()}
    if not m.rest:
        raise malformed("carries-nothing")
    found["bits"] = m.all().hex()
    return found


def entries(m):
    found = []
    while m.rest:
        size = m.number(1)
        if size > len(m.rest):
            raise malformed("entry-in-frame")
        found.append(legal_entry(m.take(size)))
    return {"entries": found}


def entry(m):
    return {"entry": legal_entry(m.all())}


def beacon(m):
    salt, flags, today = m.take(4).hex(), m.number(1), m.number(2)
    if flags >> 5:
        raise malformed("beacon-flags")
    last = m.number(2) if flags & 3 == 3 else today + (flags & 3)
    part = m.number(2) if flags & 4 else 1
    first = m.number(1) if flags & 8 else 0
    if last < today or last > 65535:
        raise malformed("days")
    if part == 0:
        raise malformed("beacon-part")
    if (flags & 3 == 3 and last - today < 3) or (flags & 4 and part == 1) or (flags & 8 and first == 0):
        raise malformed("beacon-spare")
    syndromes = m.numbers_at_least_one()
    if first + len(syndromes) > 64:
        raise malformed("beacon-syndromes")
    return {
        "salt": salt,
        "today": today,
        "last": last,
        "part": part,
        "from": first,
        "asks": bool(flags & 16),
        "syndromes": syndromes,
    }


def call(m):
    found = {"salt": m.take(2).hex()}
    what = m.number(1)
    if what in (0, 128) or what > 192:
        raise malformed("call-what")
    if what < 128:
        found["elements"] = [m.number(3) for _ in range(what)]
    else:
        found.update({"have": what - 128, "holds": m.v()})
    if m.rest:
        found["entry"] = legal_entry(m.all())
    return found


FRAMES = {
    1: ("hello", hello),
    2: ("summary", summary),
    3: ("agree", agree),
    4: ("probe", probe),
    5: ("ask", ask),
    6: ("sketch", sketch),
    7: ("list", list_),
    8: ("want", want),
    9: ("entries", entries),
    10: ("entry", entry),
    11: ("beacon", beacon),
    12: ("call", call),
    13: ("left", left),
}


def frame_decode(frame):
    if len(frame) < 2 or frame[0] != 0xAD or frame[1] not in FRAMES:
        raise Refused("frame-head", "foreign")
    name, read = FRAMES[frame[1]]
    m = Message(frame[2:])
    found = read(m)
    if m.rest:
        raise malformed("frame-size")
    return name, found


# Packed.

HIGHEST = {id(BODY): 15, id(CARD): 5, id(SITE): 14, id(LINE): 31, id(MOVE): 11, id(NOTE): 11, id(TRUST): 5}
HIGHEST.update({id(PLACE): 3, id(HOURS): 3})


def varint_encode(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


class Unpacker:
    def __init__(self, data):
        self.data = data
        self.at = 0
        self.base = None

    def left(self):
        return 8 * len(self.data) - self.at

    def bits(self, count):
        if count > self.left():
            raise malformed("packed-end")
        value = 0
        for i in range(count):
            value |= (self.data[self.at // 8] >> self.at % 8 & 1) << i
            self.at += 1
        return value

    def number(self, largest):
        value = shift = 0
        while True:
            group, more = self.bits(3), self.bits(1)
            value |= group << shift
            if value > largest:
                raise malformed("packed-number")
            if not more:
                if group == 0 and shift > 0:
                    raise malformed("packed-number")
                return value
            shift += 3
            if shift > 66:
                raise malformed("packed-number")

    def fixed32(self):
        if self.bits(1):
            n = self.number(MASK32)
            base = self.base or 0
            value = (base + n // 2 if n % 2 == 0 else base - (n + 1) // 2) & MASK32
        else:
            value = self.bits(32)
        if self.base is None:
            self.base = value
        return value

    def value(self, type_):
        if isinstance(type_, dict):
            inner = self.message(type_)
            return varint_encode(len(inner)) + inner
        if type_ == "uint32":
            return varint_encode(self.number(MASK32))
        if type_ == "uint64":
            unit = 1000 if self.bits(1) else 1
            return varint_encode(unit * self.number(MASK64 // unit))
        if type_ == "fixed32":
            return self.fixed32().to_bytes(4, "little")
        if type_ == "sfixed32":
            return self.bits(32).to_bytes(4, "little")
        if type_ == "fixed64":
            return self.bits(64).to_bytes(8, "little")
        size = self.number(140)
        width = 7 if type_ == "string" and self.bits(1) else 8
        return varint_encode(size) + bytes(self.bits(width) for _ in range(size))

    def message(self, schema):
        highest = self.bits(5)
        there = [n for n in range(1, highest) if self.bits(1)] + ([highest] if highest else [])
        out = b""
        for field in there:
            if field not in schema or field > HIGHEST[id(schema)]:
                raise malformed("packed-field")
            type_ = schema[field][1]
            wire = BYTES if isinstance(type_, dict) else WIRE_OF[type_]
            out += varint_encode(field << 3 | wire) + self.value(type_)
            if len(out) > 140:
                raise malformed("packed-size")
        return out


def entry_unpack(packed):
    if packed[0] & 7 != 7:
        return packed
    if len(packed) < 65:
        raise malformed("packed-end")
    unpacker = Unpacker(packed[:-64])
    unpacker.bits(3)
    body = unpacker.message(BODY)
    if unpacker.left() >= 8 or unpacker.bits(unpacker.left()) != 0:
        raise malformed("packed-end")
    if not 1 <= len(body) <= 140:
        raise malformed("packed-size")
    return body + packed[-64:]


# Sealed.


def seal_id(circle_key):
    return hashlib.blake2b(b"aidmesh circle 1\0", key=circle_key, digest_size=32).digest()[0]


def seal_open(sealed, keys):
    if len(sealed) < 27 or sealed[0] != 0xAE:
        raise Refused("seal-head", "dropped")
    keys = [k for k in keys if seal_id(k) == sealed[1]]
    for circle_key in keys:
        try:
            said = nacl.bindings.crypto_aead_chacha20poly1305_decrypt(
                sealed[10:], sealed[:2], sealed[2:10], circle_key
            )
            return b"\xad" + said
        except nacl.exceptions.CryptoError:
            pass
    raise Refused("seal-tag" if keys else "seal-key", "dropped")


# What is compared.


def siphash(salt, data, size):
    """SipHash-2-4 of 8 or 16 bytes (Aumasson and Bernstein 2012)."""

    def rotate(value, by):
        return (value << by | value >> (64 - by)) & MASK64

    k0, k1 = little(salt[:8]), little(salt[8:])
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]

    def rounds(count):
        for _ in range(count):
            v[0] = (v[0] + v[1]) & MASK64
            v[1] = rotate(v[1], 13) ^ v[0]
            v[0] = rotate(v[0], 32)
            v[2] = (v[2] + v[3]) & MASK64
            v[3] = rotate(v[3], 16) ^ v[2]
            v[0] = (v[0] + v[3]) & MASK64
            v[3] = rotate(v[3], 21) ^ v[0]
            v[2] = (v[2] + v[1]) & MASK64
            v[1] = rotate(v[1], 17) ^ v[2]
            v[2] = rotate(v[2], 32)

    if size == 16:
        v[1] ^= 0xEE
    whole = data + bytes(-(len(data) + 1) % 8) + bytes([len(data) % 256])
    for at in range(0, len(whole), 8):
        word = little(whole[at : at + 8])
        v[3] ^= word
        rounds(2)
        v[0] ^= word
    v[2] ^= 0xEE if size == 16 else 0xFF
    rounds(4)
    out = (v[0] ^ v[1] ^ v[2] ^ v[3]).to_bytes(8, "little")
    if size == 16:
        v[1] ^= 0xDD
        rounds(4)
        out += (v[0] ^ v[1] ^ v[2] ^ v[3]).to_bytes(8, "little")
    return out


def fingerprint(salt, ids):
    total = sum(little(siphash(salt, id_, 16)) for id_ in ids) % (1 << 128)
    return total.to_bytes(16, "little")


def element(salt, id_):
    return little(siphash(salt, id_, 8)[:4]) or 1


def gf_multiply(a, b):
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a >> 32:
            a ^= 1 << 32 | 1 << 7 | 1 << 3 | 1 << 2 | 1
        b >>= 1
    return product


def syndromes(elements, count):
    sums = [0] * count
    for e in elements:
        square, power = gf_multiply(e, e), e
        for i in range(count):
            sums[i] ^= power
            power = gf_multiply(power, square)
    return sums


def parity_probe(elements):
    out = b""
    for zeros, cells in ((0, 128), (3, 16), (6, 16), (9, 16), (12, 16)):
        flags = 0
        for e in elements:
            if (e >> 16) % (1 << zeros) == 0:
                flags ^= 1 << (e % 65536) * cells // 65536
        out += flags.to_bytes(cells // 8, "little")
    return out


# Bundles.


def bundle_decode(bundle):
    """The head, and what can be read of the entries."""
    if len(bundle) < 28 or bundle[:8] != b"AIDMESH\x01":
        raise Refused("bundle-head", "foreign")
    count, mark, rest = little(bundle[8:12]), bundle[12:28], bundle[28:]
    found = []
    while len(found) < count and rest and 65 <= rest[0] <= 204 and rest[0] < len(rest):
        found.append(rest[1 : 1 + rest[0]])
        rest = rest[1 + rest[0] :]
    return count, mark, found


def ids_of(found):
    """Of those entries whose author's card is among them."""
    keys = {}
    for data in found:
        said = body_decode(data[:-64])
        if said["field"] == 5:
            keys[said["author"]] = bytes.fromhex(said["says"]["key"])
    authors = [body_decode(data[:-64])["author"] for data in found]
    return [entry_id(data, keys[a]) for data, a in zip(found, authors) if a in keys]


# Vectors: from a row what its verdict must be.


def judge_body(row):
    return {"is": "ok", "decoded": body_decode(bytes.fromhex(row["body"]))}


def judge_entry(row):
    data, public = bytes.fromhex(row["entry"]), bytes.fromhex(row["key"])
    entry_verify(data, public)
    return {"is": "ok", "id": entry_id(data, public).hex()}


def judge_frame(row):
    name, found = frame_decode(bytes.fromhex(row["frame"]))
    return {"is": "ok", "kind": name, "decoded": found}


def judge_packed(row):
    return {"is": "ok", "entry": entry_unpack(bytes.fromhex(row["packed"])).hex()}


def judge_sealed(row):
    keys = [bytes.fromhex(k) for k in row["keys"]]
    return {"is": "ok", "frame": seal_open(bytes.fromhex(row["sealed"]), keys).hex()}


def judge_bundle(row):
    count, mark, found = bundle_decode(bytes.fromhex(row["bundle"]))
    is_complete = len(found) == count
    return {
        "is": "ok" if is_complete else "ends",
        "count": count,
        "fingerprint": mark.hex(),
        "whole": is_complete and fingerprint(bytes(16), ids_of(found)) == mark,
        "entries": [data.hex() for data in found],
    }


def judge_set(row):
    if "beacon" in row:
        salt = bytes.fromhex(row["beacon"]) + bytes(11) + b"\x01"
    else:
        salt = bytes.fromhex(row["dialler"] + row["listener"]) + bytes([row["series"]]) + bytes(7)
    ids = [bytes.fromhex(id_) for id_ in row["ids"]]
    elements = [element(salt, id_) for id_ in ids]
    return {
        "is": "ok",
        "salt": salt.hex(),
        "fingerprint": fingerprint(salt, ids).hex(),
        "elements": elements,
        "of_5_buckets": [e * 5 >> 32 for e in elements],
        "syndromes": syndromes(elements, 8),
        "parity": parity_probe(elements).hex(),
    }


FILES = {
    "bodies": (judge_body, ("body",)),
    "entries": (judge_entry, ("key", "entry")),
    "frames": (judge_frame, ("frame",)),
    "packed": (judge_packed, ("packed",)),
    "sealed": (judge_sealed, ("keys", "sealed")),
    "bundles": (judge_bundle, ("bundle",)),
    "sets": (judge_set, ("dialler", "listener", "series", "beacon", "ids")),
}


def verdict_of(judge, row):
    try:
        return judge(row)
    except Refused as refused:
        return {"is": refused.class_}


def run(path, judge, given):
    """How many rows there are, and how many were judged otherwise."""
    count = wrong = 0
    for count, row_text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        row = json.loads(row_text)
        expected = {name: value for name, value in row.items() if name not in given + ("name", "rule")}
        found = verdict_of(judge, row)
        if found != expected:
            wrong += 1
            print(f"{path.name}:{count} {row['name']}: {json.dumps(found)} instead of {json.dumps(expected)}")
    return count, wrong


def main():
    here = pathlib.Path(__file__).resolve().parent
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here.parent / "data" / "wire"
    total = wrong = 0
    for name, (judge, given) in FILES.items():
        rows, bad = run(folder / f"{name}.jsonl", judge, given)
        if rows == 0:
            print(f"{name}.jsonl is empty")
            bad += 1
        total += rows
        wrong += bad
    print(f"{total} vectors, {wrong} judged otherwise")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
