"""torch modules, held against torch itself and against their ONNX exports."""

import io
import unittest
import warnings

import numpy as np

import relucell as rc

try:
    import torch
    import torch.nn.functional as F
    import torch.nn.utils.prune as prune
    from torch import nn
except ImportError:
    torch = None

# What float32 arithmetic may differ by from the exact value: some hundred roundings of 2⁻²⁴, of numbers of the size of 10.
TOLERANCE = 1e-4


def models():
    """Models by name, with the shape of an input, and whether their export is the same graph to the last bit: None where torch cannot export them."""

    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b, self.c = nn.Linear(3, 6), nn.Linear(6, 6), nn.Linear(12, 2)

        def forward(self, x):
            y = F.relu(self.a(x))
            z = F.relu(self.b(y)) + y
            return self.c(torch.cat([z, y], dim=1))

    class Block(nn.Module):
        """A residual block as torchvision has them, in place."""

        def __init__(self):
            super().__init__()
            self.conv1, self.bn1 = nn.Conv2d(2, 2, 3, padding=1, bias=False), nn.BatchNorm2d(2)
            self.conv2, self.bn2 = nn.Conv2d(2, 2, 3, padding=1, bias=False), nn.BatchNorm2d(2)
            self.relu, self.end = nn.ReLU(inplace=True), nn.Linear(2, 2)

        def forward(self, x):
            out = self.relu(self.bn1(self.conv1(x)))
            out = self.bn2(self.conv2(out))
            out += x
            out = self.relu(out)
            return self.end(F.adaptive_avg_pool2d(out, 1).view(x.size(0), -1))

    class Moves(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(4, 8), nn.Linear(8, 3)
            self.register_buffer("mean", torch.tensor([0.5, 0.25, 0.0, -1.0]))

        def forward(self, x):
            y = F.leaky_relu(self.a((x - self.mean) / 2), 0.1)
            both = y.chunk(2, dim=1)
            u, v = both[0], both[1]
            w = torch.maximum(u, -v).flip(1)
            y = torch.cat((w, torch.abs(v)[:, [2, 0, 3, 1]]), 1)
            return self.b(torch.clamp(y, -1, 1).reshape(1, 2, 4).permute(0, 2, 1).flatten(1)).sum(1, keepdim=True)

    class Pieces(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.randn(5, 3))
            self.v = nn.Parameter(torch.randn(5, 4))

        def forward(self, x):
            h = torch.relu(F.linear(x, self.w))
            return torch.min(h @ self.v, torch.stack([x[:, 0], x[:, 1], x[:, 2], 2 * x[:, 0]], 1))

    def normalised():
        bn = nn.BatchNorm1d(6)
        bn.running_mean.uniform_(-1, 1), bn.running_var.uniform_(0.5, 2), bn.weight.data.uniform_(0.5, 2), bn.bias.data.uniform_(-1, 1)
        return bn

    relu = nn.ReLU
    return {
        "sequential": (nn.Sequential(nn.Linear(2, 8), relu(), nn.Linear(8, 8), relu(), nn.Linear(8, 3)), (2,), True),
        "no bias": (nn.Sequential(nn.Linear(3, 6, bias=False), relu(), nn.Linear(6, 1, bias=False)), (3,), True),
        "nested": (nn.Sequential(nn.Sequential(nn.Linear(2, 6), nn.LeakyReLU(0.2)), nn.Dropout(), nn.Sequential(nn.Linear(6, 2), nn.Identity())), (2,), True),
        "one layer": (nn.Linear(3, 2), (3,), True),
        "prelu": (nn.Sequential(nn.Linear(2, 5), nn.PReLU(5), nn.Linear(5, 5), nn.PReLU(), nn.Linear(5, 1)), (2,), True),
        "clipped": (nn.Sequential(nn.Linear(2, 5), nn.ReLU6(), nn.Linear(5, 5), nn.Hardtanh(-0.3, 0.7), nn.Linear(5, 1)), (2,), True),
        "norm": (nn.Sequential(nn.Linear(2, 6), normalised(), relu(), nn.Linear(6, 2)), (2,), True),
        "softmax": (nn.Sequential(nn.Linear(2, 6), relu(), nn.Linear(6, 3), nn.Softmax(1)), (2,), True),
        "conv2d": (nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), relu(), nn.MaxPool2d(2), nn.Conv2d(2, 3, 2), relu(), nn.Flatten(), nn.Linear(3, 2)), (1, 4, 4), True),
        "conv1d": (nn.Sequential(nn.Conv1d(2, 3, 3, stride=2, padding=1), relu(), nn.AvgPool1d(2), nn.Flatten(), nn.Linear(6, 2)), (2, 8), True),
        "groups": (nn.Sequential(nn.Conv2d(2, 4, 2, groups=2, dilation=2), relu(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)), (2, 4, 4), True),
        "same": (nn.Sequential(nn.Conv2d(1, 2, (3, 2), padding="same"), relu(), nn.AvgPool2d(3, 2, padding=1), nn.Flatten(), nn.Linear(8, 2)), (1, 4, 4), None),
        "transposed": (nn.Sequential(nn.ConvTranspose2d(1, 2, 2, stride=2, output_padding=1), relu(), nn.Flatten(), nn.Linear(50, 2)), (1, 2, 2), True),
        "padded": (nn.Sequential(nn.ZeroPad2d((1, 0, 2, 1)), nn.Conv2d(1, 2, 3), relu(), nn.AdaptiveMaxPool2d(1), nn.Flatten()), (1, 2, 3), True),
        "residual": (Residual(), (3,), True),
        "block": (Block(), (2, 3, 3), True),
        "moves": (Moves(), (4,), False),
        "pieces": (Pieces(), (3,), False),
    }


