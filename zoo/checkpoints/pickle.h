/// Python pickles as PyTorch writes them, read as data: nothing in a pickle is ever called, and a
/// name that is not on the list of pickle_globals.h ends the reading. Internal to the readers of
/// PyTorch files.
#pragma once

#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "zoo/checkpoints/pickle_globals.h"
#include "zoo/files.h"

namespace cameo::zoo {

enum class PickleKind : std::uint8_t {
  kNone,
  kBool,    ///< `integer`
  kInt,     ///< `integer`
  kMagic,   ///< the number that begins PyTorch's older files, the one integer beyond 64 bits
  kFloat,   ///< `real`
  kString,  ///< `text`, UTF-8
  kBytes,   ///< `text`
  kTuple,   ///< `items`
  kList,    ///< `items`
  kDict,    ///< `items`: key, value, key, value ...; keys are strings or integers
  kGlobal,  ///< `global`
  kObject,  ///< what a call of `global` would give: items[0] the arguments, items[1] a later state
  kPersistent,  ///< a reference to outside the pickle: items[0] says to what
  kMark         ///< within the machine alone
};

/// Index of a value in its document. Values may refer to each other in circles.
using PickleId = std::uint32_t;

struct PickleValue {
  PickleKind kind = PickleKind::kNone;
  union {
    std::int64_t integer = 0;
    double real;
    const PickleGlobal* global;
  };
  std::string_view text;  ///< in the bytes that were parsed, which must outlive it
  std::vector<PickleId> items;
};

struct PickleDocument {
  std::deque<PickleValue> values;
  PickleId root = 0;
  std::size_t end = 0;  ///< offset after the pickle's last byte

  const PickleValue& at(PickleId id) const { return values[id]; }
  const PickleValue& root_value() const { return values[root]; }
  /// The value of a dict's last entry of that key; null when `dict` is none or has no such key.
  const PickleValue* find(const PickleValue& dict, std::string_view key) const;
};

/// Where a pickle lies, for messages.
struct PickleOrigin {
  std::string_view file;
  std::uint64_t offset = 0;  ///< of `bytes[0]` in the file
};

/// Reads the pickle that begins at `bytes[start]`. Throws FormatError naming the byte, its offset
/// and what was refused: an opcode or a global that is not on the list, a broken structure, more
/// than 500000 values or 2000000 uses of one again.
PickleDocument parse_pickle(ByteView bytes, std::size_t start, const PickleOrigin& origin);

}  // namespace cameo::zoo
