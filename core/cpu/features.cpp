#include "core/cpu/features.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/names.h"

namespace cameo {

namespace {

constexpr std::array<const char*, 2> kNames{"baseline", "avx2"};

Isa detected() {
#if defined(__x86_64__)
  // The builtin also asks whether the system saves the wide registers, which plain cpuid does not.
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return Isa::kAvx2;
#endif
  return Isa::kBaseline;
}

Isa allowed() {
  const char* limit = std::getenv("CAMEO_MAX_ISA");
  if (limit == nullptr || *limit == '\0') return Isa::kAvx2;
  const auto* const named = std::find(kNames.begin(), kNames.end(), std::string(limit));
  if (named == kNames.end()) {
    throw LookupError("CAMEO_MAX_ISA: " +
                      unknown_name_message("instruction set", limit,
                                           std::vector<std::string>(kNames.begin(), kNames.end())));
  }
  return static_cast<Isa>(named - kNames.begin());
}

}  // namespace

Isa isa() {
  static const Isa chosen = std::min(detected(), allowed());
  return chosen;
}

}  // namespace cameo
