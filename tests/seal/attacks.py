"""The attacker: what somebody may do to an evidence package, written from the list of attacks before any verifier.

Nothing of the product is imported here. The attacker knows the format as anyone who reads a package does: a ZIP of
stored files in the order of their names; `seal.json`, which holds a manifest of SHA-256 digests, the key and an
Ed25519 signature; time-stamp replies in `tst/` with a signed list of them; the same again in each folder of
`captures/`; a ledger in `custody/`. Some attackers hold the owner's key and a link to honest authorities.
"""

import hashlib
import json
import random
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

LOCAL = struct.Struct("<4s5H3I2H")
CENTRAL = struct.Struct("<4s6H3I5H2I")
END = struct.Struct("<4s4H2IH")
DATE = 0x21  # the first of January 1980, the earliest that a ZIP can say

Files = dict[str, bytes]
Stamp = Callable[[str, bytes], bytes]


@dataclass(frozen=True)
class Hands:
    """What an attacker has: a signing key, and authorities that give a reply over a digest, by name."""

    seed: bytes
    stamp: Stamp

    @property
    def private(self) -> Ed25519PrivateKey:
        """The signing key."""
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @property
    def public(self) -> str:
        """The public key as a seal writes it."""
        raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
        return self.private.public_key().public_bytes(*raw).hex()

    def sign(self, purpose: str, value: object) -> str:
        """A signature as the product makes them."""
        return self.private.sign(f"cloneward {purpose} 1\n".encode() + spell(value)).hex()


@dataclass(frozen=True)
class Field:
    """What an attack may use: the package, another of the same owner, a stranger's hands, the owner's own."""

    package: bytes
    other: bytes
    stranger: Hands
    insider: Hands


@dataclass(frozen=True)
class Attack:
    """One way to attack, and the codes by any of which a verifier names what was done."""

    name: str
    codes: frozenset[str]
    make: Callable[[Field], bytes]


