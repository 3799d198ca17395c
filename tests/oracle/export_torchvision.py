#!/usr/bin/python3
"""Writes one of torchvision's architectures with random weights, and what PyTorch computes with it.

    export_torchvision.py NAME FOLDER

FOLDER gets zip.pth, legacy.pth, opset11.onnx, opset13.onnx, expected.npz and case.json. The line of
NAME in architectures.txt says how large the pictures are, what is explained, and the tolerances.
Exits with 77 where torch, torchvision or onnx is not installed.
"""
import json
import pathlib
import sys
import warnings
import zlib

SKIPPED = 77
PICTURES = 2
CANDIDATES = 64
CANDIDATE_PIXELS = 3 << 20  # of all of them
PIXELS_AT_ONCE = 1 << 18
OTHER_SIZE = (80, 107)  # which the files of weights take as well
# Where the derivative of an activation jumps.
CORNERS = {"relu": (0.0,), "hardtanh": (0.0, 6.0), "hardswish": (-3.0, 3.0),
           "hardsigmoid": (-3.0, 3.0)}

try:
    import numpy
    import onnx
    import torch
    import torchvision
    from torch.nn import functional
except ImportError as error:
    print("skipped:", error, file=sys.stderr)
    sys.exit(SKIPPED)


def line_of(name):
    table = pathlib.Path(__file__).with_name("architectures.txt")
    for line in table.read_text().splitlines():
        fields = line.split()
        if fields and fields[0] == name:
            return int(fields[1]), *fields[2:]
    sys.exit("%s is not in %s" % (name, table))


def build(name):
    options = {}
    if name in ("googlenet", "inception_v3"):
        # As their public weights are used.
        options = {"transform_input": True, "aux_logits": True, "init_weights": False}
    return getattr(torchvision.models, name)(weights=None, **options)


