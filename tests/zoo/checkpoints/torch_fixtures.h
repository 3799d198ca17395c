/// PyTorch files built by hand: pickles as text that is strung together, and the containers.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zoo/files.h"

namespace cameo::zoo::fixtures {

/// A text literal with the zeros it holds.
template <std::size_t N>
std::string raw(const char (&text)[N]) {
  return {text, N - 1};
}

/// Little-endian.
std::string number(std::uint64_t value, int bytes);

// Parts of a pickle.
std::string text(std::string_view value);
std::string integer(std::int64_t value);
std::string global(std::string_view module, std::string_view name);
std::string tuple(std::initializer_list<std::string> items);
std::string extents(const std::vector<std::int64_t>& values);
std::string dict(std::initializer_list<std::pair<std::string, std::string>> items);
std::string ordered_dict(std::initializer_list<std::pair<std::string, std::string>> items);
std::string call(const std::string& callee, std::initializer_list<std::string> arguments);
/// A whole pickle of protocol 2.
std::string pickle(const std::string& body);

/// A reference to a storage; `view` stands in streams alone.
std::string storage(std::string_view type, std::string_view key, std::int64_t count,
                    const std::string& view = "");
/// _rebuild_tensor_v2 over a storage.
std::string tensor(const std::string& storage, std::int64_t offset,
                   const std::vector<std::int64_t>& shape,
                   const std::vector<std::int64_t>& strides);

/// Values as they lie in a storage.
std::string floats(std::initializer_list<float> values);

using Members = std::vector<std::pair<std::string, std::string>>;

/// Members stored as torch does: no sizes and checksums in the local headers.
std::string zip(const Members& members);
/// A zip checkpoint of that pickled object; storages by key.
std::string torch_zip(const std::string& object, const Members& storages);
/// A stream; counts are those of float32 unless the element size says otherwise.
std::string torch_stream(const std::string& object, const Members& storages,
                         std::size_t element_bytes = 4);
/// A tar archive.
std::string tar(const Members& members);

/// Owned, so that aligned float32 is viewed as in a mapped file.
SharedBytes shared(std::string bytes);

}  // namespace cameo::zoo::fixtures
