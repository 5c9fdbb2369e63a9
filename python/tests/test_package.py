"""The package as it is installed: its ten lines, its types, and what is in it."""

import contextlib
import importlib.util
import io
import pathlib
import re
import sys
import unittest

import numpy as np

import relucell as rc
from relucell import _server

HERE = pathlib.Path(rc.__file__).parent


def ten_lines(model, x, X, y, folder):
    """The ten lines of the README, with what they say returned."""
    net = rc.load(model)
    r = net.count(center=x, radius=0.1, norm="linf", bounds=True)
    picture = net.plot(box=[(-1, 1), (-1, 1)], points=X, labels=y)
    picture.save(folder / "map.pdf")
    regions = [(g.pattern, g.point, g.W, g.b) for g in net.regions(center=x, radius=0.1, norm="linf")]
    proof = net.prove(center=x, radius=0.1, norm="linf")
    table = net.sweep(X[:2], [0.1, 0.2])
    return r, picture, regions, proof.check(), table


class Package(unittest.TestCase):
    def test_it_is_the_installed_one_where_that_is_tested(self):
        if ".cache" in sys.prefix:
            self.assertIn(".cache", str(HERE))
            self.assertTrue(_server.binary().startswith(str(HERE)), _server.binary())
        self.assertTrue((HERE / "py.typed").exists())

    def ten(self, model):
        import tempfile

        rng = np.random.default_rng(3)
        X = rng.uniform(-1, 1, size=(20, 2))
        with tempfile.TemporaryDirectory() as folder:
            r, picture, regions, check, table = ten_lines(model, X[0], X, (X[:, 0] > 0).astype(int), pathlib.Path(folder))
            self.assertTrue((pathlib.Path(folder) / "map.pdf").stat().st_size > 0)
        self.assertTrue(r.exact)
        self.assertEqual(len(regions), r.regions)
        self.assertLessEqual(r.regions, r.bounds.best.value)
        self.assertTrue(check)
        self.assertEqual(check.count, r.regions)
        self.assertEqual(len(table), 4)
        self.assertTrue(picture.svg)

    @unittest.skipIf(importlib.util.find_spec("torch") is None, "torch is not installed")
    def test_ten_lines_on_a_torch_model(self):
        from torch import nn

        self.ten(nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 2)).eval())

    def test_the_readme(self):
        rng = np.random.default_rng(5)
        X = rng.uniform(-1, 1, size=(20, 2))
        layers = [(rng.normal(size=(8, 2)), rng.normal(size=8)), (rng.normal(size=(1, 8)), rng.normal(size=1))]
        page = (pathlib.Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
        code = re.search("```python\n(.*?)```", page, re.S).group(1)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(code, {"model": layers, "x": X[0], "X": X, "y": X[:, 0] > 0})
        self.assertRegex(said.getvalue(), r"^[0-9]+ True ")

    @unittest.skipIf(importlib.util.find_spec("sklearn") is None, "scikit-learn is not installed")
    def test_ten_lines_on_an_mlp_of_sklearn(self):
        from sklearn.neural_network import MLPClassifier

        rng = np.random.default_rng(4)
        X = rng.uniform(-1, 1, size=(60, 2))
        self.ten(MLPClassifier((16, 16), max_iter=300, tol=1e9, random_state=0).fit(X, X[:, 0] * X[:, 1] > 0))


if __name__ == "__main__":
    unittest.main()
