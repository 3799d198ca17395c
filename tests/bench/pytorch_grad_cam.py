#!/usr/bin/python3
"""Ablation-CAM and Score-CAM of cameo against pytorch-grad-cam's own code, side by side: time and map.

Usage: pytorch_grad_cam.py PEER [--program build/cameo] [--squeezenet FILE.pth] [--threads 2] [--rounds 3]
                           [--models squeezenet1_0,resnet18] [--methods ablationcam,scorecam]

PEER is a checkout of https://github.com/jacobgil/pytorch-grad-cam. Each picture is random, weights
that are not given are random in torchvision's layout. Both sides take the same preprocessed array
and explain the same class. The peer's time is that of its call, model loaded; cameo's is that of
the whole program, reading the weights included, and of the method alone. Ends with 1 when a map
differs by more than 0.001 of its range. Needs Debian's python3-torch and python3-torchvision and
what the peer imports; ttach, which only its augmentation smoothing uses, is stood in for.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import types

import numpy as np
import torch
import torchvision

CASES = [("squeezenet1_0", "features.12", 227), ("resnet18", "layer4", 224)]
METHODS = {"ablationcam": "AblationCAM", "scorecam": "ScoreCAM"}
MOST_DIFFERENCE = 1e-3


def stand_in_for_ttach():
    module = types.ModuleType("ttach")
    for name in ("Compose", "HorizontalFlip", "Multiply"):
        setattr(module, name, lambda *arguments, **options: None)
    sys.modules["ttach"] = module


def layer_named(model, name):
    for part in name.split("."):
        model = getattr(model, part)
    return model


def make_model(name, weights, folder):
    """The model and the file of its weights."""
    torch.manual_seed(0)
    model = getattr(torchvision.models, name)(weights=None)
    if weights:
        model.load_state_dict(torch.load(weights))
    else:
        weights = folder / f"{name}.pth"
        torch.save(model.state_dict(), weights)
    return model.eval(), weights


def run_peer(peer_class, model, layer, picture, index, rounds):
    """Its finished map [H,W] and the median seconds of a call."""
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
    seconds = []
    for _ in range(rounds):
        with peer_class(model=model, target_layers=[layer_named(model, layer)]) as cam:
            start = time.perf_counter()
            result = cam(input_tensor=picture, targets=[ClassifierOutputTarget(index)])[0]
            seconds.append(time.perf_counter() - start)
    return result, statistics.median(seconds)


def run_cameo(options, case, method, weights, array, index, folder):
    """The same map, the median seconds of the program and of the method."""
    name, layer, _ = case
    command = [options.program, "--threads", str(options.threads), "--quiet", "explain",
               "--input-npy", array, "--model", name, "--weights", weights, "--method", method,
               "--layer", layer, "--target", str(index), "--preset", "pytorch-grad-cam", "--npy",
               "--stage", "display", "--out", folder, "--json"]
    whole, own = [], []
    for _ in range(options.rounds):
        start = time.perf_counter()
        output = subprocess.run(command, check=True, capture_output=True).stdout
        whole.append(time.perf_counter() - start)
        document = json.loads(output)[0]
        own.append(document["milliseconds"] / 1000)
    values = [name for name in document["files"] if name.endswith(".npy")][0]
    return np.load(values), statistics.median(whole), statistics.median(own)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peer")
    parser.add_argument("--program", default="build/cameo")
    parser.add_argument("--squeezenet", help="public weights of squeezenet1_0")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--models", default=",".join(name for name, _, _ in CASES))
    parser.add_argument("--methods", default=",".join(METHODS))
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    stand_in_for_ttach()
    sys.path.insert(0, options.peer)
    import pytorch_grad_cam
    pytorch_grad_cam.ablation_cam.tqdm.tqdm = lambda items: items
    pytorch_grad_cam.score_cam.tqdm.tqdm = lambda items: items

    same = True
    print("model          layer        method       peer s  program s  method s  ratio  ratio(method)  difference")
    with tempfile.TemporaryDirectory() as folder_name:
        folder = pathlib.Path(folder_name)
        for case in CASES:
            name, layer, side = case
            if name not in options.models.split(","):
                continue
            model, weights = make_model(name, options.squeezenet if "squeeze" in name else None, folder)
            picture = torch.randn(1, 3, side, side, generator=torch.Generator().manual_seed(1))
            array = folder / f"{name}.npy"
            np.save(array, picture.numpy())
            with torch.no_grad():
                index = int(model(picture)[0].argmax())
            for method in options.methods.split(","):
                peer_class = getattr(pytorch_grad_cam, METHODS[method])
                theirs, seconds = run_peer(peer_class, model, layer, picture, index,
                                           options.rounds)
                ours, whole, own = run_cameo(options, case, method, weights, array, index, folder)
                difference = float(np.abs(theirs - ours).max())
                same = same and difference <= MOST_DIFFERENCE
                print(f"{name:14} {layer:12} {method:12} {seconds:6.2f} {whole:10.2f} {own:9.2f} "
                      f"{seconds / whole:6.1f} {seconds / own:14.1f} {difference:11.1e}", flush=True)
    if not same:
        sys.exit("the maps differ")


if __name__ == "__main__":
    main()