def spell(value: object) -> bytes:
    """The one spelling of a value: JSON, keys in order, no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def unpack(package: bytes) -> Files:
    """The files of a package, by a walk along its local headers."""
    files: Files = {}
    at = 0
    while package[at : at + 4] == b"PK\x03\x04":
        *_, size, _, name_bytes, extra_bytes = LOCAL.unpack_from(package, at)
        begin = at + LOCAL.size + name_bytes + extra_bytes
        name = package[at + LOCAL.size : at + LOCAL.size + name_bytes].decode()
        files[name] = package[begin : begin + size]
        at = begin + size
    return files


def pack(entries: list[tuple[str, bytes]], *, lie: Callable[[int, list, list], None] | None = None) -> bytes:
    """A ZIP of stored entries in the order given; `lie` may change the fields of any local or central header."""
    body, directory = bytearray(), bytearray()
    for number, (name, content) in enumerate(entries):
        crc, raw = zlib.crc32(content), name.encode()
        local = [b"PK\x03\x04", 20, 0, 0, 0, DATE, crc, len(content), len(content), len(raw), 0, raw, b""]
        central = [b"PK\x01\x02", 20, 20, 0, 0, 0, DATE, crc, len(content), len(content), len(raw)]
        central += [0, 0, 0, 0, 0, len(body), raw, b""]
        if lie:
            lie(number, local, central)
        body += LOCAL.pack(*local[:11]) + local[11] + local[12] + content
        directory += CENTRAL.pack(*central[:17]) + central[17] + central[18]
    end = END.pack(b"PK\x05\x06", 0, 0, len(entries), len(entries), len(directory), len(body), 0)
    return bytes(body + directory) + end


def repack(files: Files) -> bytes:
    """A package of these files that is canonical."""
    return pack(sorted(files.items()))


def find_captures(files: Files) -> list[str]:
    """The folders of captures."""
    return sorted({"/".join(name.split("/")[:2]) + "/" for name in files if name.startswith("captures/")})


def under(files: Files, prefix: str) -> Files:
    """The files below a folder, by their names in it."""
    return {name.removeprefix(prefix): content for name, content in files.items() if name.startswith(prefix)}


# --- what only the container shows --------------------------------------------------------------------------------


def flip_bits(package: bytes, count: int, seed: int) -> Iterator[tuple[int, bytes]]:
    """The package with one bit flipped, at so many places drawn by chance, each told by its number."""
    chance = random.Random(seed)
    for _ in range(count):
        bit = chance.randrange(len(package) * 8)
        changed = bytearray(package)
        changed[bit // 8] ^= 1 << bit % 8
        yield bit, bytes(changed)


def flip_files(package: bytes, count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """The package with one bit of one file flipped, packed again so that no CRC of the ZIP tells it."""
    chance = random.Random(seed)
    files = unpack(package)
    names = sorted(files)
    for _ in range(count):
        name = chance.choices(names, [len(files[name]) for name in names])[0]
        ((bit, changed),) = flip_bits(files[name], 1, chance.randrange(2**32))
        yield f"{name}:{bit}", repack(files | {name: changed})


def lying(field: str, place: int, value: object) -> Callable[[Field], bytes]:
    """A package whose first entry says one thing in its local header and another in the directory."""

    def make(attack: Field) -> bytes:
        def lie(number: int, local: list, central: list) -> None:
            if number == 0:
                header = local if field == "local" else central
                header[place] = value(header[place]) if callable(value) else value

        return pack(sorted(unpack(attack.package).items()), lie=lie)

    return make


def hide_extra(attack: Field) -> bytes:
    """A field that readers skip."""

    def lie(number: int, local: list, central: list) -> None:
        del central
        if number == 0:
            local[10], local[12] = 8, b"\xff\xff\x04\x00evil"

    return pack(sorted(unpack(attack.package).items()), lie=lie)


def name_twice(attack: Field, *, first: bool) -> bytes:
    """A second entry of one name: some readers take the first, others the last."""
    entries = sorted(unpack(attack.package).items())
    place = next(number for number, (name, _) in enumerate(entries) if name.endswith("capture.wacz"))
    entries.insert(place + (not first), (entries[place][0], b"what another reader sees"))
    return pack(entries)


def forget_in_directory(attack: Field) -> bytes:
    """A file that lies in the ZIP and is not in its directory."""
    entries = sorted(unpack(attack.package).items())
    whole = pack(entries)
    without = pack(entries[:-1])
    body_bytes = END.unpack(whole[-END.size :])[6]
    directory = without[END.unpack(without[-END.size :])[6] : -END.size]
    count = len(entries) - 1
    return whole[:body_bytes] + directory + END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), body_bytes, 0)


def reverse_order(attack: Field) -> bytes:
    """The same files in another order."""
    return pack(sorted(unpack(attack.package).items(), reverse=True))


# --- what a stranger does to the files, the container made anew and canonical -------------------------------------


def change(edit: Callable[[Files, Field], None]) -> Callable[[Field], bytes]:
    """A package with its files edited and packed again as the product would."""

    def make(attack: Field) -> bytes:
        files = unpack(attack.package)
        edit(files, attack)
        return repack(files)

    return make


def add_file(files: Files, attack: Field) -> None:
    """A file more at the top."""
    del attack
    files["note.txt"] = b"nothing to see"


def add_to_capture(files: Files, attack: Field) -> None:
    """A file more in a capture."""
    del attack
    files[find_captures(files)[0] + "more.bin"] = b"nothing to see"


def add_capture(files: Files, attack: Field) -> None:
    """A sound capture of another package more."""
    others = unpack(attack.other)
    folder = find_captures(others)[0]
    files |= {folder + name: content for name, content in under(others, folder).items()}


def remove_file(files: Files, attack: Field) -> None:
    """The archive of a capture less."""
    del attack
    del files[find_captures(files)[0] + "capture.wacz"]


def remove_capture(files: Files, attack: Field) -> None:
    """A whole capture less."""
    del attack
    folder = find_captures(files)[0]
    for name in [name for name in files if name.startswith(folder)]:
        del files[name]


def remove_ledger(files: Files, attack: Field) -> None:
    """No custody."""
    del attack
    for name in [name for name in files if name.startswith("custody/")]:
        del files[name]


def remove_verifier(files: Files, attack: Field) -> None:
    """No verifier in the package."""
    del attack
    del files["verify.py"]


def remove_seal(files: Files, attack: Field) -> None:
    """No seal over it all."""
    del attack, files["seal.json"]


def change_verifier(files: Files, attack: Field) -> None:
    """A verifier that says yes."""
    del attack
    files["verify.py"] = b"print('all holds')\n"


def swap_archive(files: Files, attack: Field) -> None:
    """The archive of another capture under the seal of this one."""
    others = unpack(attack.other)
    files[find_captures(files)[0] + "capture.wacz"] = others[find_captures(others)[0] + "capture.wacz"]


def swap_capture(files: Files, attack: Field) -> None:
    """All of another capture, seal and tokens with it, in the place of this one."""
    folder, others = find_captures(files)[0], unpack(attack.other)
    for name in [name for name in files if name.startswith(folder)]:
        del files[name]
    files |= {folder + name: content for name, content in under(others, find_captures(others)[0]).items()}


def swap_seal(files: Files, attack: Field) -> None:
    """The seal and tokens of another package over these files."""
    others = unpack(attack.other)
    for name in others:
        if name == "seal.json" or name.startswith("tst/"):
            files[name] = others[name]


def swap_ledger(files: Files, attack: Field) -> None:
    """The ledger of another package."""
    others = unpack(attack.other)
    for name in [name for name in files if name.startswith("custody/")]:
        del files[name]
    files |= {name: content for name, content in others.items() if name.startswith("custody/")}


def list_replies(files: Files, folder: str) -> list[str]:
    """The replies of authorities in a folder."""
    return sorted(name for name in files if name.startswith(folder + "tst/") and name.endswith(".tsr"))


def strip_token(folder: str) -> Callable[[Files, Field], None]:
    """One reply less."""

    def edit(files: Files, attack: Field) -> None:
        del attack
        at = find_captures(files)[0] if folder == "capture" else ""
        del files[list_replies(files, at)[0]]

    return edit


def strip_all_tokens(folder: str) -> Callable[[Files, Field], None]:
    """No replies, and no list of them: as if the seal were still waiting."""

    def edit(files: Files, attack: Field) -> None:
        del attack
        at = find_captures(files)[0] if folder == "capture" else ""
        for name in [name for name in files if name.startswith(at + "tst/")]:
            del files[name]

    return edit


def resign_list(files: Files, attack: Field) -> None:
    """The list of tokens as it was, signed by another key."""
    signed = json.loads(files["tst/index.json"])
    signed |= {"key": attack.stranger.public, "signature": attack.stranger.sign("tokens", signed["list"])}
    files["tst/index.json"] = spell(signed) + b"\n"


def exchange_token(files: Files, attack: Field) -> None:
    """The reply that an authority gave over another seal."""
    others = unpack(attack.other)
    files[list_replies(files, "")[0]] = others[list_replies(others, "")[0]]


def exchange_authorities(files: Files, attack: Field) -> None:
    """Two authorities under one another's name."""
    del attack
    one, two = list_replies(files, "")[:2]
    files[one], files[two] = files[two], files[one]


