#!/usr/bin/python3
"""One network in PyTorch: answers a line of JSON with a line of JSON. Started by peers.py.

Usage: torch_worker.py NETWORK WORK FOLDER THREADS [PYTORCH_GRAD_CAM]
WORK is forward, frozen (inference-optimised forward), input_gradient, gradcam or training_step.
{"repeat": K} times K runs; {"save": FILE.npy} saves the result of one.
"""
import json
import pathlib
import sys
import time
import types

import numpy as np
import torch

import networks


def guided(model):
    """Guided backpropagation as its users write it: a hook on each ReLU."""
    for module in model.modules():
        if isinstance(module, torch.nn.ReLU):
            module.inplace = False
            module.register_full_backward_hook(lambda m, into, out: (into[0].clamp(min=0),))


def input_gradient(model, x):
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    guided(model)

    def run():
        picture = x.clone().requires_grad_(True)
        score = model(picture)
        gradient, = torch.autograd.grad(score[0, score[0].argmax()], picture)
        return gradient
    return run


def gradcam(model, x, name, source):
    # Only its test-time augmentation needs ttach, which Debian does not have.
    sys.modules["ttach"] = types.ModuleType("ttach")
    sys.path.insert(0, source)
    from pytorch_grad_cam import GradCAM
    cam = GradCAM(model=model, target_layers=[networks.last_convolution(name, model)[1]])
    return lambda: torch.from_numpy(cam(input_tensor=x))


def training_step(model, x):
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)
    labels = torch.arange(x.shape[0]) % 10

    def run():
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(model(x), labels)
        loss.backward()
        optimizer.step()
        return loss.detach()
    return run


def forward(model, x):
    @torch.inference_mode()
    def run():
        return model(x)
    return run


def frozen(model, x):
    with torch.no_grad():
        model = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(model, x)))
    return forward(model, x)


def main():
    name, work, folder, threads = sys.argv[1:5]
    torch.set_num_threads(int(threads))
    model = networks.make(name)
    if (pathlib.Path(folder) / f"{name}.pth").exists():
        model.load_state_dict(torch.load(f"{folder}/{name}.pth"))
    x = torch.from_numpy(np.load(f"{folder}/input.npy"))
    if work == "gradcam":
        run = gradcam(model, x, name, sys.argv[5])
    else:
        run = {"forward": forward, "frozen": frozen, "input_gradient": input_gradient,
               "training_step": training_step}[work](model, x)
    for _ in range(2):
        run()
    for line in sys.stdin:
        request = json.loads(line)
        if "save" in request:
            np.save(request["save"], run().numpy())
            print("{}", flush=True)
            continue
        times = []
        for _ in range(request["repeat"]):
            start = time.perf_counter()
            run()
            times.append((time.perf_counter() - start) * 1e3)
        print(json.dumps({"times": times}), flush=True)


main()
