#!/usr/bin/python3
"""Cameo against ONNX Runtime and PyTorch on this machine, in alternating rounds.

Usage: peers.py [--program build/cameo] [--only vgg16] [--rounds 7] [--threads 2]
                [--pytorch-grad-cam CHECKOUT] [--folder build-peers] [--write docs/performance.md]

Installs onnxruntime-node into the folder (npm) and PyTorch from Debian's packages where they are
missing and may be installed. Every network gets random weights, once, which all programs read. A
round runs each program once on the same picture; printed are medians over the rounds, their spread
(least to most), the ratio of the medians, and by how much the outputs differ. cold_start.py beside
this folder compares whole processes.
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

from workloads import OCCLUSION_WINDOWS, WORKLOADS

HERE = pathlib.Path(__file__).resolve().parent
PYTHON = "/usr/bin/python3"
# Without these glibc gives freed memory back at once, and fresh pages take much of PyTorch's time.
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": "4294967296", "MALLOC_TRIM_THRESHOLD_": "4294967296",
               "MALLOC_TOP_PAD_": "268435456"}
BEGIN, END = "<!-- peers: begin -->", "<!-- peers: end -->"
MODULES = {"torch": "python3-torch", "onnx": "python3-onnx", "torchvision": "python3-torchvision"}
# What pytorch-grad-cam imports.
GRAD_CAM_MODULES = {"cv2": "python3-opencv", "sklearn": "python3-sklearn", "tqdm": "python3-tqdm",
                    "matplotlib": "python3-matplotlib"}


def install(folder, with_grad_cam):
    modules = MODULES | (GRAD_CAM_MODULES if with_grad_cam else {})
    packages = [name for module, name in modules.items()
                if subprocess.run([PYTHON, "-c", f"import {module}"], stderr=subprocess.DEVNULL
                                  ).returncode != 0]
    if packages:
        subprocess.run(["apt-get", "install", "-y", *packages], check=True)
    if not (folder / "node_modules" / "onnxruntime-node").exists():
        subprocess.run(["npm", "install", "--no-fund", "--no-audit", "--prefix", str(folder),
                        "onnxruntime-node"], check=True,
                       env={**os.environ, "ONNXRUNTIME_NODE_INSTALL": "skip"})


def export(folder, network, batch):
    """Weights, the network as ONNX and an input, each made once."""
    place = folder / f"{network}-{batch}"
    if (place / "done").exists():
        return place
    place.mkdir(parents=True, exist_ok=True)
    script = f"""
import sys; sys.path.insert(0, {str(HERE)!r})
import networks, numpy, torch
model = networks.make({network!r})
shape = ({batch},) + networks.input_shape({network!r})
picture = torch.randn(shape, generator=torch.Generator().manual_seed(1))
numpy.save("input.npy", picture.numpy())
picture.numpy().tofile("input.bin")
if {network!r} != "nin_small":  # cameo's has other names: its times alone are compared
    torch.save(model.state_dict(), "{network}.pth")
    torch.onnx.export(model, picture, "{network}.onnx", opset_version=11)
