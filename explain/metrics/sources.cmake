set(CAMEO_METRICS_SOURCES
  metrics/behaviour_metrics.cpp metrics/box_conventions.cpp metrics/faithfulness_metrics.cpp
  metrics/imputation.cpp metrics/infidelity.cpp metrics/localization.cpp
  metrics/localization_metrics.cpp metrics/masked_score.cpp metrics/metric.cpp metrics/registry.cpp
  metrics/road.cpp metrics/sanity.cpp metrics/score_curve.cpp metrics/segmentation.cpp metrics/sensitivity.cpp
  metrics/sparseness.cpp metrics/statistics.cpp metrics/structural_similarity.cpp
  metrics/threshold_metrics.cpp)
set(CAMEO_METRICS_HEADERS
  metrics/box_conventions.h metrics/imputation.h metrics/infidelity.h metrics/localization.h
  metrics/masked_score.h metrics/metric.h metrics/registry.h metrics/road.h metrics/sanity.h
  metrics/score_curve.h metrics/sensitivity.h metrics/sparseness.h metrics/statistics.h
  metrics/structural_similarity.h metrics/threshold_metrics.h)
