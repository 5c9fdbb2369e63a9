"""The one thing that pyproject.toml cannot say: the platform of a wheel whose binary was cross-compiled.

wheels.py puts the binary into the package and names the platform by RELUCELL_PLATFORM. Without both
the wheel is for any platform and has no binary: it uses the relucell on PATH.
"""

import os

from setuptools import Distribution, setup

try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:  # setuptools before 70.1
    from wheel.bdist_wheel import bdist_wheel

PLATFORM = os.environ.get("RELUCELL_PLATFORM", "")


class Package(Distribution):
    """A package of one platform, where a binary is in it."""

    def has_ext_modules(self):
        return bool(PLATFORM)


class Wheel(bdist_wheel):
    """A wheel for every Python 3 of that platform."""

    def get_tag(self):
        return ("py3", "none", PLATFORM) if PLATFORM else super().get_tag()


setup(distclass=Package, cmdclass={"bdist_wheel": Wheel})
