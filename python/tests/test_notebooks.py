"""The notebooks of examples/notebooks, executed; what they print is what is committed.

Cells with the tag "varies" depend on how a machine rounds while it trains: they are executed, and what
they must show is asserted in the notebook itself. RELUCELL_NOTEBOOKS=write commits what was printed.
"""

import importlib.util
import os
import pathlib
import unittest
import unittest.mock

import relucell

FOLDER = pathlib.Path(__file__).parents[2] / "examples" / "notebooks"

# Seconds for a cell on a busy machine, for a kernel to start, and for the rest of what a cell prints:
# after four of them what has not come would be missing.
LOOSE = 600


def shown(cell):
    """What a cell printed and displayed, without what tells one run from the next."""
    out = []
    for o in cell.outputs:
        if o.output_type == "stream" and o.name == "stdout":
            out.append(o.text)
        elif o.output_type in ("execute_result", "display_data"):
            out.extend(o.data[k] if isinstance(o.data[k], str) else "".join(o.data[k]) for k in sorted(o.data) if k in ("image/svg+xml", "text/plain") and "object at 0x" not in o.data[k])
    return "".join(out)


def kinds(cell):
    """The kinds of a cell's outputs, without the warnings of other packages and the lines of progress that a busy machine had."""
    return {o.output_type for o in cell.outputs
            if not (o.output_type == "stream" and o.name == "stderr" or o.output_type == "display_data" and o.data == {"text/plain": ""})}


@unittest.skipIf(importlib.util.find_spec("nbclient") is None or importlib.util.find_spec("ipykernel") is None, "nbclient or ipykernel is not installed")
class Notebooks(unittest.TestCase):
    def setUp(self):
        path = str(pathlib.Path(relucell.__file__).parents[1])  # for the kernel, which may be another Python's
        quiet = {"PYTHONPATH": path, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}  # the debugger of the kernel has an opinion on stderr
        env = unittest.mock.patch.dict(os.environ, quiet)
        env.start()
        self.addCleanup(env.stop)

    def execute(self, nb, heard=None):
        """Executes a notebook by a kernel. What a front end is told by messages is heard too."""
        import nbclient

        class Client(nbclient.NotebookClient):
            def process_message(self, msg, cell, index):
                if heard is not None:
                    heard.append((msg["msg_type"], msg["content"].get("data", {}).get("text/plain")))
                return super().process_message(msg, cell, index)

        Client(nb, timeout=LOOSE, startup_timeout=LOOSE, iopub_timeout=LOOSE, kernel_name="python3", record_timing=False,
               resources={"metadata": {"path": str(FOLDER)}}).execute()

    def test_progress_under_a_cell(self):
        import nbformat

        code = """import numpy as np, relucell as rc
rng = np.random.default_rng(1)
net = rc.load([(rng.normal(size=(m, n)), rng.normal(size=m)) for n, m in [(8, 40), (40, 40), (40, 1)]])
print(net.count(center=0, radius=10, timeout=1).exact, net.count(center=0, radius=1e-9).exact)"""
        nb, heard = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)]), []
        self.execute(nb, heard)
        lines = [text for kind, text in heard if kind == "update_display_data"]
        self.assertRegex(lines[0], r"^relucell: (\[#*\.*\] )?[0-9,]+ regions?, at most ")
        self.assertEqual(lines[-1], "")
        self.assertEqual([o.output_type for o in nb.cells[0].outputs], ["display_data", "stream"])
        self.assertEqual(kinds(nb.cells[0]), {"stream"})
        self.assertEqual(nb.cells[0].outputs[1].text, "False True\n")

    def run_notebook(self, name, *needs):
        for package in needs:
            if importlib.util.find_spec(package) is None:
                self.skipTest(f"{package} is not installed")
        import nbformat

        path = FOLDER / name
        committed, nb = (nbformat.read(path, as_version=4) for _ in range(2))
        self.execute(nb)
        if os.environ.get("RELUCELL_NOTEBOOKS") == "write":
            nb.metadata = committed.metadata
            nbformat.write(nb, path)
            return
        for i, (a, b) in enumerate(zip(committed.cells, nb.cells)):
            if a.cell_type == "code" and "varies" not in a.metadata.get("tags", []):
                self.assertEqual(shown(a), shown(b), f"{name}, cell {i}")
            if a.cell_type == "code":
                self.assertEqual(kinds(a), kinds(b), f"{name}, cell {i}")

    def test_first_count(self):
        self.run_notebook("1-first-count.ipynb", "pandas")

    def test_bounds_over_training(self):
        self.run_notebook("2-bounds-over-training.ipynb", "torch")

    def test_is_my_verifier_right(self):
        self.run_notebook("3-is-my-verifier-right.ipynb")


if __name__ == "__main__":
    unittest.main()
