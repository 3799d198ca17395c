#include "core/cpu/features.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/names.h"

namespace cameo {

namespace {

constexpr std::array<const char*, 3> kNames{"baseline", "avx2", "avx512"};

Isa detected() {
#if defined(__x86_64__)
  // The builtin also asks whether the system saves the wide registers, which plain cpuid does not.
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return Isa::kBaseline;
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
  return avx512 ? Isa::kAvx512 : Isa::kAvx2;
#else
  return Isa::kBaseline;
#endif
}

std::string limit_name() {
  const char* name = std::getenv("CAMEO_MAX_ISA");
  return name == nullptr || *name == '\0' ? kNames.back() : name;
}

/// Nothing where there is no instruction set of that name.
std::optional<Isa> named(const std::string& name) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Isa>(found - kNames.begin());
}

}  // namespace

Isa isa() {
  // Threads may come here at once; none may throw out of what the others wait for.
  static const Isa widest = detected();
  static const std::string limit_set = limit_name();
  static const std::optional<Isa> limit = named(limit_set);
  if (!limit) {
    throw LookupError("CAMEO_MAX_ISA: " +
                      unknown_name_message("instruction set", limit_set,
                                           std::vector<std::string>(kNames.begin(), kNames.end())));
  }
  return std::min(widest, *limit);
}

}  // namespace cameo
