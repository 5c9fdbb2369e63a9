"""What a network may be asked, on networks whose answers are known."""

import copy
import io
import json
import os
import pathlib
import pickle
import sys
import tempfile
import types
import unittest
import unittest.mock
from fractions import Fraction

import numpy as np

import relucell as rc
from relucell import _server
from relucell._answers import Extreme
from relucell._exact import fraction, grouped, integer, nearest, numbers

DATA = pathlib.Path(__file__).parents[2] / "testdata"
MOONS = DATA / "two_moons_2-16-16-1.onnx"

# max(x, 0) + max(y, 0): four regions around 0.
CROSSING = [([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0]), ([[1.0, 1.0]], [0.0])]


class Numbers(unittest.TestCase):
    def test_spellings(self):
        for text, value in {"0x1.8p-3": Fraction(3, 16), "-0x1p+4": Fraction(-16), "0x0p+0": Fraction(0), "3/4": Fraction(3, 4), "-12": Fraction(-12),
                            "0x1.0000000000000000000001p+0": 1 + Fraction(1, 16**22)}.items():
            self.assertEqual(fraction(text), value)
            self.assertEqual(nearest(text), float(value))
        self.assertEqual(nearest("0x1p+2000"), float("inf"))
        self.assertEqual(nearest("-0x1p+2000"), -float("inf"))

    def test_a_float_that_is_whole_is_no_integer(self):
        # 99999999999999984, in as few digits as tell it from its neighbours: as an integer it is below what it bounds.
        e = Extreme.read(json.loads('{"exact":"99999999999999984","lower":99999999999999980,"upper":99999999999999980,"point":["0"],"pattern":"+"}'))
        self.assertEqual((e.lower, e.upper, e.exact), (99999999999999984, 99999999999999984, 99999999999999984))

    def test_numbers_are_taken_as_they_are(self):
        self.assertEqual(numbers("x", [1, 0.5, Fraction(1, 4), np.float32(0.1)]), [1.0, 0.5, 0.25, float(np.float32(0.1))])
        self.assertEqual(numbers("x", np.arange(4).reshape(2, 2)), [0.0, 1.0, 2.0, 3.0])
        for wrong in ([Fraction(1, 3)], [2**53 + 1], [2**53 + 1, 0.5], [10**400], [Fraction(10**400)], [np.longdouble("0.1")], np.longdouble("0.1"),
                      [[1], [1, 2]], [np.nan], [np.inf], ["a"], [1j], [None]):
            if isinstance(wrong, list) and wrong == [0.1] or isinstance(wrong, float):
                continue  # a long double is a double here
            with self.assertRaises(rc.InputError) as e:
                numbers("x", wrong)
            self.assertRegex(str(e.exception), "^x: [^\\n]*$")
        self.assertEqual(numbers("x", np.arange(12.0).reshape(3, 4)[::2, ::3].T), [0.0, 8.0, 3.0, 11.0])

    def test_integers_of_any_length(self):
        for n in (0, 7, -12, 10**700 + 3, 2**20000, -(3**15000)):
            digits, m = [], abs(n)
            while m:
                m, d = divmod(m, 10**500)
                digits.append(f"{d:0500d}")
            text = ("-" if n < 0 else "") + ("".join(reversed(digits)).lstrip("0") or "0")
            self.assertEqual(integer(text), n)
            self.assertEqual(fraction(text + "/7"), Fraction(n, 7))
        self.assertEqual((grouped(18769), grouped(2**20000)), ("18,769", "about 10^6021"))


