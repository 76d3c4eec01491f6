#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the seeds that fuzzing starts from: make_corpus.py FOLDER makes FOLDER/TARGET/*.

What other implementations read (proto/WIRE.md) and what people import (tests/data) is taken from there; contacts are
played as tests/fuzz/contact.h says.
"""
import pathlib
import re
import struct
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def wire_examples():
    """The bytes of each example block of WIRE.md, by name."""
    text = (ROOT / "proto" / "WIRE.md").read_text(encoding="utf-8")
    examples = {}
    for name, body in re.findall(r"^```hex (.+?)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        digits = "".join(line.split("#")[0] for line in body.splitlines())
        examples[name] = bytes.fromhex(digits)
    return examples


def entries(examples):
    return {name: data for name, data in examples.items() if 65 <= len(data) <= 204 and data[:1] == b"\x09"}


def frames(examples):
    found = {name: data for name, data in examples.items() if data[:1] == b"\xad"}
    found["entry"] = b"\xad\x0a" + examples["note"]
    found["packed"] = b"\xad\x0a" + examples["packed"]
    found["call with entry"] = found["call"] + examples["need"]
    found["ask size"] = b"\xad\x05\x01\x01\x02" + bytes(range(16))
    found["ask list"] = b"\xad\x05\x01\x02"
    found["ask rest"] = b"\xad\x05\x01\x03" + bytes(range(12))
    found["ask some"] = b"\xad\x05\x07\x00\x14\x04\x09\xff\xff\x0f"
    found["want listed"] = b"\xad\x08\x01\x00\x05\xa5\x5a"
    return found


def bundles(examples):
    whole = b"".join(bytes([len(e)]) + e for e in entries(examples).values())
    head = b"AIDMESH\x01" + struct.pack("<I", len(entries(examples))) + bytes(16)
    return {"whole": head + whole, "short": head + whole[:300], "empty": head}


def contacts():
    """Setup, then steps. 14 is to and fro, 15 waits for the deadline, 8 and 9 let time pass."""
    again = bytes([14, 15]) * 6
    found = {}
    for mode in range(4):
        for name, sets in {
            "equal": (0, 60, 0, 60),
            "few": (0, 60, 3, 63),
            "some": (0, 100, 30, 100),
            "some here": (30, 100, 0, 100),
            "many": (0, 100, 40, 160),
            "all": (0, 80, 80, 160),
            "a few of many": (0, 3, 0, 140),
            "nothing here": (0, 0, 0, 120),
            "nothing there": (0, 120, 0, 0),
        }.items():
            setup = bytes([mode, *sets])
            found[f"{name} {mode}"] = setup + again
            found[f"{name} changed {mode}"] = setup + bytes([14, 1]) + b"\x05\x00\x01" + again
            found[f"{name} written {mode}"] = setup + again[:4] + bytes([10, 170, 0, 11, 180, 0, 7 + 240]) + again
            found[f"{name} restart {mode}"] = setup + again[:4] + bytes([13]) + again + bytes([12, 3]) + again
    return found


def airs():
    """As on a link, with the waits of a radio: until one has something to say, then both may."""
    found = {}
    for name, steps in contacts().items():
        wait = bytes([15, 5, 0, 7 + 240])
        found[name] = steps[:5] + wait * 40 + steps[5:] + wait * 60
    return found


def made_up(examples):
    """Frames of the input's own between the steps."""
    found = {}
    for mode in range(4):
        steps = bytes([mode, 0, 60, 20, 80]) + bytes([14])
        for frame in frames(examples).values():
            if len(frame) <= 250:
                steps += bytes([3, frame[1], len(frame) - 2]) + frame[2:] + bytes([7 + 240, 5])
        found[f"made up {mode}"] = steps + bytes([14, 15, 14])
    return found


def tables():
    florence = (ROOT / "tests" / "data" / "sites-florence-2018.csv").read_bytes()
    return {
        "sites": b"\x00" + b"\n".join(florence.splitlines()[:12]),
        "guess": b"\x04name,lat,lon,status,people\nElm,35.1,-77.04,open,40\nOak;35.2;-77.1;full;7\n",
        "needs": b"\x01item;quantity;unit;site;within;people\r\nwater;120,5;L;Elm;2 days;40\r\n\"tarp\";3;;Oak;urgent;\r\n",
        "stock": b"\x03\xef\xbb\xbfitem\tquantity\treserve\tlot\nrice\t1.000\t10\t5\n",
        "offers": b"\x02item|quantity|reach\nblankets|40|12\n",
        "latin": b"\x00name,lat,lon\nP\xe3o,1,2\n\"a\n\"\"b\"\"\",3,4\n",
    }