def double_authority(files: Files, attack: Field) -> None:
    """One authority twice."""
    del attack
    one, two = list_replies(files, "")[:2]
    files[two] = files[one]


def pretend_authority(attack: Field) -> bytes:
    """The holder of the key asks one authority twice, and calls the second reply another's."""
    files = unpack(attack.package)
    one = json.loads(files["seal.json"])["manifest"]["authorities"][0]
    sign_seal(files, "", Hands(attack.insider.seed, lambda name, content: attack.insider.stamp(one, content)))
    return repack(files)


def own_authority(files: Files, attack: Field) -> None:
    """A reply over the right seal, by an authority of the attacker's own."""
    name = list_replies(files, "")[0]
    files[name] = attack.stranger.stamp(name.removeprefix("tst/").removesuffix(".tsr"), files["seal.json"])


# --- signatures ----------------------------------------------------------------------------------------------------


def sign_seal(
    files: Files, folder: str, hands: Hands, edit: Callable[[dict], None] | None = None, *, is_stamped: bool = True
) -> None:
    """Seal a folder anew: digests as the files are now, the key and time stamps of these hands."""
    seal = json.loads(files[folder + "seal.json"])
    manifest = seal["manifest"]
    inside = under(files, folder)
    manifest["files"] = [
        {"bytes": len(content), "path": name, "sha256": digest(content)}
        for name, content in sorted(inside.items())
        if name != "seal.json" and not name.startswith("tst/")
    ]
    if edit:
        edit(manifest)
    seal |= {"key": hands.public, "signature": hands.sign("seal", manifest)}
    files[folder + "seal.json"] = spell(seal) + b"\n"
    if is_stamped:
        stamp_folder(files, folder, hands, manifest["authorities"])


