"""Counts while a network is trained.

    count = relucell.callbacks.Counter(every=100, center=x, radius=0.1)
    for step, batch in enumerate(data):
        train(model, batch)
        count(model, step)
    count.history      # [{"step": 0, "regions": 131, "lower": 131, "upper": 131, "exact": True, …}, …]
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Optional

from ._load import load
from ._net import Network

if TYPE_CHECKING:
    from ._exact import Array


class Counter:
    """Counts the regions of a model every so many steps, into a list and perhaps a log.

    ``log`` is anything with ``add_scalar(tag, value, step)``, as a TensorBoard SummaryWriter has. All
    other options are those of :meth:`relucell.Network.count`. The count of a torch module is that of
    its evaluation mode, and its modes are as before afterwards.
    """

    def __init__(self, every: int = 1, *, log: Optional[Any] = None, tag: str = "relucell/regions", input_shape: Any = None, **count: Any) -> None:
        if every < 1:
            raise ValueError(f"every: {every}, expected at least 1")
        self.every, self.log, self.tag, self.input_shape = every, log, tag, input_shape
        self.options: dict[str, Any] = {"progress": False, **count}
        #: A row for each count.
        self.history: list[dict[str, Any]] = []
        self._steps = 0

    def __call__(self, model: Any, step: Optional[int] = None) -> Optional[dict[str, Any]]:
        """Counts if it is time to. Without a ``step`` the calls are counted."""
        if step is None:
            step = self._steps
        self._steps = step + 1
        return self.count(model, step) if step % self.every == 0 else None

    def count(self, model: Any, step: int) -> dict[str, Any]:
        """Counts now."""
        c = self._load(model).count(**self.options)
        row: dict[str, Any] = {"step": step, "regions": c.regions, "lower": c.lower, "upper": c.upper, "exact": c.exact, "seconds": c.seconds}
        row.update({name: b.value for name, b in c.bounds.items()})
        self.history.append(row)
        if self.log is not None:
            self.log.add_scalar(self.tag, c.lower, step)
            if not c.exact:
                self.log.add_scalar(self.tag + "/upper", float(min(c.upper, 10**300)), step)
        return row

    def _load(self, model: Any) -> Network:
        if not hasattr(model, "modules"):
            return load(model)
        modes = [(m, m.training) for m in model.modules()]
        try:
            model.eval()
            if any(p.device.type != "cpu" for p in model.parameters()):
                model = copy.deepcopy(model).cpu()  # training goes on where it is
            return load(model, input_shape=self.input_shape)
        finally:
            for m, training in modes:
                m.training = training


class PartialFit:
    """An MLP of scikit-learn that counts while it is fitted by ``partial_fit``.

    Everything but ``partial_fit`` and ``counter`` is the estimator's own::

        mlp = relucell.callbacks.PartialFit(MLPClassifier(), every=10, center=x, radius=0.1)
        for _ in range(100):
            mlp.partial_fit(X, y, classes=[0, 1])
        mlp.counter.history
    """

    def __init__(self, estimator: Any, every: int = 1, **options: Any) -> None:
        self.estimator, self.counter = estimator, Counter(every, **options)

    def partial_fit(self, X: Array, y: Array, *args: Any, **options: Any) -> "PartialFit":
        self.estimator.partial_fit(X, y, *args, **options)
        self.counter(self.estimator)
        return self

    def __getattr__(self, name: str) -> Any:
        if "estimator" not in self.__dict__:  # while it is copied
            raise AttributeError(name)
        return getattr(self.estimator, name)
