"""What is compared: rows of the table in docs/performance.md."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Workload:
    name: str
    title: str
    network: str
    ours: str  # a key of `cameo bench --json`, or "occlusion"
    peer: str  # "onnxruntime", "cameo", or "pytorch WORK"
    batch: int = 1
    repeat: int = 3  # runs a round
    tolerance: float = 2e-3  # of the outputs, as a share of the largest


def forward(network, title, **options):
    return Workload(f"forward-{network}", f"forward: {title}", network, "forward", "onnxruntime",
                    **options)


def training(network, title, repeat):
    return Workload(f"training-{network}", f"training step, batch 128: {title}", network,
                    "training_step", "pytorch training_step", batch=128, repeat=repeat)


WORKLOADS = [
    forward("vgg16", "VGG-16"),
    forward("resnet18", "ResNet-18", repeat=9),
    forward("resnet50", "ResNet-50", repeat=5),
    forward("squeezenet1_0", "SqueezeNet 1.0", repeat=15),
    forward("squeezenet1_1", "SqueezeNet 1.1", repeat=25),
    forward("mobilenet_v2", "MobileNet v2", repeat=50),
    forward("nin_cifar", "NIN for CIFAR-10", repeat=50),
    dataclasses.replace(forward("nin_cifar", "NIN for CIFAR-10, batch 32", batch=32),
                        name="forward-nin_cifar-32"),
    *(Workload(f"guided-{network}", f"guided gradient: {title}", network, "input_gradient",
               "pytorch input_gradient", repeat=repeat, tolerance=2e-2)
      for network, title, repeat in (("vgg16", "VGG-16", 2), ("resnet50", "ResNet-50", 3),
                                     ("squeezenet1_1", "SqueezeNet 1.1", 15))),
    *(Workload(f"gradcam-over-forward-{network}", f"Grad-CAM over its own forward: {title}",
               network, "gradcam", "cameo", repeat=5)
      for network, title in (("vgg16", "VGG-16"), ("resnet50", "ResNet-50"))),
    *(Workload(f"gradcam-{network}", f"Grad-CAM: {title}", network, "gradcam", "pytorch gradcam",
               repeat=2)
      for network, title in (("vgg16", "VGG-16"), ("resnet50", "ResNet-50"))),
    training("nin_cifar", "NIN for CIFAR-10", repeat=2),
    training("resnet20_cifar", "ResNet-20", repeat=7),
    training("nin_small", "GAP network on 28 x 28", repeat=25),
    *(Workload(f"occlusion-{network}", f"occlusion, 45 x 45, stride 8: {title}", network,
               "occlusion", "onnxruntime", batch=8, repeat=1)
      for network, title in (("vgg16", "VGG-16"), ("resnet50", "ResNet-50"))),
]

#: Windows of the occlusion map; the peer's time for one batch is multiplied up to them.
OCCLUSION_WINDOWS = 23 * 23