def hxl_tables():
    folder = ROOT / "tests" / "data" / "hxl"
    kinds = {"shelters": b"\x00", "besoins": b"\x01", "warehouse": b"\x03"}
    found = {f"hxl {name}": kind + (folder / f"{name}.csv").read_bytes() for name, kind in kinds.items()}
    found["hxl cells"] = (b"\x01Title\n#meta+id,#item+code,#need+num,#loc+code,#status,#meta+flags,#need+within\n"
                          b"0011223344556677:0000000a,101,1.5,8773XX44+,open,drill,24\n,201,'=1,87738X00+,met,,3d\n")
    return found


def alerts():
    head = ("<identifier>A1</identifier><sender>nws@noaa.gov</sender><sent>2026-09-14T06:30:00-04:00</sent>"
            "<status>Actual</status><msgType>Alert</msgType><scope>Public</scope>")
    info = ("<info><language>en-US</language><category>Met</category><event>Flood</event><urgency>Immediate</urgency>"
            "<severity>Severe</severity><certainty>Likely</certainty><expires>2099-01-01T00:00:00-00:00</expires>"
            "<senderName>NWS Newport</senderName><headline>R\u00edo &amp; r\u00edo</headline></info>")
    whole = f'<?xml version="1.0"?><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">{head}{info}</alert>'
    references = "<references>a@b,1,2026-09-13T00:00:00-00:00 c@d,2,2026-09-13T00:00:00-00:00</references>"
    found = {
        "whole": whole,
        "prefixed": whole.replace("<", "<c:").replace("<c:/", "</c:").replace("<c:?", "<?").replace("xmlns=", "xmlns:c="),
        "update": whole.replace("Alert<", "Update<").replace("</scope>", f"</scope>{references}"),
        "cancel": whole.replace("Alert<", "Cancel<").replace(info, references),
        "exercise": whole.replace("Actual", "Exercise").replace("<headline>", "<headline><![CDATA[<b>]]>"),
        "dtd": whole.replace("<alert", '<!DOCTYPE a [<!ENTITY a "b">]><alert', 1),
        "ours": whole.replace(">A1<", ">aidmesh:03a107bff3ce10be:0a0b0c0d<"),
        "expired": whole.replace("2099", "2019"),
        "short": whole[:300],
    }
    wide = whole.replace('version="1.0"', 'version="1.0" encoding="UTF-16"')
    return {name: text.encode() for name, text in found.items()} | {"wide": wide.encode("utf-16")}


def requests():
    texts = [
        '{"name": "Elm", "lat": 35.1, "lon": -77.04, "state": "open", "people": 40, '
        '"giving": {"from": "08:00", "to": "17:30", "days": ["mon", "sun"]}, "takes": ["water"], "facilities": ["power"]}',
        '{"kind": "need", "item": 101, "quantity": "1.5", "people": 4, "within": 24, "flags": ["can-collect"], '
        '"text": "for the night \\u00e9", "place": {"lat": 1, "lon": 2, "digits": 8}}',
        '{"stage": "pledged", "of": "4Q7-K2NX", "from": "0011223344556677:0000000a", "quantity": 3, '
        '"at": "2026-09-14T06:30:00Z", "due": 1789372800}',
        '{"kind": "alert", "severity": "severe", "language": "en", "text": "Bridge closed", "of": "4Q7-K2NX"}',
        '{"kind": "vouch", "key": "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1d1c8612645531b8", "site": "Elm"}',
        '{"name": "Elm school", "language": "en es", "site": "Elm"}',
        '{"ref": "4Q7-K2NX", "closed": "done", "unknown": null}',
        "[1, 2]",
    ]
    return {str(i): text.encode() for i, text in enumerate(texts)}


def answers():
    form = (ROOT / "node/settings/aidmesh.txt").read_bytes()
    plain = re.sub(rb"(?m)^#(\w+\s*=)", rb"\1", form)
    secrets = b"words = bumel takis rolum fedas\rpassphrase = \"three red boats\"\rpin = 4711\rwifi_password = kefm-batu\r"
    return {"form": form, "answered": plain, "secrets": secrets, "windows": b"\xef\xbb\xbfname = \xc9cole \x96 Sud\r\nplace = 35.1 N, 77 W\r\n",
            "typos": b"regoin = x\ncolour\nname = a\nNAME=b\nwifi_join = kefm-batu Elm\nwifi_join = oak-batu-rosn Oak\n",
            "utf-16": "name = Oak\n".encode("utf-16")}


