"""The networks of the comparison in PyTorch, with random weights and the names that cameo knows."""
import torch
import torchvision
from torch import nn


class Nin(nn.Sequential):
    """Network in Network for CIFAR-10, as zoo/models/nin.cpp has it."""

    def __init__(self):
        def block(into, kernel, first, second, third):
            layers = nn.Sequential()
            for name, conv in (("conv", nn.Conv2d(into, first, kernel, padding=kernel // 2)),
                               ("cccp1", nn.Conv2d(first, second, 1)),
                               ("cccp2", nn.Conv2d(second, third, 1))):
                layers.add_module(name, conv)
                layers.add_module("relu" + name, nn.ReLU(inplace=True))
            return layers

        super().__init__()
        self.add_module("mlpconv1", block(3, 5, 192, 160, 96))
        self.add_module("pool1", nn.MaxPool2d(3, 2, ceil_mode=True))
        self.add_module("dropout1", nn.Dropout(0.5))
        self.add_module("mlpconv2", block(96, 5, 192, 192, 192))
        self.add_module("pool2", nn.AvgPool2d(3, 2, ceil_mode=True))
        self.add_module("dropout2", nn.Dropout(0.5))
        self.add_module("mlpconv3", block(192, 3, 192, 192, 10))
        self.add_module("gap", nn.AdaptiveAvgPool2d(1))
        self.add_module("flatten", nn.Flatten())


class CifarBlock(nn.Module):
    def __init__(self, into, channels):
        super().__init__()
        self.grows = into != channels
        self.conv1 = nn.Conv2d(into, channels, 3, 2 if self.grows else 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        if self.grows:
            each = (y.shape[1] - x.shape[1]) // 2
            x = nn.functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, each, each))
        return torch.relu(y + x)


class ResNet20(nn.Module):
    """The CIFAR-10 residual network of He et al. 2016 with shortcuts that pad."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        for i, (into, channels) in enumerate(((16, 16), (16, 32), (32, 64)), 1):
            blocks = [CifarBlock(into, channels)] + [CifarBlock(channels, channels) for _ in "12"]
            self.add_module(f"layer{i}", nn.Sequential(*blocks))
        self.linear = nn.Linear(64, 10)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(x.mean(dim=(2, 3)))


def gap_network():
    """cameo's nin_small for pictures of 28 x 28 grey pixels."""
    def conv(into, channels, kernel):
        return [nn.Conv2d(into, channels, kernel, padding=kernel // 2, bias=False),
                nn.BatchNorm2d(channels), nn.ReLU(inplace=True)]

    return nn.Sequential(*conv(1, 16, 5), *conv(16, 16, 1), nn.MaxPool2d(2),
                         *conv(16, 64, 3), *conv(64, 64, 1), nn.MaxPool2d(2),
                         *conv(64, 128, 3), *conv(128, 128, 1), nn.Conv2d(128, 10, 1),
                         nn.AdaptiveAvgPool2d(1), nn.Flatten())


INPUTS = {"nin_cifar": (3, 32, 32), "resnet20_cifar": (3, 32, 32), "nin_small": (1, 28, 28)}


def input_shape(name):
    return INPUTS.get(name, (3, 224, 224))


def make(name):
    torch.manual_seed(0)
    if name == "nin_cifar":
        model = Nin()
    elif name == "resnet20_cifar":
        model = ResNet20()
    elif name == "nin_small":
        model = gap_network()
    else:
        model = getattr(torchvision.models, name)(weights=None)
    # Initial weights of some networks shrink every picture to the same scores.
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(module.weight)
    return model.eval()


def last_convolution(name, model):
    """What Grad-CAM looks at: (cameo's name, PyTorch's module)."""
    if name.startswith("resnet"):
        return "layer4", model.layer4
    return "features.29", model.features[29]
