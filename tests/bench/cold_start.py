#!/usr/bin/python3
"""`cameo explain` with ResNet-50 from a .pth against the same job in PyTorch, each from a cold start.

Usage: cold_start.py [--program build/cameo] [--picture PHOTO.jpg] [--rounds 7]

Random weights in torchvision's layout are saved once; then both programs run in turn, and the
medians of elapsed time and of peak memory are printed with their ratios. Needs Debian's
python3-torch and python3-torchvision.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent


def run(command):
    """Seconds elapsed and MiB at the peak."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        raise SystemExit(f"{command} ended with {status}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def save_inputs(folder):
    import torch
    import torchvision
    from PIL import Image

    torch.manual_seed(0)
    torch.save(torchvision.models.resnet50(weights=None).state_dict(), folder / "resnet50.pth")
    Image.effect_noise((640, 480), 80).convert("RGB").save(folder / "picture.jpg")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default="build/cameo")
    parser.add_argument("--picture")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        # In a process of its own, so that this one stays small.
        subprocess.run(["/usr/bin/python3", "-c", f"import sys; sys.path.insert(0, {str(HERE)!r}); "
                        "import cold_start, pathlib; "
                        f"cold_start.save_inputs(pathlib.Path({name!r}))"], check=True)
        weights, picture = folder / "resnet50.pth", options.picture or folder / "picture.jpg"
        commands = {
            "cameo": [options.program, "--threads", "2", "explain", picture, "--model", "resnet50",
                      "--weights", weights, "--out", folder / "cameo.png"],
            "PyTorch": ["/usr/bin/python3", HERE / "torch_gradcam.py", weights, picture,
                        folder / "torch.png"],
        }
        figures = {name: [] for name in commands}
        for _ in range(options.rounds):
            for name, command in commands.items():
                figures[name].append(run([str(part) for part in command]))
    medians = {}
    for name, rows in figures.items():
        seconds, memory = (statistics.median(column) for column in zip(*rows))
        least = min(row[0] for row in rows)
        medians[name] = (seconds, memory)
        print(f"{name:8} {seconds:7.3f} s (least {least:.3f})  {memory:7.1f} MiB")
    ours, peer = medians["cameo"], medians["PyTorch"]
    print(f"ratio    {ours[0] / peer[0]:7.3f}                  {ours[1] / peer[1]:7.3f}")


if __name__ == "__main__":
    main()