def settings():
    conf = (ROOT / "node/settings/aidmesh.conf").read_bytes()
    plain = re.sub(rb"(?m)^[#;]\s*(\w+\s*=)", rb"\1", conf)
    arguments = [
        "node.log=debug",
        "node.folder=/srv/aidmesh",
        "node.name=Elm",
        "node.entries=1000",
        "node.clock=set",
        "control.socket=/run/x",
        "control.listen=[::1]:80",
        "control.pin=1234",
        "control.hosts=a b",
        "link.listen=none",
        "link.discovery=no",
        "link.discovery_port=5",
        "link.interfaces=wlan0 eth0",
        "link.peer=[fe80::1%eth0]:24363",
        "link.peer=10.0.0.1:5",
        "radio.port=10.0.0.1:4403",
        "radio.device=rnode",
        "radio.region=eu868",
        "radio.frequency=869.525",
        "radio.bandwidth=62.5",
        "radio.spreading=9",
        "radio.power=17",
        "display.output=/dev/lcd",
        "display.lcdproc=[::1]:13666",
        "display.size=16x2",
        "display.language=ht",
        "display.buttons=/dev/input/event0",
        "no.such=thing",
        "none",
    ]
    return {"file": conf, "plain": plain, "arguments": "\n".join(arguments).encode()}


def messages():
    found = {}
    for steps in range(4):
        found[f"honest {steps}"] = bytes([steps]) + bytes([0x44, 65, 0x84, 65, 66, 0xC4, 65, 66, 67, 4, 4, 4])
        found[f"changed {steps}"] = bytes([steps, 0x05, 3, 1, 4, 0x06, 1, 0, 40, 9])
        found[f"made up {steps}"] = bytes([steps, 0x0C]) + bytes(range(96))
        found[f"no room {steps}"] = bytes([steps, 0xC0, 65, 66, 67, 2, 0x80, 65, 66, 2, 0, 0])
    return found


def sketches(examples):
    numbers = b"".join(struct.pack("<I", (i * 2654435761 + 1) % 2**32) for i in range(80))
    return {
        "numbers": b"\x14" + numbers,
        "many": b"\x3f" + numbers,
        "few": b"\x03" + numbers[:40],
        "wire": b"\x01" + examples["sketch"][6:],
    }


def typed():
    """The first byte picks the item; the rest is what is typed."""
    texts = [
        "drinking-water", "agua", "pañales", "blakets", "101", "30 gal", "3 cases of 24 x 0.5 L", "6×1,5 L", "40 lb", "1,200",
        "128 fl. oz.", "2 packs of 12", "35.1,-77.0", "35.1N 77.0W", "8773XW44+22", "XW44+22", "8773XW00+",
    ]
    return {f"text {i}": bytes([i * 7]) + text.encode() for i, text in enumerate(texts)}


def lcdd():
    return {
        "greets": b"connect LCDproc 0.5.9 protocol 0.3 lcd wid 20 hgt 4 cellwid 5 cellhgt 8\nsuccess\nlisten home\n",
        "keys": b"key Right\r\nkey Left\nkey Up\nkey Enter\nkey \n",
        "odd": b"connect wid 4294967312 hgt -1\n\0\nhuh? Unknown\n" + b"x" * 300 + b"\nkey Down\n",
    }


def pieces(*chunks):
    """Bytes of a port, each piece behind its length, what is due done in between (fuzz_rnode.c, fuzz_meshtastic.c)."""
    return b"".join(b"\xff" + bytes([len(c)]) + c for c in chunks)