class Load(unittest.TestCase):
    def test_files_bytes_and_lists(self):
        net = rc.load(MOONS)
        self.assertEqual((net.inputs, net.hidden, net.outputs, net.neurons), (2, [16, 16], 1, 32))
        self.assertEqual(rc.load(str(MOONS)).fingerprint, net.fingerprint)
        self.assertEqual(rc.load(MOONS.read_bytes()).fingerprint, net.fingerprint)
        self.assertEqual(rc.load(MOONS.with_suffix(".json").read_bytes(), format="json").fingerprint, net.fingerprint)
        self.assertEqual(rc.load(MOONS.with_suffix(".json").read_bytes(), format="json").text(), net.text())
        self.assertEqual(rc.load(CROSSING).fingerprint, rc.load([(np.eye(2), np.zeros(2)), (np.ones((1, 2)), [0])]).fingerprint)
        again = pickle.loads(pickle.dumps(net))
        self.assertEqual(again.fingerprint, net.fingerprint)

    def test_large_networks_go_by_a_file(self):
        w = np.ones((1, 700_000))
        self.assertEqual(rc.load([(w, [0.0])]).inputs, 700_000)

    def test_bounds_of_wide_networks(self):
        """Python refuses to read more than 4300 digits."""
        net = rc.load([(np.ones((14300, 2)), np.arange(14300.0)), (np.ones((1, 14300)), [0.0])])
        b = net.bound(center=0, radius=1e-6)
        self.assertEqual(b["2^N"].value, 2**14300)
        self.assertIn("about 10^4305", b._repr_html_() + repr(b))
        c = net.count(center=0, radius=1e5, limit=2)
        self.assertIn("regions", str(c) + repr(c))
        from relucell._progress import describe

        self.assertIn("at most 10^4817", describe({"lower": "1", "upper": "9" * 4817}))

    def test_what_is_no_network(self):
        for model, want in ((3, "of type int, expected a file's name"), ([], "an empty list"), ([1], "expected a pair"), ([([[1.0]], [1.0, 2.0])], "expected (outputs, inputs)"),
                            ([([[1.0]], [0.0]), ([[1.0, 2.0]], [0.0])], "2 inputs, expected 1"), ("none.onnx", "no such file"), (b"abc", "data.onnx"),
                            ([(np.array([["a"]]), [0.0])], "expected float64"), ([([[1.0, np.nan]], [0.0])], "model[0]: W[0, 1] is nan, expected finite"),
                            ([([[1.0]], [0.0]), ([[1.0]], np.array([np.inf], dtype=np.float16))], "model[1]: b[0] is inf, expected finite")):
            with self.assertRaises(rc.InputError) as e:
                rc.load(model)
            self.assertIn(want, str(e.exception))
        with self.assertRaises(rc.InputError):
            rc.load(CROSSING, output="y")

    def test_a_file_that_changed_is_not_read_again_in_silence(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "net.json")
            rc.load(CROSSING).save(path)
            net = rc.load(path)
            rc.load([([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.5]), ([[1.0, 1.0]], [0.0])]).save(path)
            self.assertEqual(net.count(center=0, radius=1).regions, 4)
            rc.shutdown()
            with self.assertRaises(rc.InputError) as e:
                net.count(center=0, radius=1)
            self.assertIn("has changed", str(e.exception))
            with self.assertRaises(rc.InputError):
                pickle.loads(pickle.dumps(net))


