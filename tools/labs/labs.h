/// Every lab, one file each: NAME.cpp.
#pragma once

#include "tools/labs/lab.h"

namespace cameo::tools {

LabPage relu_rules_lab(const LabSettings& settings);
LabPage captioning_lab(const LabSettings& settings);
LabPage dense_captioning_lab(const LabSettings& settings);
LabPage vqa_lab(const LabSettings& settings);
LabPage cam_is_gradcam_lab(const LabSettings& settings);
LabPage gap_surgery_lab(const LabSettings& settings);
LabPage localization_lab(const LabSettings& settings);
LabPage pointing_lab(const LabSettings& settings);
LabPage faithfulness_lab(const LabSettings& settings);
LabPage failures_lab(const LabSettings& settings);
LabPage counterfactual_lab(const LabSettings& settings);
LabPage adversarial_lab(const LabSettings& settings);
LabPage bias_lab(const LabSettings& settings);
LabPage black_box_lab(const LabSettings& settings);
LabPage sanity_lab(const LabSettings& settings);
LabPage drift_lab(const LabSettings& settings);
LabPage features_lab(const LabSettings& settings);
LabPage class_discrimination_lab(const LabSettings& settings);
LabPage segmentation_lab(const LabSettings& settings);
LabPage trust_lab(const LabSettings& settings);

}  // namespace cameo::tools