def stamp_folder(files: Files, folder: str, hands: Hands, authorities: list[str]) -> None:
    """New replies over the seal of a folder, and the signed list of them."""
    replies = {f"{name}.tsr": hands.stamp(name, files[folder + "seal.json"]) for name in authorities}
    for name, content in replies.items():
        files[f"{folder}tst/{name}"] = content
    listed = {
        "seal": digest(files[folder + "seal.json"]),
        "tokens": {name: digest(content) for name, content in sorted(replies.items())},
    }
    signed = {"key": hands.public, "list": listed, "signature": hands.sign("tokens", listed)}
    files[folder + "tst/index.json"] = spell(signed) + b"\n"


def resign(edit: Callable[[Files, Field], None] | None, who: str) -> Callable[[Field], bytes]:
    """A package edited, and its outer seal made anew by a stranger or by the holder of the owner's key."""

    def make(attack: Field) -> bytes:
        files = unpack(attack.package)
        if edit:
            edit(files, attack)
        sign_seal(files, "", attack.stranger if who == "stranger" else attack.insider)
        return repack(files)

    return make


def only_resign(files: Files, attack: Field) -> None:
    """The signature of another key, under the name of the owner's."""
    seal = json.loads(files["seal.json"])
    seal["signature"] = attack.stranger.sign("seal", seal["manifest"])
    files["seal.json"] = spell(seal) + b"\n"


def make_key_record(hands: Hands, since: str) -> dict:
    """A history of keys that begins with the attacker's."""
    record = {"from": since, "number": 1, "previous": None, "public": hands.public, "wacz": ""}
    return {"record": record, "signatures": {hands.public: hands.sign("key", record)}}


def extend_keys(attack: Field) -> bytes:
    """A stranger's key put behind the owner's, who did not sign for it, and everything sealed with it."""
    files = unpack(attack.package)
    hands = attack.stranger
    known = json.loads(files["seal.json"])["manifest"]["keys"]
    last = known[-1]["record"]
    record = {"from": last["from"], "number": last["number"] + 1, "previous": digest(spell(last))}
    record |= {"public": hands.public, "wacz": ""}
    keys = [*known, {"record": record, "signatures": {hands.public: hands.sign("key", record)}}]
    sign_seal(files, "", hands, lambda manifest: manifest.update(keys=keys))
    return repack(files)


def forge_whole(attack: Field) -> bytes:
    """Everything signed anew under a history of keys of the attacker's own: it agrees with itself."""
    files = unpack(attack.package)
    hands = attack.stranger
    for folder in [*find_captures(files), ""]:
        seal = json.loads(files[folder + "seal.json"])
        record = make_key_record(hands, seal["manifest"]["keys"][0]["record"]["from"])

        def edit(manifest: dict, record: dict = record) -> None:
            manifest["keys"] = [record]

        if not folder:
            sign_ledger(files, hands, read_entries(files))
        sign_seal(files, folder, hands, edit)
    return repack(files)


