#!/usr/bin/env bash
# Makes the pictures of the README anew, in tests/pictures/: the pages as the Chromium test walks through them, and a
# card as it will be printed. Anyone can run it after hardware/setup.sh --test; it takes as long as that one test.
# Invented people only. It touches no database but one in a temporary folder.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
pictures=$root/tests/pictures
desk=$(mktemp -d)
made=$(mktemp -d)
trap 'rm -rf "$desk" "$made"' EXIT

# The test calls browser.picture("NAME") where a page is worth showing.
(cd "$root" && ISSUER_PICTURES="$made" cargo test --test desk)

cd "$desk"
issuer() { cargo run --quiet --manifest-path "$root/Cargo.toml" -- "$@" --json </dev/null; }
field() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
issuer init >/dev/null
member=$(issuer enrol --name 홍길동 --birth 1988-03-14 --identity resident-card --consent local,national | field member)
number=$(issuer issue "$member" | field number)
issuer preview "$number" --out "$made/card.png" >/dev/null

for name in card desk issue training training-issue issue-ntag213 issue-classic-4k issue-ntag216 reader-unplugged devices doctor; do
    if [ ! -s "$made/$name.png" ]; then
        printf 'error: no picture %s.png was made\nhelp: see that tests/desk.rs still calls browser.picture("%s")\n' \
            "$name" "$name" >&2
        exit 1
    fi
done
mkdir -p "$pictures"
cp "$made"/*.png "$pictures/"
ls -l "$pictures"
