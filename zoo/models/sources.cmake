set(CAMEO_MODELS_SOURCES
  models/adapt_state_dict.cpp models/alexnet.cpp models/basic_conv.cpp models/densenet.cpp
  models/efficientnet.cpp models/family.cpp models/gap.cpp models/gapnet.cpp models/googlenet.cpp
  models/inception.cpp models/mnasnet.cpp models/mobile_blocks.cpp models/mobilenet.cpp
  models/mobilenet_v3.cpp models/models.cpp models/nin.cpp models/resnet.cpp
  models/resnet_cifar.cpp models/shufflenet_v2.cpp models/squeezenet.cpp
  models/transform_input.cpp models/vgg.cpp)
set(CAMEO_MODELS_HEADERS
  models/adapt_state_dict.h models/alexnet.h models/basic_conv.h models/densenet.h
  models/efficientnet.h models/family.h models/gap.h models/gapnet.h models/googlenet.h
  models/inception.h models/mnasnet.h models/mobile_blocks.h models/mobilenet.h
  models/mobilenet_v3.h models/models.h models/nin.h models/resnet.h models/resnet_cifar.h
  models/shufflenet_v2.h models/squeezenet.h models/transform_input.h models/vgg.h)