def rewrite_keys(attack: Field) -> bytes:
    """The holder of the key seals a capture with a history in which that key is older than it is."""
    files = unpack(attack.package)
    folder = find_captures(files)[0]
    since = shift(json.loads(files["seal.json"])["manifest"]["keys"][0]["record"]["from"], -90)
    keys = [make_key_record(attack.insider, since)]
    sign_seal(files, folder, attack.insider, lambda manifest: manifest.update(keys=keys))
    sign_seal(files, "", attack.insider)
    return repack(files)


def change_evidence(attack: Field) -> bytes:
    """The holder of the key changes what a capture holds, and seals the capture and the package anew."""
    files = unpack(attack.package)
    folder = find_captures(files)[0]
    files[folder + "capture.wacz"] = unpack(attack.other)[find_captures(unpack(attack.other))[0] + "capture.wacz"]
    sign_seal(files, folder, attack.insider)
    sign_seal(files, "", attack.insider)
    return repack(files)


def respell(files: Files, attack: Field) -> None:
    """The same seal in another spelling, which no signature covers."""
    del attack
    files["seal.json"] = json.dumps(json.loads(files["seal.json"]), indent=1, sort_keys=True).encode() + b"\n"


def append_field(files: Files, attack: Field) -> None:
    """A field beside what is signed."""
    del attack
    files["seal.json"] = spell(json.loads(files["seal.json"]) | {"state": "sealed"}) + b"\n"


# --- custody -------------------------------------------------------------------------------------------------------


def read_entries(files: Files) -> list[dict]:
    """The lines of the ledger."""
    return [json.loads(line) for line in files["custody/ledger.jsonl"].splitlines()]


def sign_ledger(files: Files, hands: Hands, entries: list[dict]) -> None:
    """Write these entries as a new ledger, sign it, and stamp its head now."""
    lines, previous = [], None
    for number, old in enumerate(entries, 1):
        told = digest(spell(old["entry"])) if "entry" in old else old["digest"]
        statement = {"at": old["at"], "entry": told, "number": number, "previous": previous}
        line = {"at": old["at"], "key": hands.public, "number": number, "previous": previous}
        line |= {"entry": old["entry"]} if "entry" in old else {"digest": told}
        line["signature"] = hands.sign("custody", statement)
        lines.append(spell(line) + b"\n")
        previous = digest(spell(statement))
        head = spell(statement)
    for name in [name for name in files if name.startswith("custody/")]:
        del files[name]
    files["custody/ledger.jsonl"] = b"".join(lines)
    for authority in json.loads(files["seal.json"])["manifest"]["authorities"]:
        files[f"custody/tst/{len(lines)}-{authority}.tsr"] = hands.stamp(authority, head)


def cut_ledger(files: Files, attack: Field) -> None:
    """The last entries gone, the older ones and their replies as they were."""
    del attack
    lines = files["custody/ledger.jsonl"].splitlines(keepends=True)
    files["custody/ledger.jsonl"] = b"".join(lines[:-2])


def cut_ledger_and_stamps(files: Files, attack: Field) -> None:
    """The last entries gone, and the replies over them too."""
    lines = files["custody/ledger.jsonl"].splitlines(keepends=True)
    cut_ledger(files, attack)
    for name in [name for name in files if name.startswith("custody/tst/")]:
        if int(name.removeprefix("custody/tst/").partition("-")[0]) > len(lines) - 2:
            del files[name]


def edit_entry(files: Files, attack: Field) -> None:
    """Who did it is changed, and nothing else."""
    del attack
    lines = files["custody/ledger.jsonl"].splitlines(keepends=True)
    line = json.loads(lines[0])
    line["entry"]["who"] = "nobody"
    files["custody/ledger.jsonl"] = b"".join([spell(line) + b"\n", *lines[1:]])


def respell_entry(files: Files, attack: Field) -> None:
    """The last entry in another spelling, which says the same."""
    del attack
    lines = files["custody/ledger.jsonl"].splitlines(keepends=True)
    lines[-1] = json.dumps(json.loads(lines[-1]), sort_keys=True).encode() + b"\n"
    files["custody/ledger.jsonl"] = b"".join(lines)


