"""report_search.py ARCHIVE SECRETS: what stands in a report that must not: each line of SECRETS, in the
archive's own bytes, its names and its files, in every form of forms() below. Prints what was found
and exits 1. With --control instead of ARCHIVE it makes an archive for each form and fails unless the
search finds it there. It shares nothing with ddlogs but the list of forms."""
import base64
import io
import re
import sys
import tarfile
import urllib.parse

PART = 10  # so many characters of a secret in a row are found too


def forms(secret):
    raw = secret.encode()
    yield "raw", raw
    for lead in range(3):
        for name, encode in (("base64", base64.b64encode), ("base64url", base64.urlsafe_b64encode)):
            text = encode(b"x" * lead + raw).rstrip(b"=")
            # the characters that the secret alone decides
            yield f"{name}+{lead}", text[-(-lead * 8 // 6):len(raw + b"x" * lead) * 8 // 6]
    yield "hex", raw.hex().encode()
    yield "HEX", raw.hex().upper().encode()
    yield "percent", urllib.parse.quote(secret, safe="").encode()
    yield "percent all", "".join(f"%{c:02x}" for c in raw).encode()
    yield "PERCENT ALL", "".join(f"%{c:02X}" for c in raw).encode()
    yield "UTF-16LE", secret.encode("utf-16-le")
    yield "UTF-16BE", secret.encode("utf-16-be")
    yield "UTF-16 of base64", base64.b64encode(raw).rstrip(b"=")[:len(raw) * 8 // 6].decode().encode("utf-16-le")


def parts(archive):
    yield "the archive's bytes", archive
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            yield "a name", member.name.encode()
            yield member.name, tar.extractfile(member).read()


def search(archive, secrets):
    found = []
    for where, data in parts(archive):
        lower = data.lower()
        for secret in secrets:
            found += [(where, name, secret) for name, form in forms(secret)
                      if (form.lower() in lower if name == "raw" else form in data)]
            found += [(where, "a part", secret) for at in range(len(secret) - PART + 1)
                      if secret[at:at + PART].encode() in data]
    return found


def packed(data):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        entry = tarfile.TarInfo("folder/file.txt")
        entry.size = len(data)
        tar.addfile(entry, io.BytesIO(data))
    return out.getvalue()


with open(sys.argv[2], encoding="utf-8") as f:
    secrets = [line for line in f.read().split("\n") if line]
if len(set(secrets)) != len(secrets) or any(len(s) < PART or re.search(r"\s", s) for s in secrets):
    sys.exit("the secrets are not fit to be searched for")
if sys.argv[1] == "--control":
    for secret in secrets:
        for name, form in forms(secret):
            if not any(f[2] == secret for f in search(packed(b"before " + form + b" behind"), secrets)):
                sys.exit(f"{name} of {secret} is not found")
    sys.exit(0)
with open(sys.argv[1], "rb") as f:
    found = search(f.read(), secrets)
for where, name, secret in found:
    print(f"{where}: {name} of {secret}")
print(f"{len(secrets)} secrets searched for")
sys.exit(1 if found else 0)
