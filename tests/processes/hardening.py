"""The built programs are hardened: position-independent, full RELRO, no executable stack, stack protector, fortified calls,
control-flow protection; and they leave no core and cannot be read by other processes."""

import os
import platform
import re
import subprocess

from harness import BIN, World


def readelf(*arguments):
    return subprocess.run(["readelf", "-W", *arguments], check=True, capture_output=True, text=True).stdout


for name in sorted(os.listdir(BIN)):
    path = f"{BIN}/{name}"
    if not os.path.isfile(path) or not os.access(path, os.X_OK) or open(path, "rb").read(4) != b"\x7fELF":
        continue
    head, segments, dynamic, symbols = readelf("-h", path), readelf("-l", path), readelf("-d", path), readelf("--dyn-syms", path)
    assert re.search(r"Type:\s+DYN", head), f"{name} is not position-independent"
    assert "GNU_RELRO" in segments, f"{name} has no RELRO"
    assert "BIND_NOW" in dynamic or re.search(r"FLAGS_1.*NOW", dynamic), f"{name} binds late"
    assert re.search(r"GNU_STACK.*RW\s", segments), f"{name} has an executable stack"
    assert not re.search(r"LOAD.*RWE", segments), f"{name} has memory that can be written and run"
    assert "__stack_chk_fail" in symbols, f"{name} has no stack protector"
    assert re.search(r"__\w+_chk@", symbols), f"{name} has no fortified calls"
    if platform.machine() == "x86_64":
        instructions = subprocess.run(f"objdump -d --no-show-raw-insn {path} | grep -c -m 1000 endbr64", shell=True, capture_output=True, text=True)
        assert int(instructions.stdout) == 1000, f"{name} is built without control-flow protection"

with World() as world:
    world.start()
    with open(f"/proc/{world.process.pid}/limits") as limits:
        core = next(line for line in limits if line.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"], core
print("the programs are hardened")
