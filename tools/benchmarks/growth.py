"""How costs grow with the number of rows: each part of the engine's figures at 10^4, 10^5 and 10^6 rows, beside the plain table.

usage: growth.py [--largest ROWS] [--runs N] OUT   figures as JSON and text in the folder OUT, and growth.svg where gnuplot is installed

A cost that grows faster than n log n is a defect: then it fails.
"""

import argparse
import json
import math
import os
import shutil
import subprocess
import sys

BIN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../build/bin/tefter-bench")
PARTS = ("write", "receive", "update", "ingest", "snapshot")
SLACK = 1.5  # caches of the processor and of the disk fill up somewhere on the way; a cost that grows with the square is ten times as high


def measure(part, rows, runs, out):
    report = f"{out}/growth-{part}-{rows}.json"
    command = [BIN, "engine", "--only", part, "--rows", str(rows), "--runs", str(runs), "--all-rows", "--json", report]
    subprocess.run(command, stdout=subprocess.DEVNULL)  # a bar that is missed is told elsewhere
    with open(report) as lines:
        return next(line for line in json.load(lines)["figures"] if "rows" in line)


def draw(figures, out):
    if not shutil.which("gnuplot"):
        print("gnuplot is not installed: there is no plot.")
        return
    blocks = "".join(f"${part} << END\n" + "".join(f"{one['rows']} {one['ours_s'] * 1e6 / one['rows']} {one['theirs_s'] * 1e6 / one['rows']}\n"
                                                   for one in lines) + "END\n" for part, lines in figures.items())
    plots = ", ".join(f"${part} using 1:2 with linespoints lc {i + 1} lw 2 pt 7 title '{part}', ${part} using 1:3 with lines lc {i + 1} dt 3 notitle"
                      for i, part in enumerate(figures))
    script = (f"{blocks}set terminal svg size 800,500 font 'sans,14' background 'white'\nset output '{out}/growth.svg'\nset logscale xy\n"
              "set xlabel 'rows'\nset ylabel 'microseconds of processor time a row'\nset format x '10^{%L}'\nset grid\nset key outside right\n"
              "set title 'Tefter, and the plain table (dotted)'\nset xrange [5e3:*]\n" f"plot {plots}\n")
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("out")
    parser.add_argument("--largest", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    sizes = [10 ** power for power in range(4, int(math.log10(options.largest)) + 1)]
    figures, faults = {}, []
    for part in PARTS:
        figures[part] = [measure(part, rows, options.runs, options.out) for rows in sizes]
        for one, next_one in zip(figures[part], figures[part][1:]):
            may = math.log(next_one["rows"]) / math.log(one["rows"]) * SLACK
            grew = next_one["ours_s"] / next_one["rows"] / (one["ours_s"] / one["rows"])
            if grew > may and next_one["figure"] > one["figure"] * SLACK:
                faults.append(f"{part}: from {one['rows']} to {next_one['rows']} rows, a row costs {grew:.1f} times as much")
        print(f"{part:10}" + "".join(f"{one['rows']:>10}: {one['ours_s'] * 1e6 / one['rows']:6.2f} µs a row, {one['figure']:5.2f} x" for one in figures[part]),
              flush=True)
    with open(f"{options.out}/growth.json", "w") as out:
        json.dump(figures, out, indent=1)
    draw(figures, options.out)
    for fault in faults:
        print("grows too fast: " + fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
