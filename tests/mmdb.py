#!/usr/bin/env python3
"""mmdb.py FILE [ASN]: writes a small Geo-IP database in MaxMind's public format, for tests.

Format: maxmind.github.io/MaxMind-DB. The places are invented; the addresses are those that are kept
for documentation. With ASN: the owners of networks alone.
"""
import ipaddress
import struct
import sys

RECORD_BITS = 24
SEPARATOR = 16
STRING, DOUBLE, UINT16, UINT32, MAP, UINT64, ARRAY = 2, 3, 5, 6, 7, 9, 11

PARIS = {
    "city": {"names": {"en": "Paris", "fr": "Paris"}},
    "continent": {"code": "EU", "names": {"en": "Europe"}},
    "country": {"iso_code": "FR", "names": {"en": "France"}},
    "location": {"latitude": 48.85, "longitude": 2.25, "time_zone": "Europe/Paris"},
    "subdivisions": [{"iso_code": "IDF", "names": {"en": "\u00cele-de-France"}}],
}
NETWORKS = {
    "City": {
        "192.0.2.0/24": PARIS,
        "198.51.100.7/32": {"country": {"iso_code": "NO", "names": {"en": "Norway"}}},
        "2001:db8::/32": {
            "continent": {"code": "OC", "names": {"en": "Oceania"}},
            "country": {"iso_code": "NZ", "names": {"en": "New Zealand"}},
            "traits": {"autonomous_system_number": 64501, "autonomous_system_organization": "Kiwi"},
        },
        "203.0.113.0/24": {"city": {"names": {"en": 7}}, "location": {"latitude": "north"}},
    },
    "ASN": {
        "192.0.2.0/24": {
            "autonomous_system_number": 64500,
            "autonomous_system_organization": "Example Net",
        }
    },
}


def control(kind, size):
    """The bytes before a field: its type and size."""
    extended = bytes([kind - 7]) if kind > 7 else b""
    kind = 0 if kind > 7 else kind
    if size < 29:
        return bytes([kind << 5 | size]) + extended
    return bytes([kind << 5 | 29]) + extended + bytes([size - 29])


def number(kind, value):
    """An unsigned number without its leading zero bytes."""
    raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return control(kind, len(raw)) + raw


def field(value):
    """Any value of the tables above."""
    if isinstance(value, str):
        raw = value.encode()
        return control(STRING, len(raw)) + raw
    if isinstance(value, float):
        return control(DOUBLE, 8) + struct.pack(">d", value)
    if isinstance(value, int):
        return number(UINT32, value)
    if isinstance(value, list):
        return control(ARRAY, len(value)) + b"".join(map(field, value))
    return control(MAP, len(value)) + b"".join(field(k) + field(v) for k, v in value.items())


def tree(networks):
    """Nodes of the search tree, [left, right] each; a leaf is the network's number as a text."""
    nodes = [[None, None]]
    for index, network in enumerate(map(ipaddress.ip_network, networks)):
        v4 = network.version == 4
        address = int(network.network_address)
        length = network.prefixlen + (96 if v4 else 0)
        at = 0
        for bit in range(length):
            side = address >> (127 - bit) & 1
            if bit == length - 1:
                nodes[at][side] = str(index)
            elif nodes[at][side] is None:
                nodes.append([None, None])
                nodes[at][side] = len(nodes) - 1
            at = nodes[at][side] if bit < length - 1 else at
    return nodes


def database(kind):
    """The whole file."""
    networks = NETWORKS[kind]
    data, offsets = b"", []
    for value in networks.values():
        offsets.append(len(data))
        data += field(value)
    nodes = tree(networks)
    out = b""
    for node in nodes:
        for record in node:
            if record is None:
                record = len(nodes)
            elif isinstance(record, str):
                record = len(nodes) + SEPARATOR + offsets[int(record)]
            out += record.to_bytes(RECORD_BITS // 8, "big")
    metadata = {
        "node_count": number(UINT32, len(nodes)),
        "record_size": number(UINT16, RECORD_BITS),
        "ip_version": number(UINT16, 6),
        "database_type": field(f"Test-{kind}"),
        "languages": field(["en"]),
        "binary_format_major_version": number(UINT16, 2),
        "binary_format_minor_version": number(UINT16, 0),
        "build_epoch": number(UINT64, 1700000000),
        "description": field({"en": "invented places"}),
    }
    pairs = b"".join(field(key) + value for key, value in metadata.items())
    marker = b"\xab\xcd\xefMaxMind.com" + control(MAP, len(metadata))
    return out + bytes(SEPARATOR) + data + marker + pairs


if __name__ == "__main__":
    with open(sys.argv[1], "wb") as file:
        file.write(database("ASN" if "ASN" in sys.argv else "City"))
