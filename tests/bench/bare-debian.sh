#!/usr/bin/env bash
# Runs the two commands of the README in a bare Debian 12 root and prints how long they took.
#
#     tests/bench/bare-debian.sh                              the whole: some 3 GB, as long as two builds
#     tests/bench/bare-debian.sh --root-only                  makes the root and what apt brings, builds nothing
#     RUST_FROM="$(rustc --print sysroot)" tests/bench/…      where rustup's host cannot be reached
#     KEEP=1 tests/bench/…                                    leaves the root behind and says where
#
# The root is made by debootstrap (minbase: less than any installer leaves) in a temporary folder from the mirrors in
# this machine's own apt sources. The commit that is checked out is cloned into it; what is not committed is not tried.
# Everything runs in mount and process namespaces of its own, so that no process and no mount outlives the run.
# Honest about its limits: it shares this machine's kernel, name resolution and trusted certificates, and with
# RUST_FROM the toolchain, mounted read-only, so that rustup's part is then NOT tried. Needs root and debootstrap.
# shellcheck disable=SC2317  # what timed runs is not unreachable
set -euo pipefail

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
release=bookworm
serve_limit=3600 test_limit=3600 # seconds; every wait has an end

main() {
    [ "$(id -u)" -eq 0 ] || fail "debootstrap and chroot need root" "sudo $0"
    command -v debootstrap >/dev/null || fail "debootstrap is not installed" "apt-get install debootstrap"
    if [ -n "${RUST_FROM-}" ] && [ ! -x "$RUST_FROM/bin/cargo" ]; then
        fail "RUST_FROM=$RUST_FROM has no bin/cargo" "RUST_FROM=\"\$(rustc --print sysroot)\" $0"
    fi
    base=$(mktemp -d "${TMPDIR:-/tmp}/bare-debian.XXXXXX")
    root=$base/root
    trap cleanup EXIT

    timed "debootstrap $release" bootstrap
    git clone -q --no-hardlinks "$checkout" "$root/root/issuer"
    echo "checkout: $(git -C "$root/root/issuer" log -1 --format='%h %s')"
    if [ -n "$(git -C "$checkout" status --porcelain)" ]; then echo "note: uncommitted changes are not tried"; fi
    if [ -n "${RUST_FROM-}" ]; then
        echo "note: Rust is this machine's own ($("$RUST_FROM/bin/cargo" --version)), mounted; rustup's part is NOT tried"
    fi

    if [ "${1-}" = --root-only ]; then
        timed "hardware/setup.sh --test" inside 'cd /root/issuer && hardware/setup.sh --test' || failed=1
        timed "hardware/setup.sh --test, again" inside 'cd /root/issuer && hardware/setup.sh --test' || failed=1
    else
        timed "hardware/setup.sh && cargo run --release -- serve" inside "$(declare -f until_listening); until_listening $serve_limit" || failed=1
        timed "hardware/setup.sh --test && cargo test" \
            inside "cd /root/issuer && timeout $test_limit bash -c 'hardware/setup.sh --test && cargo test'" || failed=1
    fi
    echo "root and build: $(du -sh --one-file-system "$root" | cut -f1)"
    printf '%s\n' "${times[@]}"
    exit "${failed-0}"
}

fail() {
    printf 'error: %s\nhelp: %s\n' "$1" "$2" >&2
    exit 1
}

cleanup() {
    if [ -n "${KEEP-}" ]; then echo "kept: $root"; else rm -rf --one-file-system "$base"; fi
}

timed() {
    local what=$1 began=$SECONDS status=0
    shift
    echo "== $what"
    "$@" || status=$?
    times+=("$(printf '%6d s  %s%s' $((SECONDS - began)) "$what" "$([ $status -eq 0 ] || echo "  FAILED ($status)")")")
    return $status
}

# "address suite component" of every Debian mirror that this machine's apt uses for the release.
# shellcheck disable=SC2016  # the format is apt's, not the shell's
mirrors() {
    apt-get indextargets --format '$(CREATED_BY) $(REPO_URI) $(CODENAME) $(COMPONENT)' |
        awk -v r="$release" '$1 == "Packages" && $4 == "main" && ($3 == r || $3 ~ "^" r "-(updates|security)$") { print $2, $3, $4 }' |
        sort -u
}

bootstrap() {
    local uri found line include=
    found=$(mirrors)
    uri=$(awk -v r="$release" '$2 == r { print $1; exit }' <<<"$found")
    [ -n "$uri" ] || fail "this machine's apt knows no mirror of $release" "add one to its sources and apt-get update"
    case $uri in https:*) include=--include=ca-certificates ;; esac
    # shellcheck disable=SC2086  # empty means no argument
    debootstrap --variant=minbase $include "$release" "$root" "$uri" >"$base/debootstrap.log" 2>&1 ||
        { tail -n 20 "$base/debootstrap.log" >&2; return 1; }
    while read -r line; do echo "deb $line"; done <<<"$found" >"$root/etc/apt/sources.list"
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
    # Certificates that this network's own machines trust; setup.sh's ca-certificates takes them in.
    mkdir -p "$root/usr/local/share/ca-certificates"
    cp -L /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/" 2>/dev/null || true
    # No service starts in a chroot.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod +x "$root/usr/sbin/policy-rc.d"
}

# Runs a line of bash in the root with an environment that knows nothing of this machine's.
inside() {
    # shellcheck disable=SC2016  # expanded inside
    unshare --mount --pid --fork --kill-child bash -c '
        set -eu
        root=$1 rust=$2 line=$3
        mount --make-rprivate /
        mount -t proc proc "$root/proc"
        mount -t sysfs -o ro sys "$root/sys"
        mount -t tmpfs -o mode=755 dev "$root/dev"
        for node in null zero full random urandom tty; do touch "$root/dev/$node"; mount --bind "/dev/$node" "$root/dev/$node"; done
        mkdir -p "$root/dev/shm" "$root/dev/pts"
        mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
        mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
        ln -s pts/ptmx "$root/dev/ptmx"
        ln -s /proc/self/fd "$root/dev/fd"
        path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        if [ -n "$rust" ]; then
            mkdir -p "$root/opt/rust"
            mount --bind "$rust" "$root/opt/rust"
            mount -o remount,bind,ro "$root/opt/rust"
            path=$path:/opt/rust/bin
        fi
        exec env -i HOME=/root LANG=C.UTF-8 PATH="$path" chroot "$root" /bin/bash -c "$line"
    ' inside "$root" "${RUST_FROM-}" "$1" </dev/null
}

# Inside the root: the first command of the README, until it listens or has ended or the time is up; then it is stopped.
until_listening() {
    cd /root/issuer || return 1
    local pid end=$((SECONDS + $1)) listening=1
    setsid bash -c 'hardware/setup.sh && cargo run --release -- serve' >/root/serve.out 2>/root/serve.err &
    pid=$!
    while kill -0 "$pid" 2>/dev/null && [ "$SECONDS" -lt "$end" ]; do
        if grep -q '^listening on ' /root/serve.out; then
            listening=0
            break
        fi
        sleep 1
    done
    kill -TERM -- "-$pid" 2>/dev/null
    if [ "$listening" -eq 0 ]; then
        # The link is for one use in a root that is thrown away; it is left out all the same.
        grep '^listening on ' /root/serve.out
    else
        echo "it ended, or $1 s went by, without 'listening on'; its last words:" >&2
        tail -n 20 /root/serve.out /root/serve.err >&2
    fi
    return "$listening"
}

times=()
main "$@"