def sign_last_entry(files: Files, attack: Field) -> None:
    """The last entry signed by another key, which nothing else tells."""
    lines = files["custody/ledger.jsonl"].splitlines(keepends=True)
    line = json.loads(lines[-1])
    told = digest(spell(line["entry"]))
    statement = {"at": line["at"], "entry": told, "number": line["number"], "previous": line["previous"]}
    line |= {"key": attack.stranger.public, "signature": attack.stranger.sign("custody", statement)}
    lines[-1] = spell(line) + b"\n"
    files["custody/ledger.jsonl"] = b"".join(lines)


def withhold_seals(files: Files, attack: Field) -> None:
    """The entries of the seals by their digest alone, as if they were on something else."""
    del attack
    lines = []
    for raw in files["custody/ledger.jsonl"].splitlines(keepends=True):
        line = json.loads(raw)
        if line.get("entry", {}).get("what") == "capture.sealed":
            line["digest"] = digest(spell(line.pop("entry")))
        lines.append(spell(line) + b"\n")
    files["custody/ledger.jsonl"] = b"".join(lines)


def rewrite_ledger(files: Files, attack: Field) -> None:
    """The holder of the key writes another history, signs it, and has its head stamped today."""
    entries = read_entries(files)
    entries[0]["entry"] |= {"who": "nobody"}
    sign_ledger(files, attack.insider, entries)


def roll_back(files: Files, attack: Field) -> None:
    """The holder of the key forgets what came last, and has the rest stamped today."""
    sign_ledger(files, attack.insider, read_entries(files)[:1])


def shift(moment: str, days: int) -> str:
    """The same time so many days away."""
    from datetime import datetime, timedelta  # noqa: PLC0415

    moved = datetime.fromisoformat(moment) + timedelta(days=days)
    return moved.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def set_clock(days: int) -> Callable[[Field], bytes]:
    """The holder of the key seals with a clock that is wrong; the authorities' clocks are right."""

    def make(attack: Field) -> bytes:
        files = unpack(attack.package)

        def edit(manifest: dict) -> None:
            manifest["sealed_at"] = shift(manifest["sealed_at"], days)
            manifest["keys"] = [make_key_record(attack.insider, shift(manifest["keys"][0]["record"]["from"], -30))]

        sign_seal(files, "", attack.insider, edit)
        return repack(files)

    return make


def forget_ledger(attack: Field) -> bytes:
    """The holder of the key rolls the ledger back, and lets no seal say what it was."""
    files = unpack(attack.package)
    roll_back(files, attack)
    for folder in [*find_captures(files), ""]:
        sign_seal(files, folder, attack.insider, lambda manifest: manifest.update(ledger=None))
    return repack(files)


def call_it_capture(attack: Field) -> bytes:
    """The holder of the key calls the package a capture, which has no ledger, and drops it."""
    files = unpack(attack.package)
    remove_ledger(files, attack)
    told = {"started_at": "2026-01-01T00:00:00.000Z", "ended_at": "2026-01-01T00:00:00.000Z"}
    sign_seal(files, "", attack.insider, lambda manifest: manifest.update(type="capture", told=told))
    return repack(files)


def rename_capture(files: Files, attack: Field) -> None:
    """One capture under the name of another."""
    del attack
    folder = find_captures(files)[0]
    for name, content in under(files, folder).items():
        del files[folder + name]
        files["captures/c000000000000000000000000/" + name] = content


def spoil_archive(attack: Field) -> bytes:
    """The holder of the key seals a web archive that two readers read in two ways."""
    files = unpack(attack.package)
    folder = find_captures(files)[0]
    entries = sorted(unpack(files[folder + "capture.wacz"]).items())
    files[folder + "capture.wacz"] = pack([*entries[:1], (entries[0][0], b"another"), *entries[1:]])
    sign_seal(files, folder, attack.insider)
    sign_seal(files, "", attack.insider)
    return repack(files)


def take_later(attack: Field) -> bytes:
    """The holder of the key seals a capture that by its own word was taken the day after."""
    files = unpack(attack.package)
    folder = find_captures(files)[0]
    sign_seal(files, folder, attack.insider, lambda manifest: shift_told(manifest["told"], 1))
    sign_seal(files, "", attack.insider)
    return repack(files)