class Calls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.net = rc.load(MOONS)

    def test_whole_floats_are_no_integers(self):
        """JSON has 2.0**62 as 4611686018427388000, an integer that is above the constant."""
        far = 2.0**62
        net = rc.load([([[far, 0.0], [0.0, 1.0]], [0.0, -far]), ([[1.0, 1.0]], [0.0])])
        whole = net.lipschitz(center=0, radius=1, norm="linf")
        self.assertEqual(whole.exact, 2**62)
        top = net.range(center=0, radius=1, norm="linf").max
        nearest = net.bound(center=[1.0, 0.0], radius=1, norm="linf").nearest
        distance = rc.load([([[0.0, 1.0]], [-far]), ([[1.0]], [0.0])]).bound(center=0, radius=1).nearest
        radius = rc.load([([[-1.0]], [far])]).radius([0.0], most=2.0**70)
        apart = net.diff(rc.load([([[0.0, 0.0]], [0.0])]), center=0, radius=1, norm="linf")
        self.assertEqual(nearest.exact, 1)
        for lower, upper in ((whole.lower, whole.upper), (top.lower, top.upper), (distance.lower, distance.upper), (radius.upper, radius.upper), (apart.lower, apart.upper)):
            self.assertEqual((type(lower), type(upper)), (float, float))
            self.assertEqual((Fraction(lower), Fraction(upper)), (2**62, 2**62))

    def test_count(self):
        r = self.net.count(center=[0.5, 0.25], radius=0.5, bounds=True)
        self.assertEqual((r.regions, r.exact, int(r), r.stopped), (131, True, 131, ""))
        self.assertEqual(r.bounds["2^N"].value, 2**32)
        self.assertLessEqual(r.bounds.best.value, 3286)
        self.assertEqual(self.net.count(box=[(-1.5, 2.5), (-1, 1.5)]).regions, 423)
        self.assertEqual(self.net.count(np.array([0.5, 0.25], dtype=np.float32), 0.5).regions, 131)
        r = self.net.count(box=(-1, 1), limit=5)
        self.assertFalse(r.exact)
        self.assertGreaterEqual(r.regions.lower, 5)
        self.assertEqual(r.stopped, "stopped early: limit reached")
        self.assertIn("between", str(r))
        with self.assertRaises(ValueError):
            int(r)
        fixed = self.net.count(box=[(-1, 1), (0.5, 0.5)])
        self.assertTrue(fixed.notes)

    def test_bad_input_is_the_commands(self):
        for options, want in (({}, "center: missing, expected 2 numbers, or one number for all (or box)"), ({"center": [1, 2, 3], "radius": 1}, "3 numbers, expected 2"), ({"center": 0, "radius": -1}, "radius"),
                              ({"center": 0, "radius": 1, "norm": "l7"}, "norm"), ({"box": [(0, 1)] * 3}, "shape (3, 2)"), ({"box": (1, 0)}, "box: coordinate 0"),
                              ({"center": 0, "radius": float("nan")}, "finite"), ({"center": 0, "radius": 1, "timeout": -1}, 'timeout: "-1.000000000s", expected a time greater than 0')):
            with self.assertRaises(ValueError) as e:
                self.net.count(**options)
            self.assertIn(want, str(e.exception))

    def test_bad_points_are_named(self):
        wide = rc.load([(np.ones((1, 3)), [0.0])])
        for net, points, want in ((self.net, [[1.0]], "points: of shape (1, 1), expected rows of 2 numbers"), (self.net, np.zeros((1, 1, 2)), "points: of shape (1, 1, 2)"),
                                  (self.net, [[0.0, np.nan]], "points[0]: nan"), (wide, [0.0] * 4, "points: of shape (1, 4), expected rows of 2 or 3 numbers")):
            with self.assertRaises(rc.InputError) as e:
                net.plot(box=(-1, 1), points=points, **({} if net is self.net else {"inputs": [0, 1], "origin": 0}))
            self.assertIn(want, str(e.exception))
        for points in ([0.5, 0.25], [0.5, 0.25, 1.0], [[0.5, 0.25, 1.0], [0.0, 0.0, 0.0]]):
            self.assertTrue(wide.plot(box=(-1, 1), inputs=[0, 1], origin=0, points=points).svg)

    def test_points_are_rows_or_one(self):
        net = rc.load(CROSSING)
        self.assertEqual(net([1.0, 2.0]).tolist(), [[3.0]])
        self.assertEqual(net([[1, 2], [3, 4]]).tolist(), [[3.0], [7.0]])
        self.assertEqual(rc.load([([[1.0]], [0.0])])([1.0, 2.0]).tolist(), [[1.0], [2.0]])
        with self.assertRaises(rc.InputError) as e:
            net([1.0, 2.0, 3.0])
        self.assertIn("points[0]: 3 numbers, expected 2", str(e.exception))
        try:
            import pandas
        except ImportError:
            self.skipTest("pandas is not installed")
        table = pandas.DataFrame([[1.0, 2.0], [3.0, 4.0]], index=[7, 8])
        self.assertEqual(net(table).tolist(), [[3.0], [7.0]])
        self.assertTrue(net.plot(box=(-1, 1), points=table, labels=pandas.Series(["a", "b"], index=[3, 4])).svg)

    def test_options_may_be_numpys(self):
        net = rc.load(CROSSING)
        self.assertEqual(net.count(center=0, radius=np.float32(1), norm=np.inf, limit=np.int64(9), bounds=np.bool_(True)).regions, 4)
        self.assertEqual(net.command("count", center=np.zeros(2), radius=np.float32(0.5))["regions"]["lower"], "4")
        self.assertIn('"2^N"', str(net.command("count", center=0, radius=1, bounds=True)["bounds"]).replace("'", '"'))
        for wrong in (float("nan"), np.array([np.inf]), object(), 1j):
            with self.assertRaises(rc.InputError):
                net.command("count", center=0, radius=wrong)
        with self.assertRaises(rc.InputError):
            net.count(center=0, radius=1, norm=3)
        self.assertTrue(net.command("list", box="0:1", format="csv")["text"])

    def test_two_networks(self):
        net, other = rc.load(CROSSING), rc.load([([[1.0, 0.0], [0.0, 1.0], [0.0, 2.0]], [0.0, 0.0, 0.0]), ([[1.0, 0.0, 0.5]], [0.25])])
        d = net.diff(other, box=(-1, 1))
        self.assertEqual((d.outputs[0].max.exact, d.outputs[0].min.exact, d.lower, d.upper, d.equal), (Fraction(-1, 4), Fraction(-1, 4), 0.25, 0.25, False))
        self.assertTrue(net.diff(other, box=(-1, 1), at_most=Fraction(1, 3)).at_most)
        self.assertFalse(net.diff(other, center=0, radius=1, at_most=0.125).at_most)
        self.assertEqual((net.diff(net, box=(-1, 1)).equal, net.diff(net, box=(-1, 1)).upper), (True, 0.0))
        self.assertFalse(net.same(other))
        self.assertIsNotNone(net.same(other).point)
        shift = rc.load([([[1.0, 0.0], [0.0, 1.0], [0.0, 2.0]], [0.0, 0.0, 0.0]), ([[1.0, 0.5, 0.25]], [0.0])])
        self.assertTrue(net.same(shift))
        c = shift.canonical()
        self.assertEqual((c.net.neurons, c.merged), (2, [[1, 2]]))
        self.assertTrue(c.net.same(net))
        wide = rc.load([(np.ones((2, 3)), np.zeros(2)), (np.ones((1, 2)), [0.0])])
        for ask, want in ((lambda: self.net.same(self.net), "^two_moons_2-16-16-1.onnx: layers "), (lambda: net.diff(wide, box=(-1, 1)), "^other beside network: inputs: 3 beside 2"),
                          (lambda: self.net.diff(wide, box=(-1, 1)), "^network beside two_moons_2-16-16-1.onnx: "), (lambda: net.same(wide), "^other: 3 inputs and 1 output, expected 2 and 1 as in network$"),
                          (lambda: net.diff("b.onnx", box=(-1, 1)), "^other: of type str, expected a network"), (lambda: net.same(3), "^other: of type int, expected")):
            with self.assertRaises(rc.InputError) as e:
                ask()
            self.assertRegex(str(e.exception), want)

    def test_reach(self):
        net = rc.load(CROSSING)
        images = net.reach(box=(-1, 1))
        self.assertEqual(sorted((g.pattern, g.image.min(), g.image.max()) for g in images), [("++", 0, 2), ("+-", 0, 1), ("-+", 0, 1), ("--", 0, 0)])
        self.assertEqual([sorted(map(tuple, g.vertices)) for g in images if g.pattern == "++"], [[(0, 0), (0, 1), (1, 0), (1, 1)]])
        self.assertIsNone(net.reach(center=0, radius=1)[0].image)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "a.jsonl")
            self.assertEqual(len(net.reach(box=(-1, 1), path=path)), 4)
            self.assertTrue(os.path.getsize(path) > 0)
            with self.assertRaises(rc.InputError):
                net.reach(box=(-1, 1), path=os.path.join(folder, "a.svg"))

    def test_regions(self):
        net = rc.load(CROSSING)
        regions = list(net.regions(box=(-1, 1), neighbours=True, volume=True))
        self.assertEqual(sorted(g.pattern for g in regions), ["++", "+-", "-+", "--"])
        for g in regions:
            self.assertEqual(list(g.W[0]), [float(c == "+") for c in g.pattern])
            self.assertEqual((g.b.tolist(), g.volume, len(g.neighbours)), ([0.0], 1, 2))
            self.assertTrue(all((v > 0) == (c == "+") for v, c in zip(g.point, g.pattern)))
            self.assertEqual(g.fractions().W, [[Fraction(int(v)) for v in g.W[0]]])
        self.assertEqual(len(list(net.regions(box=(-1, 1), limit=3))), 3)
        total = sum(1 for _ in self.net.regions(box=[(-1.5, 2.5), (-1, 1.5)]))
        self.assertEqual(total, 423)
        for g in self.net.regions(box=(-1, 1)):
            break  # the rest is not wanted
        self.assertEqual(len(self.net.command("list", box="-1:1", limit=None)), self.net.count(box=(-1, 1)).regions)

    def test_proofs(self):
        p = self.net.prove(center=[0.5, 0.25], radius=0.5)
        verdict = p.check()
        self.assertTrue(verdict)
        self.assertEqual((p.regions, verdict.count, verdict.relation), (131, 131, "="))
        other = rc.load(CROSSING).check(p.path)
        self.assertFalse(other)
        self.assertTrue(other.reason)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "a.proof")
            self.net.prove(box=(-1, 1), path=path)
            text = pathlib.Path(path).read_text()
            pathlib.Path(path).write_text(text.replace("\n*\n", "\n+1\n", 1))
            self.assertFalse(self.net.check(path))
            with self.assertRaises(rc.InputError):
                self.net.check(os.path.join(folder, "none"))

    def test_bounds_range_lipschitz_radius(self):
        net = rc.load(CROSSING)
        b = net.bound(center=[1, 2], radius=0.5)
        self.assertEqual((b.nearest.neuron, b.nearest.lower, b["2^N"].value), (0, 1.0, 4))
        self.assertIn("2^N", b._repr_html_())
        r = net.range(box=(-1, 2))
        self.assertEqual((r.max.exact, r.max.value, r.min.exact), (4, 4.0, 0))
        self.assertEqual(list(r.max.point), [2.0, 2.0])
        self.assertEqual(net.lipschitz(box=(-1, 1), norm="linf").exact, 2)
        two = rc.load([([[1.0], [-1.0]], [0.0, 0.0])])
        r = two.radius([0.5])
        self.assertEqual((r.label, r.other, r.upper), (0, 1, 0.5))
        self.assertEqual(two.radius([0.5], most=0.25).upper, float("inf"))

    def test_verify(self):
        v = self.net.verify(DATA / "two_moons.vnnlib")
        self.assertEqual((v.verdict, v.holds, v.point), ("holds", True, None))
        v = self.net.verify((DATA / "two_moons_between.vnnlib").read_text())
        self.assertEqual((v.verdict, v.holds), ("violated", False))
        self.assertEqual([float(x) for x in v.exact_point], v.point.tolist())
        np.testing.assert_array_equal(self.net(v.point), [v.output])
        with self.assertRaises(rc.InputError) as e:
            self.net.verify("(declare-const X_0 Real)")
        self.assertRegex(str(e.exception), "^spec: line 1, ")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "safe.proof")
            self.net.verify(DATA / "two_moons.vnnlib", proof=path)
            self.assertTrue(self.net.check(path, spec=DATA / "two_moons.vnnlib"))

    def test_what_is_no_ball(self):
        for ball, want in (({"radius": 1, "norm": [1]}, "^norm: .1., expected l2"), ({"radius": 1, "norm": 7}, "^norm: 7, expected l2"), ({"box": [(0, 1), (1,)]}, "^box: "),
                           ({"box": [(0, 1)] * 3}, "^box: of shape .3, 2., expected .2, 2."), ({"box": "-1:1"}, "^box: "), ({"radius": -1}, "radius: -1.0"), ({}, "radius: missing")):
            with self.assertRaises(rc.InputError) as e:
                self.net.count(center=None if "box" in ball else 0, **ball)
            self.assertRegex(str(e.exception), want)

    def test_evaluate_and_slice(self):
        net = rc.load(CROSSING)
        v = net.evaluate([[1, 2], [-1, 0.5]])
        self.assertEqual((v.value.tolist(), v.patterns, v.fractions()), ([[3.0], [0.5]], ["++", "-+"], [[3], [Fraction(1, 2)]]))
        self.assertEqual(net(np.array([1.0, 1.0])).tolist(), [[2.0]])
        line = net.slice(through=[[-1, -1], [1, 1]])
        self.assertEqual((line.inputs, line.count(box=(0, 1)).regions), (1, 2))

    def test_sweep(self):
        t = self.net.sweep([[0.5, 0.25], [0, 0]], [0.5, 1.0], bounds=True)
        rows = t if isinstance(t, list) else t.to_dict("records")
        self.assertEqual([r["lower"] for r in rows], [131, 327, 90, 237])
        self.assertEqual([(r["center"], r["radius"]) for r in rows], [(0, 0.5), (0, 1.0), (1, 0.5), (1, 1.0)])
        self.assertEqual(rows[0]["2^N"], 2**32)

    def test_plot(self):
        p = self.net.plot(box=[(-1, 1), (-1, 1)], points=[[0, 0], [0.5, 0.5]], labels=["a", "b"])
        self.assertTrue(p._repr_svg_().startswith(("<svg", "<?xml")))
        with tempfile.TemporaryDirectory() as folder:
            for ending, head in (("svg", b"<"), ("pdf", b"%PDF"), ("png", b"\x89PNG"), ("html", b"<")):
                path = os.path.join(folder, "map." + ending)
                p.save(path)
                self.assertTrue(pathlib.Path(path).read_bytes().startswith(head))
            with self.assertRaises(rc.InputError):
                p.save(os.path.join(folder, "map.txt"))
        iris = rc.load(DATA / "iris_sized_4-16-16-3.onnx")
        self.assertTrue(iris.plot(inputs=[0, 2], origin=0, box=[(-1, 1), (-1, 1)], fill="class").svg)
        with self.assertRaises(rc.InputError):
            iris.plot(center=0, radius=1)

    def test_progress_that_is_seen(self):
        """In a terminal, by tqdm or without it, and under a cell of a notebook."""
        from relucell._progress import Line

        p = {"lower": "12", "upper": "3456", "estimate": 40.0, "seconds": 1.25}
        want = "relucell: [###.......] 12 regions, at most 3,456, about 40, 1.2 s"
        for tqdm in (False, True):
            terminal = io.StringIO()
            with unittest.mock.patch.object(sys, "stderr", terminal), unittest.mock.patch.dict(sys.modules, {} if tqdm else {"tqdm": None}):
                line = Line()
                line({"lower": "1", "seconds": 0.1})
                self.assertEqual(terminal.getvalue(), "")  # a short call shows nothing
                line(p)
                line(p)
                line.close()
            self.assertIn(want[:60], terminal.getvalue())
            self.assertRegex(terminal.getvalue(), "(\r *\r|\x1b\\[K)$")  # it is removed at the end
        shown = []

        class Handle:
            def update(self, data, raw):
                shown.append(data["text/plain"])

        ipython, display = types.ModuleType("IPython"), types.ModuleType("IPython.display")
        ipython.get_ipython = lambda: types.SimpleNamespace(kernel=1)
        display.display = lambda data, raw, display_id: Handle()
        with unittest.mock.patch.dict(sys.modules, {"IPython": ipython, "IPython.display": display}):
            line = Line()
            line(p)
            line.close()
        self.assertEqual(shown, [want, ""])

    def test_progress_is_told(self):
        seen = []
        self.net.count(box=(-1, 1), progress=seen.append)
        self.assertTrue(seen[-1]["lower"])
        from relucell._progress import describe

        self.assertIn("regions", describe(seen[-1]))


