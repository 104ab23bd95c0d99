#!/usr/bin/env bash
# Makes the pictures of the README anew, in tests/pictures/: the pages as the Chromium tests walk through them, and a
# card as it will be printed. Anyone can run it after hardware/setup.sh --test; it takes as long as those tests, some ten
# minutes. Invented people only. It touches no database but those in temporary folders.
# The tests call browser.picture("NAME") wherever a page is worth looking at; the README shows few of them. To look
# through every page in every dress: ISSUER_PICTURES=FOLDER cargo test --test desk axe
set -euo pipefail

shown=(card desk issue enrol-alike check-mismatch import-card reissue reader-unplugged training access approval close-compare reports)

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
pictures=$root/tests/pictures
desk=$(mktemp -d)
made=$(mktemp -d)
trap 'rm -rf "$desk" "$made"' EXIT

# A test that fails took its pictures before it failed; what is missing then is named below.
(cd "$root" && ISSUER_PICTURES="$made" cargo test --test desk -- --skip axe::) || echo 'warning: a test failed' >&2

cd "$desk"
issuer() { cargo run --quiet --manifest-path "$root/Cargo.toml" -- "$@" --json </dev/null; }
field() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
issuer init >/dev/null
member=$(issuer enrol --name 홍길동 --birth 1988-03-14 --identity resident-card --consent local,national | field member)
number=$(issuer issue "$member" | field number)
issuer preview "$number" --out "$made/card.png" >/dev/null

for name in "${shown[@]}"; do
    if [ ! -s "$made/$name.png" ]; then
        printf 'error: no picture %s.png was made\nhelp: see that a test still calls browser.picture("%s")\n' \
            "$name" "$name" >&2
        exit 1
    fi
done
rm -rf "$pictures"
mkdir -p "$pictures"
# Flat colours: a palette makes them a third of the size and changes nothing that one sees.
python3 - "$made" "$pictures" "${shown[@]}" <<'PYTHON'
import sys
from PIL import Image

made, pictures, *shown = sys.argv[1:]
for name in shown:
    picture = Image.open(f"{made}/{name}.png").convert("RGB")
    picture = picture.quantize(160, dither=Image.Dither.NONE)
    picture.save(f"{pictures}/{name}.png", optimize=True)
PYTHON
ls -l "$pictures"