def randomise(model, pictures):
    """Random weights; running statistics of some pictures, so that no activation explodes."""
    norms = [m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    for module in model.modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            torch.nn.init.kaiming_normal_(module.weight)
            if module.bias is not None:
                torch.nn.init.normal_(module.bias, std=0.1)
    for norm in norms:
        # Half of the rectifiers closed would make a chaotic network, in which rounding grows.
        torch.nn.init.uniform_(norm.weight, 0.5, 1.0)
        torch.nn.init.uniform_(norm.bias, 0.0, 1.0)
    model.eval()
    for norm in norms:
        norm.momentum = 1.0
        norm.train()
    with torch.no_grad():
        model(pictures)
    model.eval()


def old_names(name, state):
    """What public files of the legacy format look like: wrapped, with DataParallel's prefix, and
    with DenseNet's names before torchvision 0.3."""
    renamed = {}
    for key, value in state.items():
        if name.startswith("densenet") and "denselayer" in key:
            for part in ("norm", "conv"):
                for number in "12":
                    key = key.replace(".%s%s." % (part, number), ".%s.%s." % (part, number))
        renamed["module." + key] = value
    return {"epoch": 3, "arch": name, "state_dict": renamed, "best_prec1": 12.5}


def save_weights(name, model, folder):
    torch.save(model.state_dict(), folder / "zip.pth")
    torch.save(old_names(name, model.state_dict()), folder / "legacy.pth",
               _use_new_zipfile_serialization=False)


def save_onnx(model, pictures, folder, opset, layer):
    """Opset 11 with batch normalisation folded into convolutions, 13 without. Returns the name of
    the node that makes the layer's output."""
    path = folder / ("opset%d.onnx" % opset)
    mode = torch.onnx.TrainingMode.EVAL if opset == 11 else torch.onnx.TrainingMode.PRESERVE
    torch.onnx.export(model, pictures, str(path), opset_version=opset, training=mode,
                      do_constant_folding=opset == 11)
    if layer == "-":
        return layer
    children, scope = layer.split("."), ""
    for i in range(len(children)):
        scope += "/" + ".".join(children[: i + 1])
    names = [n.name for n in onnx.load(str(path)).graph.node]
    inside = [n for n in names if n.startswith(scope + "/")]
    if not inside:
        sys.exit("no node of %s in %s" % (scope, names))
    return inside[-1]


def distance_from_corners(name):
    def distances(x, *_args, **_kwargs):
        return torch.stack([(x - corner).abs() for corner in CORNERS[name]]).amin(0)
    return distances


def distance_from_tie(x, kernel_size, stride, padding=0, *_args, **_kwargs):
    """Of the greatest from the second greatest in each window of a max pooling."""
    below = float("-inf")
    x = functional.pad(x, (padding, padding + kernel_size) * 2, value=below)
    windows = x.unfold(2, kernel_size, stride).unfold(3, kernel_size, stride).flatten(4)
    first, second = windows.topk(2).values.unbind(-1)
    # Equal values are equal in every precision, and the first of them wins.
    return (first - second).masked_fill((first == second) | (first == below), float("inf"))


def well_separated(model, pictures):
    """The PICTURES of all for which every gradient is most clearly one thing. Where an activation's
    input is within rounding of a corner, or two values of a window are, float32 and float64 may
    take different sides, and the gradients differ though both are right. Found in float64: float32
    has ties that are none."""
    parts = pictures.split(max(1, PIXELS_AT_ONCE // pictures[0, 0].numel()))
    margins = torch.cat([margins_of(model, part) for part in parts])
    return pictures[margins.argsort(descending=True)[:PICTURES]]


def margins_of(model, pictures):
    """How far each picture's nearest corner or tie is, in standard deviations of the activation."""
    margins = torch.full((len(pictures),), float("inf"), dtype=torch.float64)

    def watched(original, distances):
        def operation(x, *args, **kwargs):
            distance = distances(x, *args, **kwargs).flatten(1).amin(1) / x.std()
            torch.minimum(margins, distance, out=margins)
            return original(x, *args, **kwargs)
        return operation

    distances = {name: distance_from_corners(name) for name in CORNERS}
    distances["max_pool2d"] = distance_from_tie
    originals = {name: getattr(functional, name) for name in distances}
    for name, original in originals.items():
        setattr(functional, name, watched(original, distances[name]))
    try:
        with torch.no_grad():
            model.double()(pictures.double())
    finally:
        model.float()
        for name, original in originals.items():
            setattr(functional, name, original)
    return margins


class RectifierWithRule(torch.autograd.Function):
    """ReLU whose gradient follows a rule: what passes where x > 0, and where the gradient is."""

    @staticmethod
    def forward(ctx, x, rule):
        ctx.rule = rule
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        if ctx.rule != "deconvnet":
            grad = grad * (x > 0)
        if ctx.rule != "standard":
            grad = grad * (grad > 0)
        return grad, None


def picture_gradient(model, picture, index, rule):
    original = functional.relu
    functional.relu = lambda x, inplace=False: RectifierWithRule.apply(x, rule)
    try:
        picture = picture.clone().requires_grad_()
        model(picture)[0, index].backward()
        return picture.grad[0]
    finally:
        functional.relu = original


def grad_cam(model, picture, index, layer):
    """Before the last ReLU."""
    kept = []
    module = model.get_submodule(layer)
    original = functional.relu
    # Without in-place ReLUs, which would overwrite what the hook keeps.
    functional.relu = lambda x, inplace=False: original(x)
    hook = module.register_forward_hook(lambda module, inputs, output: kept.append(output))
    try:
        score = model(picture)[0, index]
    finally:
        hook.remove()
        functional.relu = original
    (gradient,) = torch.autograd.grad(score, kept[-1])
    weights = gradient.mean(dim=(2, 3), keepdim=True)
    return (weights * kept[-1]).sum(dim=1)[0]


def expectations(model, pictures, layer):
    model, pictures = model.double(), pictures.double()
    with torch.no_grad():
        other = torch.randn(1, 3, *OTHER_SIZE).double()
        expected = {"input": pictures, "logits": model(pictures),
                    "other_input": other, "other_logits": model(other)}
    index = int(expected["logits"][0].argmax())
    if layer != "-":
        picture = pictures[:1]
        for rule in ("standard", "deconvnet", "guided"):
            expected[rule] = picture_gradient(model, picture, index, rule)
        expected["gradcam"] = grad_cam(model, picture, index, layer)
    arrays = {key: value.detach().numpy().astype(numpy.float32) for key, value in expected.items()}
    return index, arrays


def main():
    warnings.simplefilter("ignore")
    name, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    size, layer, tolerance, gradient_tolerance = line_of(name)
    torch.set_num_threads(1)  # because what is drawn depends on it
    torch.manual_seed(zlib.crc32(name.encode()))
    model = build(name)
    randomise(model, torch.randn(16, 3, *OTHER_SIZE))
    candidates = min(CANDIDATES, CANDIDATE_PIXELS // size**2)
    pictures = torch.randn(PICTURES if layer == "-" else candidates, 3, size, size)
    pictures = well_separated(model, pictures)
    save_weights(name, model, folder)
    layers = {opset: save_onnx(model, pictures, folder, opset, layer) for opset in (11, 13)}
    index, arrays = expectations(model, pictures, layer)
    numpy.savez(folder / "expected.npz", **arrays)
    (folder / "case.json").write_text(json.dumps({
        "name": name, "index": index, "tolerance": float(tolerance),
        "gradient_tolerance": 0.0 if layer == "-" else float(gradient_tolerance),
        "files": [
            {"file": "zip.pth", "layer": layer}, {"file": "legacy.pth", "layer": layer},
            {"file": "opset11.onnx", "layer": layers[11]},
            {"file": "opset13.onnx", "layer": layers[13]}]}))


main()