def rnodes():
    def kiss(command, data=b""):
        return b"\xc0" + bytes([command]) + data.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc") + b"\xc0"

    known = kiss(0x08, b"\x46") + kiss(0x50, b"\x01\x55") + kiss(0x48, b"\x80") + kiss(0x49, b"\x81")
    echo = (kiss(1, struct.pack(">I", 869525000)) + kiss(2, struct.pack(">I", 125000)) + kiss(3, b"\x11") + kiss(4, b"\x09") +
            kiss(5, b"\x05") + kiss(0x0B, bytes(2)) + kiss(0x0C, b"\x03\xe7") + kiss(6, b"\x01"))
    frame = kiss(0x23, b"\x39") + kiss(0x24, b"\xe6") + kiss(0, b"\xad\x02\xc0\xdb" + bytes(range(60)))
    more = kiss(0x25, bytes(11)) + kiss(0x26, bytes(12)) + kiss(0x27, b"\x01\x40") + kiss(0x0F, b"\x01")
    return {
        "known": b"\x00" + pieces(known, echo, more, frame),
        "frames": b"\x01" + pieces(more, frame) + b"\xf5" + pieces(kiss(0x0F, b"\x00")) + b"\xd9" + pieces(more) + b"\xfe\xff",
        "errors": b"\x01" + pieces(*(kiss(0x90, bytes([e])) for e in range(7)), kiss(6, b"\x00"), echo, frame),
        "reset": b"\x01" + pieces(frame[:9], kiss(0x55, b"\xf8"), known, echo, frame),
        "silence": b"\x01" + b"\xef\xff" * 12,
        "off": b"\x00" + pieces(known, echo.replace(b"\xc0\x04\x09", b"\xc0\x04\x0a"), frame),
        "text": b"\x01" + pieces(b"boot: ok\r\n" + frame, b"\xc0\x00" + b"x" * 190, b"x" * 199, b"x" * 199, frame),
    }


def meshtastics():
    """As tests/unit/radio/test_meshtastic.c has them."""
    key = bytes.fromhex("8f90584ad7149e45203ab711e8cf92dc9709a59b9398a2f33c4f6273138ca4fa")

    def framed(text):
        data = bytes.fromhex(text)
        return b"\x94\xc3" + struct.pack(">H", len(data)) + data

    settings = "122b1220" + key.hex() + "1a07" + b"aidmesh".hex()
    first = [framed("1a0608c4e6888901"), framed("6a090a05322e382e307001"), framed("5207120312010118 01".replace(" ", ""))]
    lora, end, room = framed("2a0c320a0801100438034801501b"), framed("38ac9e04"), framed("5a0410101810")
    ours = framed("52310801" + settings + "1802")
    known = b"\x01" + pieces(*first, ours, lora, end, room)
    frame = framed("122f0d0100000015ffffffff1801220708800212 02ad01350500000045 0000d0c0609cffffffffffffffff01a801016801".replace(" ", ""))
    return {
        "known": known + pieces(frame),
        "channel": b"\x01" + pieces(*first, lora, end) + b"\xd1\xff" + pieces(*first, ours, lora, end, room, frame),
        "sends": known + b"\xff\xf8\xff" + pieces(framed("5a0b080910101810 2084868808".replace(" ", "")), room) + b"\xff\xfe\xff",
        "reboots": known + pieces(frame[:20]) + b"\xef" + pieces(framed("4001")) + b"\xef\xff" * 8,
        "sleeps": known + b"\xef\xff" * 90,
        "text": known + pieces(b"INFO | ready\r\n" + frame, b"\x94\xc3\x94\xc3\x00\x00", b"\x94\xc3\xff\xff" + frame),
        "unset": b"\x01" + pieces(*first, framed("2a06320408014801"), end),
    }


def main():
    examples = wire_examples()
    seeds = {
        "fuzz_entry": {**entries(examples), **{name: data for name, data in examples.items() if name.startswith("packed")}},
        "fuzz_frame": frames(examples),
        "fuzz_sketch": sketches(examples),
        "fuzz_link": contacts() | made_up(examples),
        "fuzz_radio": airs() | made_up(examples),
        "fuzz_bundle": bundles(examples),
        "fuzz_discovery": {"listens": b"AM\x01\x00" + bytes(range(32)) + b"\x2b\x5f", "silent": b"AM\x01\x00" + bytes(34)},
        "fuzz_noise": messages(),
        "fuzz_form": {"need": b"item=101&words=&people=12&quantity=30+gal&within=72",
                      "again": b"again=item%3D101%26people%3D12%26words%3D%C3%A9%C3",
                      "broken": b"item=%zz&people=%&words=%4&&=&within"},
        "fuzz_csv": tables() | hxl_tables(),
        "fuzz_cap": alerts(),
        "fuzz_request": requests(),
        "fuzz_config": settings(),
        "fuzz_answers": answers(),
        "fuzz_typed": typed(),
        "fuzz_lcdproc": lcdd(),
        "fuzz_rnode": rnodes(),
        "fuzz_meshtastic": meshtastics(),
    }
    out = pathlib.Path(sys.argv[1])
    for target, files in seeds.items():
        folder = out / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / name.replace(" ", "-")).write_bytes(data)


if __name__ == "__main__":
    main()
