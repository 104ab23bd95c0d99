#!/usr/bin/env bash
# Installs what the build and the run of `issuer` need on Debian 12, and Rust where cargo is missing or too old.
# With --test also what the tests need. Safe to run again: what is there is left alone, and nothing is fetched for it.
# It never removes a package and never asks a question.
#
#     hardware/setup.sh && cargo run --release -- serve
#     hardware/setup.sh --test && cargo test
#
# With --desk it makes this computer a desk: the program that `cargo build --release` made, its systemd unit and account,
# names and access for readers, and the kernel's NFC modules kept away. It starts nothing: a database is a trial or a
# production one from its first moment, and that is for you to say; the last lines tell how.
#
#     hardware/setup.sh && cargo build --release && hardware/setup.sh --desk
#
# --test and --desk may be given together: then everything is installed.
#
# Works as root, or as anybody who may use sudo; in a container without systemd it says what it left out. RUSTUP_INIT
# names another place to take rustup's installer from (an address or file://…), for a network that has its own copy.
# DESTDIR=FOLDER with --desk puts the files below that folder and does nothing else. ISSUER_BINARY names another program.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
rustup_init=${RUSTUP_INIT:-https://sh.rustup.rs}

# libclang is for the declarations of libnfc, which are read from its header.
build=(ca-certificates curl gcc g++ git libc6-dev libclang-dev libnfc-dev libpcsclite-dev make pkg-config)
run=(fonts-dejavu-core fonts-droid-fallback fonts-nanum libccid libnfc6 libpcsclite1 pcscd)
# vsmartcard-vpcd drops /etc/reader.conf.d/vpcd: not for a desk in production. The tests use a pcscd of their own.
test=(chromium chromium-driver libnfc-bin libreoffice-calc pcsc-tools poppler-utils python3 python3-reportlab qpdf shellcheck
    vsmartcard-vpcd zbar-tools)

destdir=${DESTDIR-}
changed=0
fresh=false
# Whether something changed that a running service has as it was when it started.
stale=false

main() {
    local wanted=("${build[@]}" "${run[@]}") with_tests=false with_desk=false argument
    for argument in "$@"; do
        case "$argument" in
            --test) with_tests=true ;;
            --desk) with_desk=true ;;
            *)
                echo "usage: hardware/setup.sh [--test] [--desk]" >&2
                exit 2
                ;;
        esac
    done
    if $with_tests; then wanted+=("${test[@]}"); fi
    # A desk alone is not built here.
    if ! $with_desk || { $with_tests && [ -z "$destdir" ]; }; then
        packages "${wanted[@]}"
        rust
        if $with_tests; then lints; fi
    fi
    if $with_desk; then desk; fi
}

# Two lines, as everything here speaks: what is wrong, what to do.
fail() {
    printf 'error: %s\nhelp: %s\n' "$1" "$2" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "this needs root, and there is no sudo here" "run it as root: su -c 'hardware/setup.sh'"
    fi
}

# The account that will run cargo. rustup lives in its home, also where sudo carried us here.
as_user() {
    if [ "$(id -u)" -eq 0 ] && [ -n "${SUDO_USER-}" ] && [ "$SUDO_USER" != root ]; then
        sudo -u "$SUDO_USER" -H -- "$@"
    else
        "$@"
    fi
}

