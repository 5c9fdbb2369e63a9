"""The wheel that is installed, looked into; and wheels in which something is wrong."""

import base64
import hashlib
import pathlib
import sys
import tempfile
import unittest
import zipfile

import relucell as rc

HERE = pathlib.Path(__file__).resolve().parents[1]
if not (HERE / "inspect_wheel.py").exists():
    raise unittest.SkipTest("wheels are looked into in a checkout")
sys.path.append(str(HERE))

import inspect_wheel
from wheels import native

MADE = sorted(pathlib.Path(sys.prefix).parent.glob("relucell-*.whl"))
SOURCES = HERE / "src" / "relucell"


def record(files):
    """The record of files, without its own line."""
    return "".join(f"{f},sha256={base64.urlsafe_b64encode(hashlib.sha256(d).digest()).rstrip(b'=').decode()},{len(d)}\n" for f, d in files.items())


@unittest.skipUnless(".cache" in sys.prefix and MADE, "the wheel is looked into by make test-python")
class Wheel(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def changed(self, change, honest=True, mode=0o755, name=None):
        """The wheel with its files changed, and with a record of them where that is honest."""
        path = self.folder / (name or MADE[0].name)
        with zipfile.ZipFile(MADE[0]) as z:
            files = {i.filename: z.read(i) for i in z.infolist()}
        change(files)
        [own] = [f for f in files if f.endswith("/RECORD")]
        if honest:
            files[own] = (record({f: d for f, d in files.items() if f != own}) + own + ",,\n").encode()
        with zipfile.ZipFile(path, "w") as z:
            for f, d in files.items():
                i = zipfile.ZipInfo(f)
                i.external_attr = (0o100000 | (mode if "/_bin/" in f else 0o644)) << 16
                z.writestr(i, d)
        return path

    def test_what_is_installed_is_right(self):
        inspect_wheel.inspect(MADE[0], native(), SOURCES)
        inspect_wheel.inspect(self.changed(lambda files: None), native(), SOURCES)
        self.assertIn(f"-{rc.__version__}-", MADE[0].name)

    def test_what_is_wrong_is_told(self):
        binary = "relucell/_bin/" + inspect_wheel.executable(native())

        def put(name, f):
            def change(files):
                [own] = [k for k in files if k.endswith(name)]
                files[own] = f(files[own])

            return change

        for change, options, want in (
            (lambda files: files.pop("relucell/py.typed"), {}, "the files"),
            (lambda files: files.update({"tests/test.py": b""}), {}, "the files"),
            (put("/_net.py", lambda d: d + b"\n"), {}, "relucell/_net.py: is that of the sources"),
            (put("/py.typed", lambda d: d), {"name": MADE[0].name.replace("manylinux2014", "manylinux2010").replace("macosx_12", "macosx_11")}, "the file's name"),
            (put("/WHEEL", lambda d: d.replace(b"Is-Purelib: false", b"Is-Purelib: true")), {}, "WHEEL: Root-Is-Purelib"),
            (put("/WHEEL", lambda d: d.rstrip() + b"\nTag: py3-none-any\n"), {}, "WHEEL: the tags"),
            (put("/METADATA", lambda d: d.replace(b"Version: ", b"Version: 1", 2)), {}, "METADATA: Version"),
            (put("/METADATA", lambda d: d.replace(b"Requires-Python: >=3.9", b"Requires-Python: >=3.12")), {}, "METADATA: Requires-Python"),
            (put("/METADATA", lambda d: d.replace(b"Requires-Dist: numpy", b"Requires-Dist: torch\nRequires-Dist: numpy")), {}, "METADATA: what it requires"),
            (put("/METADATA", lambda d: d + b" "), {"honest": False}, "RECORD: relucell-"),
            (put("/RECORD", lambda d: d + b"relucell/none.py,,\n"), {"honest": False}, "RECORD: the files"),
            (lambda files: None, {"mode": 0o644}, f"{binary}: its mode"),
            (lambda files: files.update({binary: b"#!/bin/sh\n"}), {}, f"{binary}: its format"),
            (lambda files: files.update({binary: files[binary][:18] + b"\xf3" + files[binary][19:]}), {}, f"{binary}: its format"),
        ):
            with self.subTest(want), self.assertRaises(inspect_wheel.WheelError) as e:
                inspect_wheel.inspect(self.changed(change, **options), native(), SOURCES)
            self.assertRegex(str(e.exception), f"^{want}")

    @unittest.skipUnless(sys.platform == "linux", "binaries of Linux alone are told to be static")
    def test_a_binary_that_needs_libraries_is_told(self):
        self.assertEqual(inspect_wheel.elf(pathlib.Path(sys.executable).resolve().read_bytes())[3], "dynamic")

    def test_other_binaries_are_not_taken_for_ones_of_a_platform(self):
        for target, right in inspect_wheel.MACHINES.items():
            for data in (b"", b"MZ", b"MZ" + b"\0" * 200, b"\x7fELF\x02\x01", b"\xcf\xfa\xed\xfe", b"#!/bin/sh\n" * 20):
                self.assertNotEqual(inspect_wheel.form(data, target), right)


if __name__ == "__main__":
    unittest.main()