"""
    subprocess.run([PYTHON, "-c", script], check=True, cwd=place)
    (place / "done").touch()
    return place


def shape_of(network, batch):
    sizes = {"nin_cifar": "3,32,32", "resnet20_cifar": "3,32,32", "nin_small": "1,28,28"}
    return f"{batch}," + sizes.get(network, "3,224,224")


class Worker:
    """A peer that stays loaded between rounds."""

    def __init__(self, command):
        self.child = subprocess.Popen([str(part) for part in command], text=True,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=subprocess.DEVNULL,
                                      env={**os.environ, **KEEP_MEMORY})

    def ask(self, request):
        self.child.stdin.write(json.dumps(request) + "\n")
        self.child.stdin.flush()
        answer = self.child.stdout.readline()
        if not answer:
            raise SystemExit(f"{self.child.args} ended")
        return json.loads(answer)

    def close(self):
        self.child.stdin.close()
        self.child.wait()


def peer_of(work, place, options):
    if work.peer == "onnxruntime":
        return Worker(["node", HERE / "onnx_worker.js", options.folder / "node_modules",
                       place / f"{work.network}.onnx", place / "input.bin",
                       shape_of(work.network, work.batch), options.threads])
    if work.peer.startswith("pytorch"):
        return Worker([PYTHON, HERE / "torch_worker.py", work.network, work.peer.split()[1], place,
                       options.threads, options.pytorch_grad_cam or ""])
    return None


def cameo(options, *arguments):
    command = [options.program, "--threads", options.threads, *arguments, "--json"]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def model_arguments(work, place):
    if work.network == "nin_small":
        return ["--model", work.network, "--input", "1,28,28"]
    return ["--model", work.network, "--weights", place / f"{work.network}.pth"]


def our_times(work, place, options):
    """Milliseconds of a round: ours, and our own forward."""
    if work.ours == "occlusion":
        first = place / "first.npy"
        if not first.exists():
            save_first_row(place / "input.npy", first)
        results = cameo(options, "explain", *model_arguments(work, place), "--input-npy", first,
                        "--method", "occlusion", "--option", "patch=45", "--option", "stride=8",
                        "--out", place)
        return find_milliseconds(results), 0.0
    extra = ["--training"] if work.ours == "training_step" else []
    times = cameo(options, "bench", *model_arguments(work, place), "--batch", work.batch,
                  "--repeat", work.repeat, "--only", ",".join(dict.fromkeys(["forward", *(
                      [] if extra else [work.ours])])), *extra)
    return times[work.ours]["median_ms"], times["forward"]["median_ms"]


def find_milliseconds(results):
    row = results["results"][0] if isinstance(results, dict) else results[0]
    return row["milliseconds"]


def save_first_row(array, target):
    subprocess.run([PYTHON, "-c", "import numpy, sys; "
                    "numpy.save(sys.argv[2], numpy.load(sys.argv[1])[:1])", array, target],
                   check=True)


def difference(work, place, worker, options):
    """Largest difference of the outputs as a share of the largest value; None where not compared."""
    if work.network == "nin_small" or work.ours not in ("forward", "input_gradient", "gradcam"):
        return None
    if worker is None:
        return None
    import numpy
    theirs, ours = place / f"theirs-{work.name}.npy", place / f"ours-{work.name}.npy"
    worker.ask({"save": str(theirs)})
    if work.ours == "forward":
        cameo(options, "predict", *model_arguments(work, place), "--input-npy",
              place / "input.npy", "--logits", ours)
        expected = numpy.fromfile(theirs, dtype=numpy.float32)
    else:
        method = {"input_gradient": "guided", "gradcam": "gradcam"}[work.ours]
        stage = "map" if method == "guided" else "display"
        layer = ["--layer", "features.29" if work.network == "vgg16" else "layer4"]
        out = place / f"out-{method}"
        cameo(options, "explain", *model_arguments(work, place), "--input-npy",
              place / "input.npy", "--method", method, "--npy", "--stage", stage, "--out", out,
              *(["--preset", "pytorch-grad-cam", *layer] if method == "gradcam" else []))
        ours = max(out.glob("*.npy"), key=os.path.getmtime)
        expected = numpy.load(theirs)
    got = numpy.load(ours).ravel()
    expected = expected.ravel()
    if got.shape != expected.shape:
        raise SystemExit(f"{work.name}: {got.shape} values, the peer has {expected.shape}")
    return float(numpy.abs(got - expected).max() / numpy.abs(expected).max())


def compare(work, options):
    place = export(options.folder, work.network, work.batch)
    worker = peer_of(work, place, options)
    if worker is not None:
        worker.ask({"repeat": 1})  # it is loaded before anything is timed
    ours, theirs = [], []
    scale = OCCLUSION_WINDOWS / work.batch if work.ours == "occlusion" else 1.0
    for _ in range(options.rounds):
        mine, own_forward = our_times(work, place, options)
        ours.append(mine)
        if worker is None:
            theirs.append(own_forward)
        else:
            theirs.append(statistics.median(worker.ask({"repeat": work.repeat})["times"]) * scale)
    apart = difference(work, place, worker, options)
    if worker is not None:
        worker.close()
    return {"work": work, "ours": ours, "theirs": theirs, "apart": apart}


def row(result):
    ours, theirs, work = result["ours"], result["theirs"], result["work"]

    def cell(times):
        return f"{statistics.median(times):.2f} ({min(times):.2f}–{max(times):.2f})"

    apart = result["apart"]
    agrees = "" if apart is None else f"{apart:.1e}" + ("" if apart <= work.tolerance else " !")
    peer = {"onnxruntime": "ONNX Runtime", "cameo": "forward"}.get(work.peer, "PyTorch")
    if work.peer == "pytorch gradcam":
        peer = "pytorch-grad-cam"
    return [work.title, peer, cell(ours), cell(theirs),
            f"{statistics.median(ours) / statistics.median(theirs):.2f}",
            f"{min(ours) / min(theirs):.2f}", agrees]


HEADER = ["work", "peer", "Cameo ms (least–most)", "peer ms (least–most)", "ratio of medians",
          "of the least", "outputs differ by"]


def table(results, options):
    lines = ["| " + " | ".join(HEADER) + " |", "|" + " --- |" * len(HEADER)]
    lines += ["| " + " | ".join(row(result)) + " |" for result in results]
    return f"{machine(options)}\n\n" + "\n".join(lines) + "\n"


def machine(options):
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as info:
        name = next((line.split(":")[1].strip() for line in info if line.startswith("model name")),
                    platform.machine())
    torch = subprocess.run([PYTHON, "-c", "import torch; print(torch.__version__)"], text=True,
                           capture_output=True).stdout.strip()
    package = options.folder / "node_modules" / "onnxruntime-node" / "package.json"
    ort = json.loads(package.read_text(encoding="utf-8"))["version"]
    return (f"{name}, {os.cpu_count()} processors, {options.threads} threads, {options.rounds} "
            f"alternating rounds; PyTorch {torch}, onnxruntime-node {ort}.")


def write(path, text, whole):
    """Replaces the table, or only the rows that `text` has."""
    old = path.read_text(encoding="utf-8")
    if BEGIN not in old:
        old += f"\n## Peers\n\n{BEGIN}\n{END}\n"
    before, rest = old.split(BEGIN)
    table_before, after = rest.split(END)
    if not whole:
        rows = {line.split("|")[1]: line for line in text.splitlines() if line.startswith("| ")}
        text = "\n".join(rows.get(line.split("|")[1], line) if line.startswith("| ") else line
                         for line in table_before.strip().splitlines()) + "\n"
    path.write_text(f"{before}{BEGIN}\n{text}{END}{after}", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=pathlib.Path, default="build/cameo")
    parser.add_argument("--only", nargs="*", default=[], help="parts of workloads' names")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pytorch-grad-cam", help="a checkout of its source")
    parser.add_argument("--folder", type=lambda p: pathlib.Path(p).resolve(), default="build-peers")
    parser.add_argument("--write", type=pathlib.Path, help="the page whose table, or rows of --only, to replace")
    options = parser.parse_args()
    options.folder = pathlib.Path(options.folder).resolve()
    options.program = options.program.resolve()
    options.folder.mkdir(parents=True, exist_ok=True)
    install(options.folder, options.pytorch_grad_cam is not None)
    results = []
    for work in WORKLOADS:
        if options.only and not any(part in work.name for part in options.only):
            continue
        if work.peer == "pytorch gradcam" and not options.pytorch_grad_cam:
            print(f"{work.name}: left out without --pytorch-grad-cam", file=sys.stderr)
            continue
        results.append(compare(work, options))
        print("  ".join(row(results[-1])), flush=True)
    if options.write:
        write(options.write, table(results, options), not options.only)
    failed = [result["work"].name for result in results
              if result["apart"] is not None and result["apart"] > result["work"].tolerance]
    if failed:
        raise SystemExit(f"outputs disagree: {', '.join(failed)}")


if __name__ == "__main__":
    main()
