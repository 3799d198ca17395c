set(CAMEO_MODELS_SOURCES
  models/adapt_state_dict.cpp models/alexnet.cpp models/family.cpp models/gapnet.cpp
  models/models.cpp models/nin.cpp models/resnet.cpp models/resnet_cifar.cpp models/squeezenet.cpp
  models/transform_input.cpp models/vgg.cpp)
set(CAMEO_MODELS_HEADERS
  models/adapt_state_dict.h models/alexnet.h models/family.h models/gapnet.h models/models.h
  models/nin.h models/resnet.h models/resnet_cifar.h models/squeezenet.h models/transform_input.h
  models/vgg.h)