@unittest.skipIf(torch is None, "torch is not installed (Debian: python3-torch)")
class Torch(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(1)

    def export(self, model, shape, kind=None):
        out = io.BytesIO()
        zeros = torch.zeros((1, *shape), dtype=kind or torch.float32)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # In another mode the exporter would fold each batch norm into the layer before it, in float32.
            torch.onnx.export(model, zeros, out, training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
        return out.getvalue()

    def test_modules_are_their_exports(self):
        for name, (model, shape, same) in models().items():
            with self.subTest(name):
                model.eval()
                ours = rc.load(model, input_shape=shape)
                theirs = ours if same is None else rc.load(self.export(model, shape))
                if same:
                    self.assertEqual(ours.fingerprint, theirs.fingerprint)
                x = torch.randn(4, *shape)
                end = model if not isinstance(model, nn.Sequential) or not isinstance(model[-1], nn.Softmax) else model[:-1]
                with torch.no_grad():
                    y = torch.cat([end(row[None]) for row in x]).numpy()
                np.testing.assert_allclose(ours(x), y.reshape(4, -1), atol=TOLERANCE, rtol=TOLERANCE)
                np.testing.assert_array_equal(ours(x), theirs(x))
                for radius in (0.01, 0.1, 0.3, 1.0, 3.0):
                    a, b = (n.count(center=0.1, radius=radius, norm="linf", limit=1000) for n in (ours, theirs))
                    self.assertEqual(a.exact and a.lower, b.exact and b.lower)
                    if a.lower > 1 or ours.neurons == 0:
                        break
                else:
                    self.fail("nothing to count")

    def test_doubles_keep_all_their_digits(self):
        model = nn.Sequential(nn.Linear(2, 5), nn.LeakyReLU(0.1), nn.BatchNorm1d(5), nn.Linear(5, 1)).double().eval()
        net = rc.load(model)
        x = torch.randn(3, 2, dtype=torch.float64)
        np.testing.assert_allclose(net(x), model(x).detach().numpy(), rtol=1e-12, atol=1e-12)  # some roundings of 2⁻⁵³
        (a, b) = model[0].weight.detach().numpy(), model[0].bias.detach().numpy()
        self.assertIn(float(a[0, 0]).hex().split("p")[0].rstrip("0"), net.text())
        one = rc.load([(a, b), (model[3].weight, model[3].bias)])
        self.assertEqual(one.inputs, 2)

    def test_parameters_go_over_bit_for_bit(self):
        model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)).eval()
        model[0].weight.data[0, 0] = 1e-42  # a subnormal
        net = rc.load(model)
        r = next(iter(net.regions(center=[100.0, 100.0, 100.0], radius=1e-3)))
        on = [c == "+" for c in r.pattern]
        w0, w1 = (model[i].weight.detach().double().numpy() for i in (0, 2))
        from fractions import Fraction

        exact = [[sum(Fraction(w1[i, k]) * Fraction(w0[k, j]) for k in range(4) if on[k]) for j in range(3)] for i in range(2)]
        self.assertEqual(r.fractions().W, exact)

    def test_functions(self):
        """What a forward says in its own words is what torch computes."""

        class Then(nn.Module):
            def __init__(self, f):
                super().__init__()
                self.a, self.f = nn.Linear(4, 4), f

            def forward(self, x):
                return self.f(self.a(x))

        for name, f in {
            "max_pool2d": lambda y: F.max_pool2d(y.view(1, 1, 2, 2), 2).flatten(1), "max_pool1d": lambda y: F.max_pool1d(y[:, None], 2).squeeze(1),
            "avg_pool1d": lambda y: F.avg_pool1d(y[:, None], 2, 1, 1).flatten(1), "flatten": lambda y: torch.flatten(F.relu(y).reshape(1, 2, 2), 1),
            "view": lambda y: y.view(y.size(0), 2, -1).mean(-1), "shape": lambda y: F.relu(y).view(y.shape[0], -1), "residual": lambda y: F.relu(y) + y,
            "clamp_min": lambda y: y.clamp_min(0), "clamp_max": lambda y: torch.clamp_max(y, 0.5), "rest": lambda y: 2 - y / 3, "zeros_like": lambda y: F.relu(y) + torch.ones_like(y),
            "new_full": lambda y: torch.maximum(y, y.new_full((4,), 0.25)), "index_select": lambda y: torch.index_select(y, 1, torch.tensor([2, 0])),
            "float": lambda y: F.relu(y.float()), "number": lambda y: F.relu(y) * torch.tensor(0.5, dtype=torch.float64), "numel": lambda y: F.relu(y) * y.numel(),
        }.items():
            with self.subTest(name):
                model = Then(f).eval()
                x = torch.randn(4, 4)
                y = torch.cat([model(row[None]).reshape(1, -1) for row in x]).detach().numpy()
                np.testing.assert_allclose(rc.load(model)(x), y, atol=TOLERANCE, rtol=TOLERANCE)
        for f, want in ((lambda y: y * y.sum().item(), "item (item): takes a float out of values"), (lambda y: y * torch.equal(y, 2 * y), "takes a bool"),
                        (lambda y: y * y.new_full((4,), y.sum()), "new_full"), (lambda y: torch.div(y, 2, rounding_mode="floor"), "div (div): is called in a way"),
                        (lambda y: y * torch.ones(4, dtype=torch.float64), "mixes float64 with float32"), (lambda y: y.double(), "changes torch.float32 to torch.float64"),
                        (lambda y: (y, y), "several values"), (lambda y: {"y": y}, "a dict"), (lambda y: F.relu(y) * y, "not piecewise linear"), (lambda y: y.max(1)[0], "over a dimension")):
            self.refused(Then(f).eval(), want)

    def test_shared_pruned_and_wrapped_layers(self):
        same = nn.Linear(4, 4)
        pruned = nn.Linear(4, 4)
        prune.l1_unstructured(pruned, "weight", 0.5)
        for model in (nn.Sequential(same, nn.ReLU(), same), nn.Sequential(pruned, nn.ReLU()), nn.Sequential(torch.nn.utils.weight_norm(nn.Linear(4, 4))),
                      nn.Sequential(torch.nn.utils.parametrizations.spectral_norm(nn.Linear(4, 4))), nn.DataParallel(nn.Sequential(nn.Linear(4, 2), nn.ReLU()))):
            model.eval()
            x = torch.randn(3, 4)
            np.testing.assert_allclose(rc.load(model)(x), model(x).detach().numpy(), atol=TOLERANCE, rtol=TOLERANCE)
        self.assertEqual(rc.load(nn.Sequential(nn.Flatten(), nn.Linear(4, 2)).eval(), input_shape=4).inputs, 4)
        self.refused(torch.jit.script(nn.Sequential(nn.Linear(2, 2)).eval()), "compiled by torch.jit")

    def test_tensors_of_all_kinds_are_points(self):
        net = rc.load([(torch.ones(2, 2, dtype=torch.bfloat16), torch.zeros(2, requires_grad=True)), (torch.ones(1, 2).half(), torch.zeros(1))])
        for x in (torch.zeros(2, requires_grad=True), torch.zeros(2, dtype=torch.bfloat16), torch.zeros(2, dtype=torch.float16), torch.zeros(4)[::2]):
            self.assertEqual(net.count(center=x, radius=torch.tensor(1.0)).regions, 2)
        self.assertTrue(net.plot(box=torch.tensor([[-1.0, 1.0], [-1.0, 1.0]]), points=torch.zeros(3, 2, requires_grad=True)).svg)

    def refused(self, model, want, **options):
        with self.assertRaises(rc.ModelError) as e:
            rc.load(model, **options)
        self.assertIn(want, str(e.exception))
        self.assertNotIn("\n", str(e.exception))

    def test_what_cannot_be_read_is_named(self):
        class Twice(nn.Module):
            def __init__(self):
                super().__init__()
                self.a, self.relu = nn.Linear(2, 2), nn.ReLU(inplace=True)

            def forward(self, x):
                y = self.a(x)
                return self.relu(y.view(1, 2)) + y

        class Looks(nn.Module):
            def forward(self, x):
                return x if x.sum() > 0 else -x

        class Product(nn.Module):
            def __init__(self):
                super().__init__()
                self.a = nn.Linear(2, 2)

            def forward(self, x):
                return self.a(x) * x

        class Own(nn.Linear):
            def forward(self, x):
                return super().forward(x) ** 2

        lin = nn.Linear(2, 2)
        hooked = nn.Sequential(nn.Linear(2, 2)).eval()
        hooked[0].register_forward_hook(lambda *a: None)
        self.refused(nn.Sequential(lin, nn.Dropout()), "training mode, expected evaluation mode: call .eval()")
        self.refused(nn.Sequential(lin, nn.GELU()).eval(), "GELU 1: is not read")
        self.refused(nn.Sequential(lin, nn.Sequential(nn.LayerNorm(2))).eval(), "LayerNorm 1.0: is not read")
        self.refused(nn.Sequential(nn.Linear(2, 2).half()).eval(), "0.weight: is torch.float16, expected float32 or float64")
        self.refused(nn.Sequential(nn.Linear(2, 2, device="meta")).eval(), "0.weight: is on meta, expected the CPU")
        self.refused(nn.Sequential(nn.Conv2d(1, 1, 2)).eval(), "input_shape: missing")
        self.refused(nn.Sequential(nn.Conv2d(1, 1, 2)).eval(), "fails on an input of shape (1, 3)", input_shape=(3,))
        self.refused(nn.Sequential(nn.Conv2d(1, 1, 2, padding=1, padding_mode="reflect")).eval(), "padding_mode is 'reflect'", input_shape=(1, 3, 3))
        self.refused(nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4, track_running_stats=False)).eval(), "mixes the rows of a batch")
        self.refused(Twice().eval(), "changes")
        self.refused(Looks().eval(), "torch.fx cannot trace it", input_shape=(2,))
        self.refused(Product().eval(), "not piecewise linear", input_shape=(2,))
        self.refused(Own(2, 2).eval(), "pow", input_shape=(2,))
        self.refused(hooked, "has hooks")
        for shape in ("x", (-1,), (2, 0), [1.5]):
            with self.assertRaises(rc.InputError) as e:
                rc.load(nn.Sequential(nn.Linear(2, 2)).eval(), input_shape=shape)
            self.assertIn("expected the sizes of one input", str(e.exception))
        with self.assertRaises(rc.InputError) as e:
            rc.load(nn.Sequential(nn.Linear(2, 2), nn.Sigmoid(), nn.Linear(2, 1)).eval())
        self.assertIn("smooth", str(e.exception))

    def test_numbers_that_are_none_are_named(self):
        """By the name that the module has for the parameter, and of what is used alone."""

        class Own(nn.Module):
            def __init__(self):
                super().__init__()
                self.a, self.w, self.unused = nn.Linear(2, 3), nn.Parameter(torch.ones(3, 2)), nn.Linear(2, 2)

            def forward(self, x):
                return F.relu(self.a(x)) @ (2 * self.w)

        def sequential():
            return nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 1)).eval()

        for name, index in (("0.bias", 1), ("1.running_var", 2), ("1.weight", 0), ("3.weight", (0, 2))):
            for value in (float("nan"), float("inf"), -float("inf")):
                model = sequential()
                model.state_dict()[name][index] = value
                at = ", ".join(map(str, index)) if isinstance(index, tuple) else index
                self.refused(model, f"{name}[{at}] is {value}, expected finite numbers")
        model = Own().eval()
        model.unused.weight.data[0, 0] = float("nan")
        self.assertEqual(rc.load(model).hidden, [3])
        model.w.data[1, 1] = float("inf")
        self.refused(model, "w[1, 1] is inf, expected finite numbers")
        self.refused(nn.Sequential(nn.Linear(2, 2), nn.Hardtanh(0, float("inf"))).eval(), "Hardtanh 1: takes a constant that is inf, expected finite numbers")
        model = sequential()
        model[1].running_var[2] = -1
        with self.assertRaises(rc.ModelError) as e:
            rc.load(model)
        self.assertRegex(str(e.exception), r"^BatchNorm1d 1: channel 2: ")

    def test_modes_and_gradients_are_as_they_were(self):
        model = nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Dropout(), nn.Linear(4, 1))
        model[1].eval()
        before = {k: v.clone() for k, v in model.state_dict().items()}
        count = rc.callbacks.Counter(every=2, center=0, radius=1.0)
        for step in range(5):
            count(model, step)
        self.assertEqual([m.training for m in model], [True, False, True, True, True])
        self.assertEqual([row["step"] for row in count.history], [0, 2, 4])
        for k, v in model.state_dict().items():
            self.assertTrue(torch.equal(v, before[k]))


if __name__ == "__main__":
    unittest.main()
