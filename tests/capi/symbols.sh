#!/usr/bin/env bash
# The shared library exports the functions of symbols.txt, each with its version, and nothing else. A program that was linked with
# an older libtefter.so.1 needs every one of them: lines are added to symbols.txt, never taken away.
set -euo pipefail
[ $# = 1 ] || { echo "usage: symbols.sh LIBRARY" >&2; exit 2; }
export LC_ALL=C
exported=$(nm -D --defined-only "$1" | awk '$2 == "T" || $2 == "D" || $2 == "B" || $2 == "W" || $2 == "V" || $2 == "u" { print $3 }' | sort)
diff "$(dirname "$0")/symbols.txt" <(echo "$exported")
declared=$(grep -oE 'TEFTER_API [a-z_0-9 *]*tefter_[a-z_]+\(' "$(dirname "$0")/../../engine/include/tefter.h" | grep -oE 'tefter_[a-z_]+\(' | tr -d '(' | sort)
diff <(echo "$declared") <(sed 's/@@.*//' "$(dirname "$0")/symbols.txt")
echo "$(wc -l < "$(dirname "$0")/symbols.txt") functions, and nothing else"
