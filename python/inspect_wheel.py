"""Looks into a wheel: whether its name, tags, metadata and record are right, and its binary one of its platform.

Most wheels are made on another platform than theirs, where nothing of them runs. So wheels.py has each one
looked into when it is made, and whatever is wrong ends the build with a line that says so.
"""

import base64
import csv
import email.parser
import hashlib
import io
import os
import pathlib
import struct
import subprocess
import tempfile
import zipfile

#: The platforms of each target, as wheels name them: what Go 1.26 asks of a system, and a static binary of the C library, which is nothing.
TAGS = {
    "linux/amd64": "manylinux2014_x86_64.manylinux_2_17_x86_64.musllinux_1_1_x86_64",
    "linux/arm64": "manylinux2014_aarch64.manylinux_2_17_aarch64.musllinux_1_1_aarch64",
    "darwin/amd64": "macosx_12_0_x86_64",
    "darwin/arm64": "macosx_12_0_arm64",
    "windows/amd64": "win_amd64",
}


class WheelError(Exception):
    """A wheel that is not what it says."""


def expect(what, got, want):
    if got != want:
        raise WheelError(f"{what}: {got!r}, expected {want!r}")


def inspect(path, target, sources):
    """Raises a WheelError unless the file is a wheel of the target, of the package in the folder of sources."""
    path = pathlib.Path(path)
    with zipfile.ZipFile(path) as z:
        files = {i.filename: z.read(i) for i in z.infolist()}
        modes = {i.filename: i.external_attr >> 16 & 0o777 for i in z.infolist()}
    name, version, *tags = path.name[: -len(".whl")].split("-")
    expect("the file's name", (name, tags), ("relucell", ["py3", "none", TAGS[target]]))
    info = f"{name}-{version}.dist-info/"
    binary = "relucell/_bin/" + executable(target)
    package = {f"relucell/{p.name}": p.read_bytes() for p in pathlib.Path(sources).iterdir() if p.suffix in (".py", ".typed")}
    expect("the files", {f for f in files if not f.startswith(info)}, {binary, *package})
    for f, data in package.items():
        expect(f"{f}: is that of the sources", files[f] == data, True)
    _wheel(files[info + "WHEEL"], target)
    _metadata(files[info + "METADATA"], version, package["relucell/_version.py"])
    _record(files, info + "RECORD")
    expect(f"{binary}: its mode", oct(modes[binary]), oct(0o755))
    expect(f"{binary}: its format", form(files[binary], target), MACHINES[target])
    expect(f"{binary}: what Go says of it", _go(files[binary]), {**dict(zip(("GOOS", "GOARCH"), target.split("/"))), "CGO_ENABLED": "0"})


def executable(target):
    return "relucell.exe" if target.startswith("windows/") else "relucell"


def _fields(data):
    return email.parser.Parser().parsestr(data.decode())


def _wheel(data, target):
    w = _fields(data)
    expect("WHEEL: Root-Is-Purelib", w["Root-Is-Purelib"], "false")
    expect("WHEEL: the tags", sorted(w.get_all("Tag")), sorted(f"py3-none-{p}" for p in TAGS[target].split(".")))


def _metadata(data, version, module):
    m = _fields(data)
    expect("METADATA: Name", m["Name"], "relucell")
    expect("METADATA: Version", m["Version"], version)
    expect("relucell/_version.py", module.decode().strip(), f'__version__ = "{version}"')
    expect("METADATA: Requires-Python", m["Requires-Python"].replace(" ", ""), ">=3.9")
    hard = [r for r in m.get_all("Requires-Dist") if "extra ==" not in r]
    expect("METADATA: what it requires", ["".join(c for c in r if c not in " ()") for r in hard], ["numpy>=1.19"])


def _record(files, name):
    rows = {row[0]: tuple(row[1:]) for row in csv.reader(io.StringIO(files[name].decode()))}
    expect("RECORD: the files", sorted(rows), sorted(files))
    for f, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        expect(f"RECORD: {f}", rows[f], ("", "") if f == name else (f"sha256={digest}", str(len(data))))


# What a binary is: its format and machine, and what else a system asks of it. A format of another kind is one of its first bytes.

MACHINES = {
    "linux/amd64": ("ELF", 64, 62, "static"),
    "linux/arm64": ("ELF", 64, 183, "static"),
    "darwin/amd64": ("Mach-O", 64, 0x01000007, "from macOS 12.0"),
    "darwin/arm64": ("Mach-O", 64, 0x0100000C, "from macOS 12.0", "signed"),  # a processor of this kind runs nothing unsigned
    "windows/amd64": ("PE", 64, 0x8664, "console"),
}


def elf(data):
    """An executable of Linux: static is one that names neither an interpreter nor libraries."""
    if data[:6] != b"\x7fELF\x02\x01":
        return data[:6]
    kind, machine = struct.unpack_from("<HH", data, 16)
    at, size, count = struct.unpack_from("<Q", data, 32)[0], *struct.unpack_from("<HH", data, 54)
    parts = {struct.unpack_from("<I", data, at + i * size)[0] for i in range(count)}
    return "ELF", 64, machine, "static" if kind == 2 and not parts & {2, 3} else "dynamic"  # 2 is PT_DYNAMIC, 3 PT_INTERP


def mach_o(data):
    """An executable of macOS, with the oldest system that its header names."""
    magic, machine, _, kind, commands = struct.unpack_from("<5I", data)
    if magic != 0xFEEDFACF or kind != 2:
        return data[:4]
    at, oldest, signed = 32, "from macOS ?", ()
    for _ in range(commands):
        command, size = struct.unpack_from("<2I", data, at)
        if command == 0x32:  # LC_BUILD_VERSION
            _, least = struct.unpack_from("<2I", data, at + 8)
            oldest = f"from macOS {least >> 16}.{least >> 8 & 255}"
        if command == 0x1D and machine == 0x0100000C:  # LC_CODE_SIGNATURE
            signed = ("signed",)
        at += size
    return ("Mach-O", 64, machine, oldest, *signed)


def pe(data):
    """An executable of Windows."""
    at = struct.unpack_from("<I", data, 60)[0] if data[:2] == b"MZ" else 0
    if at == 0 or data[at : at + 4] != b"PE\0\0":
        return data[:2]
    machine = struct.unpack_from("<H", data, at + 4)[0]
    magic, subsystem = struct.unpack_from("<H", data, at + 24)[0], struct.unpack_from("<H", data, at + 24 + 68)[0]
    return "PE", {0x20B: 64}.get(magic, 32), machine, {3: "console"}.get(subsystem, subsystem)


FORMATS = {"linux": elf, "darwin": mach_o, "windows": pe}


def form(data, target):
    try:
        return FORMATS[target.split("/")[0]](data)
    except struct.error:  # it ends before its header does
        return data[:6]


def _go(data):
    """What Go has written into a binary of where it runs."""
    with tempfile.TemporaryDirectory(prefix="relucell-") as folder:
        path = pathlib.Path(folder) / "binary"
        path.write_bytes(data)
        out = subprocess.run([os.environ.get("GO", "go"), "version", "-m", str(path)], check=True, capture_output=True, text=True).stdout
    said = dict(line.split("\t")[2].split("=", 1) for line in out.splitlines() if line.startswith("\tbuild\t"))
    return {k: said.get(k) for k in ("GOOS", "GOARCH", "CGO_ENABLED")}
