"""Files of a spool made or changed by hand, their sums right (docs/internals/spool.md).

spool_file.py newer FILE: the version in all headers of a cursor is raised
spool_file.py age FILE SECONDS: the entries of a segment were taken so much earlier
spool_file.py refuse FILE NUMBER BODY: appends a refused log to a file of the quarantine
"""
import struct
import sys

SLOT = 4096
HEAD = 64


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def seal(magic, rest):
    return magic + struct.pack("<I", crc32c(rest)) + rest


def newer(path):
    with open(path, "r+b") as f:
        slots = f.read()
        f.seek(0)
        for at in range(0, len(slots), SLOT):
            slot = slots[at : at + SLOT]
            if slot[:4] == b"DLcu":
                version = struct.unpack_from("<I", slot, 8)[0]
                slot = seal(b"DLcu", struct.pack("<I", version + 1) + slot[12:])
            f.write(slot)


def age(path, seconds):
    with open(path, "r+b") as f:
        at = HEAD
        while head := seek_read(f, at):
            taken = struct.unpack_from("<Q", head, 32)[0] - 1000 * seconds
            f.seek(at)
            f.write(seal(b"DLen", head[8:32] + struct.pack("<Q", taken) + head[40:]))
            at += HEAD + struct.unpack_from("<I", head, 12)[0]


def seek_read(f, at):
    f.seek(at)
    return f.read(HEAD)


def refuse(path, number, body):
    with open(path, "r+b") as f:
        place = f.read(128)[104:]  # id, base and segment, as the first entry has them
        rest = struct.pack("<IIIHBBQQ", crc32c(body), len(body), len(body), 1, 2, 1, number, 1)
        f.seek(0, 2)
        f.write(seal(b"DLen", rest + place) + body)


if sys.argv[1] == "newer":
    newer(sys.argv[2])
elif sys.argv[1] == "age":
    age(sys.argv[2], int(sys.argv[3]))
else:
    refuse(sys.argv[2], int(sys.argv[3]), sys.argv[4].encode())
