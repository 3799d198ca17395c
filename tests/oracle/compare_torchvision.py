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


def main():
    program, name = sys.argv[1:]
    export = pathlib.Path(__file__).with_name("export_torchvision.py")
    with tempfile.TemporaryDirectory(prefix="cameo-oracle-") as folder:
        exported = subprocess.run([export, name, folder])
        if exported.returncode != 0:
            return exported.returncode
        environment = dict(os.environ, CAMEO_ORACLE_DIR=folder)
        return subprocess.run([program, "[torchvision]"], env=environment).returncode


sys.exit(main())
