set(CAMEO_ANNOTATIONS_SOURCES
  datasets/annotations/annotated_pictures.cpp datasets/annotations/annotations.cpp
  datasets/annotations/coco_reader.cpp datasets/annotations/cub_reader.cpp
  datasets/annotations/text_lines.cpp datasets/annotations/voc_reader.cpp
  datasets/annotations/xml.cpp)
set(CAMEO_ANNOTATIONS_HEADERS
  datasets/annotations/annotated_pictures.h datasets/annotations/annotations.h
  datasets/annotations/coco_reader.h datasets/annotations/cub_reader.h
  datasets/annotations/voc_reader.h)
