#!/usr/bin/env python3
"""Checks a running registry's log with nothing but its public contract: Python's standard library and one Ed25519 package.

Usage: verify_log.py BASE_URL TOKEN [KEPT_HEAD.json]

Reads every leaf, computes the tree of RFC 9162 anew, checks the signature of the head, every inclusion proof, the consistency of
every earlier tree, and a head that was kept elsewhere. Prints what it checked; ends with 1 and a sentence where something fails.
"""

import base64
import hashlib
import json
import sys
import urllib.request

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def fail(sentence):
    print(sentence, file=sys.stderr)
    sys.exit(1)


def canonical(value):
    """RFC 8785, for the values that heads consist of: strings of ASCII and whole numbers."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def leaf_hash(leaf):
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes):
    """MTH of RFC 9162, section 2.1.1, over hashes of leaves."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(root_of(hashes[:split]), root_of(hashes[split:]))


def included(position, size, hashed, path):
    """Section 2.1.3.2: the root that an inclusion proof leads to."""
    at, last, result = position, size - 1, hashed
    for step in path:
        if last == 0:
            fail(f"the proof of position {position} is too long")
        if at & 1 or at == last:
            result = node_hash(step, result)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            result = node_hash(result, step)
        at, last = at >> 1, last >> 1
    if last:
        fail(f"the proof of position {position} is too short")
    return result


def consistent(first, second, first_root, path):
    """Section 2.1.4.2: the two roots that a consistency proof leads to."""
    if first == second:
        return first_root, first_root
    path = list(path)
    if first & first - 1 == 0:
        path.insert(0, first_root)
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    one = other = path[0]
    for step in path[1:]:
        if last == 0:
            fail(f"the proof from {first} to {second} is too long")
        if at & 1 or at == last:
            one, other = node_hash(step, one), node_hash(step, other)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            other = node_hash(other, step)
        at, last = at >> 1, last >> 1
    if last:
        fail(f"the proof from {first} to {second} is too short")
    return one, other


class Registry:
    def __init__(self, base, token):
        self.base, self.token = base.rstrip("/"), token

    def get(self, path):
        request = urllib.request.Request(f"{self.base}/api/v1{path}", headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def entries(self):
        after = ""
        while True:
            page = self.get(f"/audit/entries?limit=200{after}")
            yield from page["items"]
            if not page["items"]:
                return
            after = f"&after={page['next']}"


def check_signature(head, keys):
    key = keys.get(head["key_id"]) or fail(f"the head names the key {head['key_id']}, which is not listed")
    signed = {name: value for name, value in head.items() if name != "signature"}
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(base64.b64decode(head["signature"]), canonical(signed))
    except InvalidSignature:
        fail(f"the signature of the head over {head['tree_size']} entries is not that of its key")


def main(base, token, kept=None):
    registry = Registry(base, token)
    head = registry.get("/audit/tree-head")
    keys = {}
    for key in registry.get("/audit/key")["items"]:
        public = base64.b64decode(key["public_key"])
        if key["alg"] != "ed25519" or key["key_id"] != hashlib.sha256(public).hexdigest()[:16]:
            fail(f"the key {key['key_id']} is not what it is called")
        keys[key["key_id"]] = public
    if head["type"] != "lawgate-tree-head/v1" or head["hash_alg"] != "sha256":
        fail("the head is of another kind")
    check_signature(head, keys)
    hashes, read = [], 0
    for entry in registry.entries():
        if entry["position"] != len(hashes):
            fail(f"position {len(hashes)} is missing")
        hashed = bytes.fromhex(entry["leaf_hash"])
        if entry["leaf"] is not None:
            leaf = base64.b64decode(entry["leaf"])
            if leaf_hash(leaf) != hashed:
                fail(f"the leaf at position {entry['position']} is not what was hashed")
            said = json.loads(leaf)
            if said["format"] != "lawgate-log-entry/v1" or said["position"] != entry["position"]:
                fail(f"the leaf at position {entry['position']} is not of that position")
            read += 1
        hashes.append(hashed)
    size, root = head["tree_size"], bytes.fromhex(head["root_hash"])
    if root_of(hashes[:size]) != root:
        fail(f"the root over {size} entries is not the one that was signed")
    for position in range(size):
        path = registry.get(f"/audit/proofs/inclusion?position={position}&tree_size={size}")["path"]
        if included(position, size, hashes[position], map(bytes.fromhex, path)) != root:
            fail(f"the proof of position {position} leads to another root")
    for first in range(1, size + 1):
        path = registry.get(f"/audit/proofs/consistency?first={first}&second={size}")["path"]
        earlier = root_of(hashes[:first])
        if consistent(first, size, earlier, map(bytes.fromhex, path)) != (earlier, root):
            fail(f"the proof from {first} to {size} entries leads to other roots")
    if kept:
        with open(kept, encoding="utf-8") as file:
            kept_head = json.load(file)
        check_signature(kept_head, keys)
        if root_of(hashes[: kept_head["tree_size"]]).hex() != kept_head["root_hash"]:
            fail(f"the head over {kept_head['tree_size']} entries that was kept elsewhere is not that of this log")
    print(f"{size} entries, {read} of them read, all proofs and the signature hold; root {root.hex()}")


if __name__ == "__main__":
    if not 3 <= len(sys.argv) <= 4:
        fail(__doc__.strip())
    main(*sys.argv[1:])