class Studies(unittest.TestCase):
    def test_cones(self):
        c = rc.cone_rays([[1, 0], [0, Fraction(1, 3)]])
        self.assertEqual((c.dimensions, c.lines, sorted(c.rays)), (2, [], [[-1, 0], [0, -1]]))
        self.assertEqual(rc.cone_rays([[2**70, 1], [-1, 0]]).rays[-1], [1, -(2**70)])
        tenth = Fraction(0.1)
        self.assertEqual(rc.cone_rays(np.array([[0.1, 1.0]])).lines, [[tenth.denominator, -tenth.numerator]])
        net = rc.load(CROSSING)
        self.assertIn("verified", net.command("cone check", a=[[-1]])["verdict"])
        with self.assertRaises(rc.FailedError):
            net.command("cone check", a=[[1]], box="-1:1")
        for wrong in ([], [1, 2], [["a"]], [[np.nan]]):
            with self.assertRaises(rc.InputError):
                rc.cone_rays(wrong)

        with tempfile.TemporaryDirectory() as folder:
            cone, made = os.path.join(folder, "cone.json"), os.path.join(folder, "layer.json")
            rc.command("cone rays", a=[[-1]], output=cone)  # y ≥ 0
            self.assertIn("1 ray", net.command("cone layer", cone=cone, output=made)["text"])
            self.assertIn("verified", rc.load(made).command("cone check", a=[[-1]])["verdict"])
            with self.assertRaises(rc.InputError):
                net.command("cone layer", cone=cone)

    def test_recurrent_networks(self):
        """The state is max(x₁, 0), then max(x₂ + that, 0): the output the last one."""
        rnn = {"relucell-rnn": 1, "inputs": 1, "U": [["0x1p+0"]], "W": [["0x1p+0"]], "b": ["0x0p+0"], "V": [["0x1p+0"]], "c": ["0x0p+0"]}
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "rnn.json")
            pathlib.Path(path).write_text(json.dumps(rnn), encoding="utf-8")
            net = rc.unroll(path, 2)
        self.assertEqual((net.inputs, net.hidden, net.count(box=(-1, 1)).regions), (2, [1, 1], 4))
        self.assertEqual(net([[1.0, -0.5], [-1.0, 0.25], [1.0, -2.0]]).tolist(), [[0.5], [0.25], [0.0]])
        with self.assertRaises(rc.InputError) as e:
            rc.unroll("/nowhere.json", 3)
        self.assertIn("/nowhere.json: no such file", str(e.exception))

    def test_landscapes(self):
        X, y = [[0], [1], [2]], [1, 2, 0]
        p = rc.landscape_patterns(X)
        self.assertEqual(len(p), 6)
        np.testing.assert_array_equal((np.c_[X, np.ones(3)] @ p.gates.T > 0).T, p.on)
        self.assertTrue((p.margins > 0).all())
        self.assertEqual(len(rc.landscape_patterns(X, bias=False)), 2)
        best = rc.landscape_optimum(X, y, decay=0.1)
        self.assertTrue(best.lower <= best.upper < best.lower + Fraction(1, 10**6))
        self.assertEqual(best.net.inputs, 1)
        with tempfile.TemporaryDirectory() as folder:
            proof, data = os.path.join(folder, "bound"), [[*x, v] for x, v in zip(X, y)]
            proved = rc.landscape_optimum(X, y, decay=0.1, proof=proof)
            handle = proved.net._handle(_server.server())
            j = rc.command("landscape check", data=data, proof=proof, decay=0.1, net=handle)
            self.assertTrue(j["verified"])
            self.assertEqual((fraction(j["optimum"]["lower"]), fraction(j["optimum"]["upper"])), (proved.lower, proved.upper))
            with self.assertRaises(rc.FailedError):
                rc.command("landscape check", data=[*data[:-1], [3, 0]], proof=proof, decay=0.1)
        one = rc.landscape_optimum(X, y, neurons=1)
        risk = sum((v[0] - t) ** 2 for v, t in zip(one.net.evaluate(np.array(X, dtype=float)).fractions(), y))
        self.assertEqual((one.lower, one.upper), (None, risk))
        self.assertEqual(rc.landscape_census(X, y, 1)["least_known"], "3/2")
        with self.assertRaises(rc.InputError):
            rc.landscape_optimum(X, [1], decay=1)

    def test_learning(self):
        rng = np.random.default_rng(0)
        teacher = rc.load([([[1.0, 0.5], [-0.5, 1.0]], [0.25, -0.5]), ([[1.0, -2.0]], [0.5])])
        X = rng.normal(size=(4000, 2))
        learned, report = rc.learn(X, teacher(X), 2)
        self.assertTrue(learned.diff(teacher, center=0, radius=1, at_most=1e-3).at_most, report)

    def test_commands_without_a_network(self):
        self.assertEqual(rc.command("cone rays", a=np.array([[1, 2]]))["lines"], 1)
        with self.assertRaises(rc.InputError):
            rc.command("fly")