def shift_told(told: dict, days: int) -> None:
    """Move the times that are told of a capture."""
    told |= {name: shift(told[name], days) for name in ("started_at", "ended_at")}


def forget_times(attack: Field) -> bytes:
    """The holder of the key seals a capture of which is not told when it was taken."""
    files = unpack(attack.package)
    folder = find_captures(files)[0]
    sign_seal(files, folder, attack.insider, lambda manifest: manifest.update(told={}))
    sign_seal(files, "", attack.insider)
    return repack(files)


def set_ledger_clock(files: Files, attack: Field) -> None:
    """An entry that claims to be older than the one before it."""
    entries = read_entries(files)
    entries[-1]["at"] = shift(entries[-1]["at"], -2)
    sign_ledger(files, attack.insider, entries)


CONTAINER = frozenset({"container"})

ATTACKS = [
    # the container
    Attack("duplicate entry, read by those who take the last", CONTAINER, lambda a: name_twice(a, first=False)),
    Attack("duplicate entry, read by those who take the first", CONTAINER, lambda a: name_twice(a, first=True)),
    Attack("local header: another name", CONTAINER, lying("local", 11, lambda raw: b"x" + raw[1:])),
    Attack("local header: another size", CONTAINER, lying("local", 7, lambda size: size - 1)),
    Attack("local header: another unpacked size", CONTAINER, lying("local", 8, 1)),
    Attack("local header: another CRC", CONTAINER, lying("local", 6, 7)),
    Attack("local header: says it is packed", CONTAINER, lying("local", 3, 8)),
    Attack("local header: says it is encrypted", CONTAINER, lying("local", 2, 1)),
    Attack("local header: another time", CONTAINER, lying("local", 4, 0x5A00)),
    Attack("directory: another name", CONTAINER, lying("central", 17, lambda raw: b"x" + raw[1:])),
    Attack("directory: another size", CONTAINER, lying("central", 8, 1)),
    Attack("directory: another CRC", CONTAINER, lying("central", 7, 7)),
    Attack("directory: says it is packed", CONTAINER, lying("central", 4, 8)),
    Attack("directory: another place", CONTAINER, lying("central", 16, 1)),
    Attack("directory: rights of a program", CONTAINER, lying("central", 15, 0o755 << 16)),
    Attack("extra field", CONTAINER, hide_extra),
    Attack("entry that the directory forgets", CONTAINER, forget_in_directory),
    Attack("another order", CONTAINER, reverse_order),
    Attack("bytes before", CONTAINER, lambda a: b"#!/bin/sh\n" + a.package),
    Attack("bytes behind", CONTAINER, lambda a: a.package + b"\0"),
    Attack("comment", CONTAINER, lambda a: a.package[:-2] + b"\x04\x00evil"),
    Attack("cut at its end", CONTAINER, lambda a: a.package[:-30]),
    Attack("empty", CONTAINER, lambda a: a.package[:0]),
    Attack("two packages in a row", CONTAINER, lambda a: a.other + a.package),
    # files
    Attack("file added", frozenset({"file_added"}), change(add_file)),
    Attack("file added to a capture", frozenset({"file_added"}), change(add_to_capture)),
    Attack("capture added", frozenset({"file_added"}), change(add_capture)),
    Attack("file removed", frozenset({"file_removed"}), change(remove_file)),
    Attack("capture removed", frozenset({"file_removed"}), change(remove_capture)),
    Attack("ledger removed", frozenset({"file_removed"}), change(remove_ledger)),
    Attack("seal removed", frozenset({"file_removed"}), change(remove_seal)),
    Attack("verifier removed", frozenset({"file_removed"}), change(remove_verifier)),
    Attack("verifier changed", frozenset({"file_changed"}), change(change_verifier)),
    Attack("archive of another package", frozenset({"file_changed"}), change(swap_archive)),
    Attack("capture of another package", frozenset({"file_changed"}), change(swap_capture)),
    Attack("seal of another package", frozenset({"file_changed", "file_added", "file_removed"}), change(swap_seal)),
    Attack("ledger of another package", frozenset({"file_changed", "file_added"}), change(swap_ledger)),
    # tokens
    Attack("token stripped", frozenset({"token_missing"}), change(strip_token("package"))),
    Attack("token of a capture stripped", frozenset({"token_missing"}), change(strip_token("capture"))),
    Attack("all tokens stripped", frozenset({"token_missing"}), change(strip_all_tokens("package"))),
    Attack("all tokens of a capture stripped", frozenset({"token_missing"}), change(strip_all_tokens("capture"))),
    Attack("token of another package", frozenset({"token_exchanged"}), change(exchange_token)),
    Attack("tokens under each other's name", frozenset({"token_exchanged"}), change(exchange_authorities)),
    Attack("list of tokens signed by another key", frozenset({"token_exchanged"}), change(resign_list)),
    Attack("one authority twice", frozenset({"token_exchanged"}), change(double_authority)),
    Attack("one authority under two names", frozenset({"token_exchanged"}), pretend_authority),
    Attack("token of an authority of one's own", frozenset({"token_exchanged"}), change(own_authority)),
    # signatures
    Attack("signature of another key", frozenset({"signature"}), change(only_resign)),
    Attack("sealed anew with another key", frozenset({"key_unknown"}), resign(None, "stranger")),
    Attack("changed and sealed anew with another key", frozenset({"key_unknown"}), resign(change_verifier, "stranger")),
    Attack("all made anew with keys of one's own", frozenset({"key_unknown"}), forge_whole),
    Attack("history of keys rewritten in a capture", frozenset({"key_unknown"}), rewrite_keys),
    Attack("capture changed by the holder of the key", frozenset({"ledger_contradicts"}), change_evidence),
    Attack("a key that the owner did not sign for", frozenset({"key_unknown"}), extend_keys),
    Attack("another spelling of the seal", frozenset({"spelling"}), change(respell)),
    Attack("a field beside what is signed", frozenset({"spelling"}), change(append_field)),
    # custody
    Attack("ledger cut", frozenset({"file_changed"}), change(cut_ledger)),
    Attack("ledger cut by the holder of the key", frozenset({"ledger_rolled_back"}), resign(cut_ledger, "insider")),
    Attack(
        "ledger and its replies cut by the holder of the key",
        frozenset({"ledger_rolled_back"}),
        resign(cut_ledger_and_stamps, "insider"),
    ),
    Attack("ledger rolled back and stamped today", frozenset({"ledger_rolled_back"}), resign(roll_back, "insider")),
    Attack("ledger rewritten and stamped today", frozenset({"ledger_rewritten"}), resign(rewrite_ledger, "insider")),
    Attack("entry edited", frozenset({"ledger_broken"}), resign(edit_entry, "insider")),
    Attack("entries of the seals withheld", frozenset({"ledger_rolled_back"}), resign(withhold_seals, "insider")),
    Attack("entry in another spelling", frozenset({"ledger_broken"}), resign(respell_entry, "insider")),
    Attack("entry signed by another key", frozenset({"ledger_broken"}), resign(sign_last_entry, "insider")),
    Attack("ledger rolled back, and no seal names it", frozenset({"ledger_contradicts"}), forget_ledger),
    Attack("package called a capture", frozenset({"spelling"}), call_it_capture),
    Attack("capture under another name", frozenset({"file_changed"}), resign(rename_capture, "insider")),
    Attack("duplicate entry in a web archive", CONTAINER, spoil_archive),
    # clocks
    Attack("clock of the ledger set back", frozenset({"clock"}), resign(set_ledger_clock, "insider")),
    Attack("captured after it was sealed", frozenset({"clock"}), take_later),
    Attack("captured at no time", frozenset({"clock"}), forget_times),
    Attack("clock set back a day", frozenset({"clock"}), set_clock(-1)),
    Attack("clock set ahead a day", frozenset({"clock"}), set_clock(1)),
]
