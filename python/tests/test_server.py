"""The process behind the calls: threads, kills, forks, interrupts and ends."""

import gc
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import unittest.mock

import numpy as np

import relucell as rc
from relucell import _server

# Seconds that anything here may take on a machine that does much else. On one that is 28 times overbooked
# 60 were not enough to start an interpreter.
LOOSE = 600


def wide():
    """A network whose count ends in no test."""
    rng = np.random.default_rng(1)
    sizes = [8, 40, 40, 40, 1]
    return rc.load([(rng.normal(size=(m, n)), rng.normal(size=m)) for n, m in zip(sizes, sizes[1:])])


def small():
    rng = np.random.default_rng(2)
    return rc.load([(rng.normal(size=(8, 2)), rng.normal(size=8)), (rng.normal(size=(1, 8)), np.zeros(1))])


def interrupting(after=0):
    """A function that does what Ctrl-C does, once, at this place: who calls it is told before it goes on."""
    calls = iter(range(after + 1))

    def once(*_):
        if next(calls, None) == after:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(LOOSE)

    return once


def children():
    """The processes of this one that have not been waited for, zombies included."""
    out = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(os.getpid())], capture_output=True, text=True).stdout
    return [line for line in out.splitlines() if "relucell" in line]


class Process(unittest.TestCase):
    def test_eight_threads(self):
        net, got, failed = small(), [], []
        want = net.count(center=0, radius=1).regions

        def work():
            try:
                for i in range(20):
                    got.append(net.count(center=0, radius=1).regions)
                    if i % 5 == 0:
                        got.append(sum(1 for _ in net.regions(center=0, radius=1)))
            except Exception as e:  # a thread's error is the test's
                failed.append(e)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join(LOOSE)
            self.assertFalse(t.is_alive())
        self.assertEqual(failed, [])
        self.assertEqual(got, [want] * (8 * 24))

    def test_a_killed_process_is_told_and_started_again(self):
        net, slow = small(), wide()
        want = net.count(center=0, radius=1).regions
        with self.assertRaises(rc.ServerError) as e:
            slow.count(center=0, radius=10, progress=lambda _: _server.server().process.kill())
        self.assertIn("the process ended", str(e.exception))
        self.assertEqual(net.count(center=0, radius=1).regions, want)
        self.assertEqual(len(children()), 1)

    def test_an_interrupt_ends_a_count_with_its_bracket(self):
        r = wide().count(center=0, radius=10, progress=interrupting())
        self.assertEqual((r.exact, r.stopped), (False, "interrupted"))
        self.assertLess(r.regions.lower, r.regions.upper)
        stop = interrupting()
        with self.assertRaises(KeyboardInterrupt):
            for g in wide().regions(center=0, radius=10):
                stop(g)
        self.assertEqual(small().count(center=0, radius=1e-9).regions, 1)

    def test_the_last_message_outlives_an_interrupt(self):
        """An interrupt may fall between a message's leaving the queue and its reader."""
        answer = _server.Answer(_server.server(), 0)
        answer.put({"id": 0, "result": 1})
        answer.messages.get()
        self.assertEqual(answer.next(), {"id": 0, "result": 1})

    def test_an_interrupted_sweep_keeps_its_rows(self):
        read, stop = rc.Count.read, interrupting(after=1)
        with unittest.mock.patch.object(rc.Count, "read", lambda j: stop() or read(j)):
            self.assertEqual(len(wide().sweep([[0.0] * 8], [1e-9, 1e-9, 10.0])), 1)

    def test_an_interrupt_at_any_moment_ends_a_count(self):
        """While the request is made, waits or is answered: a bracket, the whole count, or the interrupt itself."""
        net, slow, rang = small(), wide(), []

        def ring(*_):
            rang.append(True)
            raise KeyboardInterrupt

        self.addCleanup(signal.signal, signal.SIGINT, signal.signal(signal.SIGINT, ring))
        for pause in (0, 0.001, 0.01, 0.1):
            for ask, radius in ((slow, 10), (net, 1)):
                rang.clear()
                try:
                    threading.Timer(pause, os.kill, (os.getpid(), signal.SIGINT)).start()
                    r = ask.count(center=0, radius=radius, timeout=LOOSE)
                    self.assertIn((r.exact, r.stopped), [(False, "interrupted")] + [(True, "")] * (ask is net))
                    while not rang:
                        time.sleep(0.01)
                except KeyboardInterrupt:
                    pass

    def test_garbage_is_collected_while_a_request_is_made(self):
        """A generator that is closed by the collector tells its server to cancel, perhaps in the thread that asks."""
        net, s = wide(), _server.server()

        def loop():
            it = net.regions(center=0, radius=10)
            next(it)
            ring = [it]
            ring.append(ring)

        loop()
        done = []

        def ask():
            with s.lock:
                gc.collect()
            net.count(center=0, radius=1e-9)
            done.append(True)

        t = threading.Thread(target=ask, daemon=True)
        t.start()
        t.join(LOOSE)
        self.assertEqual(done, [True])

    def test_a_binary_that_speaks_otherwise_is_told(self):
        rc.shutdown()
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "other")
            for said in ("7", "y", "[]"):
                with open(path, "w") as f:
                    f.write(f"#!/bin/sh\nwhile echo '{said}'; do :; done\n")
                os.chmod(path, 0o755)
                with unittest.mock.patch.dict(os.environ, {"RELUCELL_BINARY": path}), self.assertRaises(rc.ServerError) as e:
                    small()
                self.assertIn("which is no message", str(e.exception))

    def test_a_timeout_is_a_bracket(self):
        r = wide().count(center=0, radius=10, timeout=0.3)
        self.assertFalse(r.exact)
        self.assertEqual(r.stopped, "stopped early: timeout reached")

    def test_errors_of_a_callers_progress_end_the_count(self):
        class Enough(Exception):
            pass

        def stop(p):
            raise Enough

        with self.assertRaises(Enough):
            wide().count(center=0, radius=10, progress=stop)

    def test_handles_do_not_pile_up(self):
        s = _server.server()
        for _ in range(5):
            small()
        gc.collect()
        small().count(center=0, radius=1)
        deadline = time.monotonic() + LOOSE
        while s.open and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertEqual(s.open, {})

    @unittest.skipUnless(hasattr(os, "fork"), "no fork here")
    def test_a_forked_child_has_a_process_of_its_own(self):
        net = small()
        want = net.count(center=0, radius=1).regions
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = 0 if net.count(center=0, radius=1).regions == want else 2
                _server.shutdown()
            finally:
                os._exit(code)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(net.count(center=0, radius=1).regions, want)

    @unittest.skipUnless(hasattr(os, "fork"), "no fork here")
    def test_what_was_asked_before_a_fork_ends_in_the_child(self):
        it = wide().regions(center=0, radius=10)
        next(it)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                for _ in it:
                    pass
            except rc.ServerError as e:
                code = 0 if "before the fork" in str(e) else 2
            finally:
                os._exit(code)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        next(it)
        it.close()

    def test_an_interpreter_that_exits_leaves_nothing(self):
        for end in ("", "threading.Thread(target=lambda: slow.count(center=0, radius=10), daemon=True).start(); time.sleep(0.5)", "raise SystemExit(0)",
                    "it = slow.regions(center=0, radius=10); next(it)"):
            code = ("import sys, threading, time; sys.path[:0] = %r\nimport relucell as rc\nimport test_server\n"
                    "slow = test_server.wide()\nprint(rc._server.server().process.pid, flush=True)\n%s" % ([os.path.dirname(__file__), *sys.path], end))
            out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=LOOSE)
            self.assertEqual((out.returncode, out.stderr), (0, ""), end)
            with self.assertRaises(ProcessLookupError):
                os.kill(int(out.stdout), 0)

    def test_shutdown_leaves_no_zombie(self):
        small()
        rc.shutdown()
        self.assertEqual(children(), [])
        rc.shutdown()
        small()
        self.assertEqual(len(children()), 1)

    def test_a_missing_binary_is_named(self):
        rc.shutdown()
        old = os.environ.get("RELUCELL_BINARY")
        os.environ["RELUCELL_BINARY"] = "/nowhere/relucell"
        try:
            with self.assertRaises(rc.ServerError) as e:
                small()
            self.assertIn("/nowhere/relucell cannot be started", str(e.exception))
            os.environ["RELUCELL_BINARY"] = sys.executable
            with self.assertRaises(rc.ServerError):
                small()
        finally:
            del os.environ["RELUCELL_BINARY"]
            if old is not None:
                os.environ["RELUCELL_BINARY"] = old


if __name__ == "__main__":
    unittest.main()
