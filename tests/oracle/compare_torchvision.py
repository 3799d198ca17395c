#!/usr/bin/python3
"""Compares one architecture with torchvision's.

    compare_torchvision.py PROGRAM NAME

Runs export_torchvision.py into a folder that is removed afterwards, and on it PROGRAM, the tests
built from torchvision_test.cpp. Exits with 77 where PyTorch is not installed.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

# Half of PyTorch's time would go into pages given back and asked for again.
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 34), "MALLOC_TRIM_THRESHOLD_": str(1 << 34)}


def main():
    program, name = sys.argv[1:]
    export = pathlib.Path(__file__).with_name("export_torchvision.py")
    with tempfile.TemporaryDirectory(prefix="cameo-oracle-") as folder:
        # A thread that spins at a barrier would hold up the others where cores are shared.
        environment = {"OMP_WAIT_POLICY": "passive", **KEEP_MEMORY, **os.environ,
                       "CAMEO_ORACLE_DIR": folder}
        exported = subprocess.run([export, name, folder], env=environment)
        if exported.returncode != 0:
            return exported.returncode
        return subprocess.run([program, "[torchvision]"], env=environment).returncode


sys.exit(main())
