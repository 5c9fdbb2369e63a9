#!/usr/bin/env python3
"""A bound for `relucell crosscheck --bound-command`: 2 to the number of neurons.

One JSON object a line in, one a line out; docs/bound-protocol.md has the fields.

    relucell crosscheck --bound-command 'python3 examples/bound-python/bound.py'
"""

import json
import sys


def bound(net, ball):
    """Return an upper bound on the activation regions of net that meet ball.

    net["layers"] are {"activation", "weights", "bias"}, numbers as hexadecimal
    floats in strings: float.fromhex(net["layers"][0]["weights"][0][0]).
    ball is {"norm", "radius", "center"} or {"norm": "box", "lo", "hi"}, plain numbers.
    """
    neurons = sum(len(l["bias"]) for l in net["layers"] if l["activation"] != "none")
    return 2**neurons


for line in sys.stdin:
    case = json.loads(line)
    answer = {"id": case["id"], "bound": str(bound(case["net"], case["ball"]))}
    print(json.dumps(answer), flush=True)  # without flush the answer never leaves