packages() {
    command -v apt-get >/dev/null || fail "no apt-get here: this script knows Debian 12 and its kin only" \
        "install by your system's own means: $*"
    local missing=() package
    for package in "$@"; do
        # shellcheck disable=SC2016  # the format is dpkg's, not the shell's
        if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
            missing+=("$package")
        fi
    done
    if [ ${#missing[@]} -eq 0 ]; then return; fi
    echo "installing: ${missing[*]}"
    apt update
    apt install --no-install-recommends "${missing[@]}"
}

# Another apt may hold a lock (unattended upgrades do after boot). The lock of the package lists has no time-out of
# its own, so the whole command is tried again.
apt() {
    local try
    for try in 1 2 3 4 5 6; do
        if as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
            -o Acquire::Retries=3 "$@" </dev/null; then
            return
        fi
        echo "apt-get $1 did not get through (try $try of 6); once more in 10 seconds" >&2
        sleep 10
    done
    fail "apt-get $1 failed six times; its own lines above say why" \
        "see that the machine reaches its package mirror and that no other apt runs, then run this again"
}

rust() {
    local needed found had
    needed=$(sed -n 's/^rust-version *= *"\([0-9.]*\)".*/\1/p' "$root/Cargo.toml")
    had=$(command -v cargo || true)
    link_rust
    found=$(cargo_version)
    if at_least "$found" "$needed"; then return; fi
    echo "cargo here: ${found:-none}; needed: $needed or newer; bringing it by rustup"
    if [ -x "$(rust_home)/bin/rustup" ]; then
        update_rust || no_rustup "$needed"
    else
        fetch_rustup "$needed"
    fi
    link_rust
    hash -r
    found=$(cargo_version)
    at_least "$found" "$needed" || fail "cargo is ${found:-still missing} after rustup, $needed is needed" \
        "see which one comes first in PATH (type -a cargo) and take the older one away"
    # A shell that has run the older cargo remembers where it was.
    if [ -n "$had" ] && [ "$had" != "$(command -v cargo)" ]; then echo "note: in a shell opened before, say: hash -r"; fi
}

update_rust() {
    local rustup
    rustup=$(rust_home)/bin/rustup
    as_user "$rustup" toolchain install stable --profile minimal --no-self-update </dev/null &&
        as_user "$rustup" default stable
}

fetch_rustup() {
    installer=$(mktemp)
    trap 'rm -f "$installer"' EXIT
    # curl's own words say why it failed (no such host, refused, a proxy's answer).
    curl --proto '=https,file' --tlsv1.2 -sSfL --retry 2 --connect-timeout 20 --max-time 300 -o "$installer" \
        "$rustup_init" || no_rustup "$1"
    chmod 0755 "$installer"
    as_user sh "$installer" -y --default-toolchain stable --profile minimal --no-modify-path </dev/null ||
        no_rustup "$1"
}

no_rustup() {
    fail "Rust $1 or newer is needed and rustup could not bring it from $rustup_init" \
        "let this machine reach that host, or put a toolchain's cargo and rustc into PATH by other means, then run this again"
}

rust_home() {
    # shellcheck disable=SC2016  # expanded by the shell of that user
    as_user sh -c 'echo "${CARGO_HOME:-$HOME/.cargo}"'
}

# rustup changes PATH for shells opened later; links serve the one that is running. A file that is no link is not ours.
link_rust() {
    local bin tool at
    bin=$(rust_home)/bin
    if [ ! -x "$bin/cargo" ]; then return; fi
    case ":$PATH:" in *":$bin:"*) return ;; esac
    for tool in "$bin"/*; do
        at=/usr/local/bin/$(basename "$tool")
        if [ ! -e "$at" ] || [ -L "$at" ]; then as_root ln -sfn "$tool" "$at"; fi
    done
}

# "1.95.0", or nothing where there is none that runs (a rustup without a toolchain is none).
cargo_version() {
    (cd / && as_user cargo --version 2>/dev/null) | sed -n 's/^cargo \([0-9.]*\).*/\1/p' || true
}

at_least() {
    [ -n "$1" ] && [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

# `cargo test` does without them, .ci/run does not.
lints() {
    if (cd / && as_user cargo fmt --version && as_user cargo clippy --version) >/dev/null 2>&1; then return; fi
    as_user rustup component add rustfmt clippy </dev/null ||
        echo "note: no rustfmt or clippy here; cargo test works, .ci/run will not" >&2
}

# ── a desk's PC ─────────────────────────────────────────────────────────────────────────────────────────────────

state=/var/lib/issuer

desk() {
    local binary=${ISSUER_BINARY:-$root/target/release/issuer}
    [ -x "$binary" ] || fail "there is no program to install at $binary" \
        "build it, then run this again: cargo build --release"
    if [ -z "$destdir" ]; then
        packages "${run[@]}"
        account
    fi
    put 0755 "$binary" /usr/local/bin/issuer
    if $fresh; then stale=true; fi
    put 0644 "$root/README.md" /usr/local/share/issuer/README.md
    put 0644 "$root/LICENSE" /usr/local/share/issuer/LICENSE
    put 0644 "$root/hardware/systemd/issuer.service" /etc/systemd/system/issuer.service
    if $fresh; then
        stale=true
        reload_systemd
    fi
    put 0644 "$root/hardware/udev/70-issuer-readers.rules" /etc/udev/rules.d/70-issuer-readers.rules
    if $fresh; then reload_udev; fi
    put 0644 "$root/hardware/modprobe/issuer-nfc.conf" /etc/modprobe.d/issuer-nfc.conf
    if [ -n "$destdir" ] || [ -d /etc/polkit-1/rules.d ]; then
        put 0644 "$root/hardware/polkit/50-issuer.rules" /etc/polkit-1/rules.d/50-issuer.rules
    else
        echo "left out: the polkit rule (there is no polkit here, so pcscd does not ask it)"
    fi
    settings
    if [ "$changed" -eq 0 ]; then
        echo "nothing to do: everything is in place"
        return
    fi
    if [ -z "$destdir" ]; then next; fi
}

# put MODE FROM TO: in place whole or not at all, and only where it differs; `fresh` says whether it was changed.
put() {
    local mode=$1 from=$2 to=$destdir$3
    # root may read what this account may not, as polkit's folder.
    fresh=false
    if may_need_root cmp -s "$from" "$to" && [ "$(may_need_root stat -c %a "$to")" = "${mode#0}" ]; then return; fi
    if ! may_need_root test -d "$(dirname "$to")"; then may_need_root install -d -m 0755 "$(dirname "$to")"; fi
    may_need_root install -m "$mode" "$from" "$to.new"
    may_need_root mv -f "$to.new" "$to"
    echo "installed: $to"
    fresh=true
    changed=$((changed + 1))
}

may_need_root() {
    if [ -n "$destdir" ]; then "$@"; else as_root "$@"; fi
}

account() {
    if ! getent passwd issuer >/dev/null; then
        as_root useradd --system --user-group --home-dir "$state" --shell /usr/sbin/nologin issuer
        echo "made: the account issuer"
        changed=$((changed + 1))
    fi
    local group
    # The groups that own serial ports, boards on USB (libnfc's 93-pn53x.rules), I2C and SPI buses, where this system has them.
    for group in dialout plugdev i2c spi; do
        if ! getent group "$group" >/dev/null; then continue; fi
        case " $(id -nG issuer) " in *" $group "*) continue ;; esac
        as_root usermod -aG "$group" issuer
        echo "added: issuer to the group $group"
        changed=$((changed + 1))
        stale=true
    done
}

# The settings are the library's own once they are there, and never touched again.
settings() {
    if [ -n "$destdir" ]; then
        [ -d "$destdir$state" ] || install -d -m 0700 "$destdir$state"
        if [ ! -e "$destdir$state/issuer.toml" ]; then put 0600 "$root/issuer.toml" "$state/issuer.toml"; fi
        return
    fi
    as_root test -d "$state" || as_root install -d -m 0700 -o issuer -g issuer "$state"
    if ! as_root test -e "$state/issuer.toml"; then
        as_root install -m 0600 -o issuer -g issuer "$root/issuer.toml" "$state/issuer.toml"
        echo "installed: $state/issuer.toml"
        changed=$((changed + 1))
    fi
}

reload_systemd() {
    if [ -n "$destdir" ]; then return; fi
    if [ -d /run/systemd/system ]; then
        as_root systemctl daemon-reload
    else
        echo "left out: systemctl daemon-reload (systemd does not run here)"
    fi
}

reload_udev() {
    if [ -n "$destdir" ]; then return; fi
    if [ -S /run/udev/control ]; then
        as_root udevadm control --reload
        as_root udevadm trigger --action=change --subsystem-match=tty
    else
        echo "left out: udevadm control --reload (udev does not run here)"
    fi
}

next() {
    local module loaded=""
    for module in pn533_usb pn533_i2c pn532_uart pn533 nfc; do
        if [ -d "/sys/module/$module" ]; then loaded+=" $module"; fi
    done
    if [ -n "$loaded" ]; then
        echo "note: the kernel has loaded$loaded; take them out, then plug the reader in again: modprobe -r$loaded"
    fi
    if running; then
        if $stale; then
            echo "next, as root, while no card is being written: the service still runs as it was before"
            echo "    systemctl restart issuer"
        fi
    elif as_root test -e "$state/var/issuer.db"; then
        echo "next, as root: the service does not run"
        echo "    systemctl enable --now issuer"
    else
        first_steps
    fi
}

# Not where systemd does not run.
running() {
    systemctl is-active --quiet issuer 2>/dev/null
}

first_steps() {
    cat <<EOT
next, as root:
    editor $state/issuer.toml            # library code, [reader] kind = "pcsc"
    cd $state
    runuser -u issuer -- issuer init --production --admin NAME --config $state/issuer.toml
    systemctl enable --now issuer
    runuser -u issuer -- issuer doctor --config $state/issuer.toml
init prints the one link that makes the first administrator, good for a day; a later init prints a new one and ends it.
The service reaches this computer alone. For a printer or a register on the network: systemctl edit issuer, and there
    [Service]
    IPAddressAllow=ADDRESS
EOT
}

main "$@"
