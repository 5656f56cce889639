#!/usr/bin/env bash
# Checks the model of the protocol: every order of events with one server and two devices, none that violates it; and that the
# model can fail: where both sides are restored at once, spin must find the loss, and where a restored server does not ask for
# its epoch, how a late request splits a chain.
# usage: protocol.sh MODEL SECONDS
set -euo pipefail
model=$(realpath "$1")
seconds=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
check() {
    spin -a "$@" "$model" > generated.txt || { cat generated.txt; return 2; }
    gcc -O1 -DSAFETY -DCOLLAPSE -DMEMLIM=4000 -w -o checker pan.c
    timeout "$seconds" ./checker -m100000 > result.txt || { cat result.txt; return 2; }
    grep -E 'errors:|states, stored' result.txt
    grep -q 'errors: 0' result.txt && ! grep -q 'max search depth too small\|Search not completed' result.txt
}
check || { cat result.txt; echo "The model is violated."; exit 1; }
check -DLATE || { cat result.txt; echo "The model is violated by a late request."; exit 1; }
if check -DUNGUARDED || check -DLATE -DNO_EPOCH; then echo "The model cannot fail: it proves nothing."; exit 1; fi
