#!/usr/bin/python3
"""Grad-CAM of a picture's first class in PyTorch, as its users write it: the peer of cold_start.py.

Usage: torch_gradcam.py WEIGHTS PICTURE OUT.png
"""
import sys

import numpy as np
import torch
import torchvision
from PIL import Image

weights, picture, out = sys.argv[1:]
torch.set_num_threads(2)

model = torchvision.models.resnet50(weights=None)
model.load_state_dict(torch.load(weights))
model.eval()

transform = torchvision.transforms.Compose([
    torchvision.transforms.Resize(256),
    torchvision.transforms.CenterCrop(224),
    torchvision.transforms.ToTensor(),
    torchvision.transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
])
image = Image.open(picture).convert("RGB")
values = {}


def keep(module, inputs, output):
    values["activation"] = output
    output.register_hook(lambda gradient: values.update(gradient=gradient))


model.layer4.register_forward_hook(keep)
logits = model(transform(image)[None])
logits[0, logits[0].argmax()].backward()
weight = values["gradient"].mean(dim=(2, 3), keepdim=True)
cam = torch.relu((weight * values["activation"]).sum(dim=1, keepdim=True))
cam = torch.nn.functional.interpolate(cam, (224, 224), mode="bilinear", align_corners=False)
cam = (cam / cam.max().clamp_min(1e-12))[0, 0].detach().numpy()
shown = np.asarray(torchvision.transforms.CenterCrop(224)(torchvision.transforms.Resize(256)(image)))
heat = np.stack([cam, np.zeros_like(cam), 1 - cam], axis=2) * 255
Image.fromarray((0.5 * shown + 0.5 * heat).astype(np.uint8)).save(out)
