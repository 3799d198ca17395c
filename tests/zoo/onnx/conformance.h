/// Running the ONNX project's own tests of its operators (Debian's libonnx-testdata).
#pragma once

#include <set>
#include <string>
#include <vector>

namespace cameo::zoo {

struct CaseResult {
  std::string name{};  ///< "node/test_abs"
  bool passed = false;
  std::string reason{};  ///< of a refusal, or what differs
  bool refused = false;
  std::set<std::string> operators{};
};

bool has_conformance_data();

/// "node", "pytorch-converted", "pytorch-operator" or "simple". A case passes within ONNX's own
/// tolerances, 1e-3 relative and 1e-7 absolute, of the expected output.
std::vector<CaseResult> run_conformance(const std::string& suite);

}  // namespace cameo::zoo
