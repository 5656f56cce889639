#!/usr/bin/env bash
# Links programs once more, with a linker that tells where one name is defined in two ways: two types of one name share a destructor,
# and which of the two it is nobody knows. Sees it where nothing is optimised away.
# usage: one_definition.sh BUILD PROGRAM …
set -euo pipefail
command -v ld.gold >/dev/null || { echo "ld.gold is not installed."; exit 0; }
cd "$1"
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
look="-fuse-ld=gold -Wl,--detect-odr-violations"

cat >"$work/1.cpp" <<'END'
struct Twice { int one = 0; __attribute__((noinline)) ~Twice() { one = 1; } };
void f1() { Twice twice; }
END
cat >"$work/2.cpp" <<'END'
struct Other {};
struct Twice { int one = 0, two = 0; __attribute__((noinline)) ~Twice() { one = two = 1; } };
void f2() { Twice twice; }
END
echo 'void f1(); void f2(); int main() { f1(); f2(); }' >"$work/main.cpp"
g++ -g1 $look "$work"/[12].cpp "$work/main.cpp" -o "$work/linked" >"$work/said" 2>&1
grep -q "possible ODR violation" "$work/said" || { echo "The linker does not see it: this proves nothing."; exit 1; }

for program in "$@"; do
    output="-o bin/$program "
    link=$(ninja -t commands -s "bin/$program" | grep -F -- "$output")
    bash -c "${link/"$output"/-o $work/linked $look }" >"$work/said" 2>&1 || { cat "$work/said"; exit 1; }
    ! grep -A4 "possible ODR violation" "$work/said" || { echo "$program"; exit 1; }
done
echo "$# programs, each name defined once"
