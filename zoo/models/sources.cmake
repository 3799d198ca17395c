set(CAMEO_MODELS_SOURCES
  models/alexnet.cpp models/family.cpp models/gapnet.cpp models/models.cpp models/nin.cpp
  models/resnet.cpp models/resnet_cifar.cpp models/squeezenet.cpp models/vgg.cpp)
set(CAMEO_MODELS_HEADERS
  models/alexnet.h models/family.h models/gapnet.h models/models.h models/nin.h
  models/resnet.h models/resnet_cifar.h models/squeezenet.h models/vgg.h)