class Sklearn(unittest.TestCase):
    def test_mlps(self):
        try:
            from sklearn.neural_network import MLPClassifier, MLPRegressor
        except ImportError:
            self.skipTest("scikit-learn is not installed (Debian: python3-sklearn)")
        rng = np.random.default_rng(1)
        X = rng.normal(size=(60, 3))
        y = X[:, 0] - np.abs(X[:, 1])
        mlp = MLPRegressor((8, 8), max_iter=300, tol=1e9, random_state=1).fit(X, y)
        net = rc.load(mlp)
        np.testing.assert_allclose(net(X[:5])[:, 0], mlp.predict(X[:5]), rtol=1e-9, atol=1e-12)  # some roundings of 2⁻⁵³
        odd = copy.deepcopy(mlp)
        odd.coefs_[1][2, 0] = np.nan
        with self.assertRaises(rc.InputError) as e:
            rc.load(odd)
        self.assertEqual(str(e.exception), "MLPRegressor: coefs_[1][2, 0] is nan, expected finite numbers")
        one = net.count(center=0, radius=1)
        chain = [(w.T, b) for w, b in zip(mlp.coefs_, mlp.intercepts_)]
        self.assertEqual(rc.load(chain).fingerprint, net.fingerprint)
        self.assertTrue(one.exact and one.regions > 1)
        c = MLPClassifier((6,), max_iter=300, tol=1e9, random_state=1).fit(X, y > 0)
        logits = rc.load(c)(X)[:, 0]
        np.testing.assert_array_equal(logits > 0, c.predict(X))
        self.assertIn("Sigmoid", rc.load(c).notes[0])
        pair = MLPClassifier((6,), max_iter=300, tol=1e9, random_state=1).fit(X.astype(np.float32), X[:, :2] > 0)
        np.testing.assert_array_equal(rc.load(pair)(X) > 0, pair.predict(X))
        three = MLPClassifier((6,), max_iter=300, tol=1e9, random_state=1).fit(X, np.digitize(y, [-1, 0]))
        self.assertIn("Softmax", rc.load(three).notes[0])
        np.testing.assert_array_equal(three.classes_[rc.load(three)(X).argmax(1)], three.predict(X))
        three.out_activation_ = "exp"
        with self.assertRaises(rc.ModelError):
            rc.load(three)
        flat = MLPRegressor((4,), activation="identity", max_iter=300, tol=1e9).fit(X, y)
        self.assertEqual(rc.load(flat).neurons, 0)
        with self.assertRaises(rc.ModelError) as e:
            rc.load(MLPRegressor((4,), activation="tanh", max_iter=300, tol=1e9).fit(X, y))
        self.assertIn("tanh", str(e.exception))
        with self.assertRaises(rc.ModelError):
            rc.load(MLPRegressor())
        class Log:
            rows = []

            def add_scalar(self, *row):
                self.rows.append(row)

        fitted = rc.callbacks.PartialFit(MLPClassifier((6,), random_state=1), every=2, center=0, radius=1, bounds=True, log=Log())
        for _ in range(5):
            fitted.partial_fit(X, y > 0, classes=[False, True])
        self.assertEqual([r["step"] for r in fitted.counter.history], [0, 2, 4])
        self.assertEqual([r[2] for r in Log.rows], [0, 2, 4])
        self.assertEqual(len(fitted.predict(X)), 60)
        self.assertIn("2^N", fitted.counter.history[0])
        Log.rows = []
        self.assertEqual(copy.copy(fitted).counter, fitted.counter)
        fitted.counter.log = None
        self.assertEqual(pickle.loads(pickle.dumps(fitted)).counter.history, fitted.counter.history)


if __name__ == "__main__":
    unittest.main()
