#include "zoo/checkpoints/pickle.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <utility>

#include "zoo/checkpoints/pickle_input.h"
#include "zoo/checkpoints/utf8.h"

namespace cameo::zoo {

namespace {

using Kind = PickleKind;

constexpr std::size_t kMaxValues = 500'000;
constexpr std::size_t kMaxRecalls = 2'000'000;
constexpr std::string_view kMagicNumber = "\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19";

/// By the names of Python's pickletools.
enum Opcode : std::uint8_t {
  kMarkOp = '(',
  kStop = '.',
  kBinFloat = 'G',
  kBinInt = 'J',
  kBinInt1 = 'K',
  kBinInt2 = 'M',
  kNoneOp = 'N',
  kBinPersId = 'Q',
  kReduce = 'R',
  kBinString = 'T',
  kShortBinString = 'U',
  kBinUnicode = 'X',
  kAppend = 'a',
  kBuild = 'b',
  kGlobalOp = 'c',
  kEmptyDict = '}',
  kAppends = 'e',
  kBinGet = 'h',
  kLongBinGet = 'j',
  kEmptyList = ']',
  kBinPut = 'q',
  kLongBinPut = 'r',
  kSetItem = 's',
  kTupleOp = 't',
  kEmptyTuple = ')',
  kSetItems = 'u',
  kBinBytes = 'B',
  kShortBinBytes = 'C',
  kProto = 0x80,
  kNewObj = 0x81,
  kTuple1 = 0x85,
  kTuple2 = 0x86,
  kTuple3 = 0x87,
  kNewTrue = 0x88,
  kNewFalse = 0x89,
  kLong1 = 0x8A,
  kShortBinUnicode = 0x8C,
  kBinUnicode8 = 0x8D,
  kEmptySet = 0x8F,
  kStackGlobal = 0x93,
  kMemoize = 0x94,
  kFrame = 0x95
};

std::string hex(unsigned byte) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  return {'0', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
}

class Machine {
 public:
  explicit Machine(PickleInput& in) : in_(in) {}

  PickleDocument run() {
    if (in_.byte() != kProto) fail("a pickle of protocol 2 to 5 was expected");
    if (const unsigned protocol = in_.byte(); protocol < 2 || protocol > 5) {
      fail("pickle protocol " + std::to_string(protocol) + ", 2 to 5 are read");
    }
    while (true) {
      const std::uint8_t opcode = in_.opcode();
      if (opcode == kStop) break;
      if (!push_scalar(opcode) && !push_text(opcode) && !build_sequence(opcode) &&
          !change_container(opcode) && !use_memo(opcode) && !use_global(opcode)) {
        fail("opcode " + hex(opcode) + " is not among those of a checkpoint");
      }
    }
    document_.root = pop();
    if (!stack_.empty()) fail("the pickle ends with values left over");
    document_.end = in_.position();
    return std::move(document_);
  }

 private:
  // The stack.

  PickleId add(Kind kind) {
    if (document_.values.size() >= kMaxValues) fail("more than 500000 values");
    document_.values.emplace_back().kind = kind;
    return static_cast<PickleId>(document_.values.size() - 1);
  }

  PickleValue& push(Kind kind) {
    const PickleId id = add(kind);
    stack_.push_back(id);
    return document_.values[id];
  }

  void push_text(Kind kind, std::string_view text) {
    if (kind == Kind::kString && !is_utf8(text)) fail("a string that is not UTF-8");
    push(kind).text = text;
  }

  PickleValue& value(PickleId id) { return document_.values[id]; }

  PickleId pop() {
    if (stack_.empty()) fail("a value was expected, the stack is empty");
    const PickleId id = stack_.back();
    if (value(id).kind == Kind::kMark) fail("a value was expected, there is a mark");
    stack_.pop_back();
    return id;
  }

  PickleValue& top() {
    if (stack_.empty()) fail("a value was expected, the stack is empty");
    PickleValue& found = value(stack_.back());
    if (found.kind == Kind::kMark) fail("a value was expected, there is a mark");
    return found;
  }

  /// The values above the topmost mark, which goes too.
  std::vector<PickleId> pop_to_mark() {
    const auto mark = std::find_if(stack_.rbegin(), stack_.rend(),
                                   [&](PickleId id) { return value(id).kind == Kind::kMark; });
    if (mark == stack_.rend()) fail("a mark was expected");
    std::vector<PickleId> items(mark.base(), stack_.end());
    stack_.erase(mark.base() - 1, stack_.end());
    return items;
  }

  // Opcodes; each function says whether the opcode is one of its own.

  bool push_scalar(std::uint8_t opcode) {
    switch (opcode) {
      case kNoneOp:
        push(Kind::kNone);
        return true;
      case kNewTrue:
      case kNewFalse:
        push(Kind::kBool).integer = opcode == kNewTrue ? 1 : 0;
        return true;
      case kBinInt:
        push(Kind::kInt).integer = static_cast<std::int32_t>(in_.number(4));
        return true;
      case kBinInt1:
        push(Kind::kInt).integer = in_.byte();
        return true;
      case kBinInt2:
        push(Kind::kInt).integer = static_cast<std::int64_t>(in_.number(2));
        return true;
      case kLong1:
        push_long(in_.text(in_.byte()));
        return true;
      case kBinFloat: {
        std::uint64_t bits = 0;
        for (const std::uint8_t part : in_.take(8)) bits = (bits << 8) | part;
        push(Kind::kFloat).real = std::bit_cast<double>(bits);
        return true;
      }
      default:
        return false;
    }
  }

  /// Little-endian two's complement.
  void push_long(std::string_view raw) {
    if (raw == kMagicNumber) {
      push(Kind::kMagic);
      return;
    }
    if (raw.size() > 8) fail("an integer of more than 64 bits");
    const bool negative = !raw.empty() && static_cast<std::uint8_t>(raw.back()) >= 0x80;
    std::uint64_t bits = negative ? ~std::uint64_t{0} : 0;
    for (std::size_t i = raw.size(); i-- > 0;) {
      bits = (bits << 8) | static_cast<std::uint8_t>(raw[i]);
    }
    push(Kind::kInt).integer = static_cast<std::int64_t>(bits);
  }

  bool push_text(std::uint8_t opcode) {
    switch (opcode) {
      case kShortBinString:
      case kShortBinUnicode:
        push_text(Kind::kString, in_.text(in_.byte()));
        return true;
      case kBinString:
      case kBinUnicode:
        push_text(Kind::kString, in_.text(in_.number(4)));
        return true;
      case kBinUnicode8:
        push_text(Kind::kString, in_.text(in_.number(8)));
        return true;
      case kShortBinBytes:
        push_text(Kind::kBytes, in_.text(in_.byte()));
        return true;
      case kBinBytes:
        push_text(Kind::kBytes, in_.text(in_.number(4)));
        return true;
      default:
        return false;
    }
  }

  bool build_sequence(std::uint8_t opcode) {
    switch (opcode) {
      case kMarkOp:
        push(Kind::kMark);
        return true;
      case kEmptyTuple:
      case kEmptySet:  // only ever beside the weights
        push(Kind::kTuple);
        return true;
      case kEmptyList:
        push(Kind::kList);
        return true;
      case kEmptyDict:
        push(Kind::kDict);
        return true;
      case kTuple1:
      case kTuple2:
      case kTuple3: {
        std::vector<PickleId> items(1U + opcode - kTuple1);
        for (auto item = items.rbegin(); item != items.rend(); ++item) *item = pop();
        push(Kind::kTuple).items = std::move(items);
        return true;
      }
      case kTupleOp: {
        std::vector<PickleId> items = pop_to_mark();
        push(Kind::kTuple).items = std::move(items);
        return true;
      }
      default:
        return false;
    }
  }

  bool change_container(std::uint8_t opcode) {
    switch (opcode) {
      case kAppend: {
        const PickleId item = pop();
        extend_list({&item, 1});
        return true;
      }
      case kAppends:
        extend_list(pop_to_mark());
        return true;
      case kSetItem: {
        const PickleId item = pop();
        const std::array pair = {pop(), item};
        extend_dict(pair);
        return true;
      }
      case kSetItems:
        extend_dict(pop_to_mark());
        return true;
      default:
        return false;
    }
  }

  void extend_list(std::span<const PickleId> items) {
    PickleValue& list = top();
    if (list.kind != Kind::kList) fail("only a list can be appended to");
    list.items.insert(list.items.end(), items.begin(), items.end());
  }

  void extend_dict(std::span<const PickleId> pairs) {
    PickleValue& dict = top();
    if (dict.kind != Kind::kDict) fail("only a dict can have items set");
    if (pairs.size() % 2 != 0) fail("a key without a value");
    for (std::size_t i = 0; i < pairs.size(); i += 2) check_key(pairs[i]);
    dict.items.insert(dict.items.end(), pairs.begin(), pairs.end());
  }

  void check_key(PickleId id) {
    const Kind kind = value(id).kind;
    if (kind != Kind::kString && kind != Kind::kInt) {
      fail("a key that is neither a string nor an integer");
    }
  }

  bool use_memo(std::uint8_t opcode) {
    switch (opcode) {
      case kBinPut:
        store(in_.byte());
        return true;
      case kLongBinPut:
        store(in_.number(4));
        return true;
      case kMemoize:
        store(memo_count_);
        return true;
      case kBinGet:
        recall(in_.byte());
        return true;
      case kLongBinGet:
        recall(in_.number(4));
        return true;
      case kFrame:
        in_.begin_frame();
        return true;
      default:
        return false;
    }
  }

  void store(std::uint64_t index) {
    top();
    if (index >= kMaxValues) fail("memo entry " + std::to_string(index) + " of at most 500000");
    if (index >= memo_.size()) memo_.resize(std::max(index + 1, 2 * memo_.size()), kUnset);
    if (memo_[index] == kUnset) ++memo_count_;
    memo_[index] = stack_.back();
  }

  void recall(std::uint64_t index) {
    if (index >= memo_.size() || memo_[index] == kUnset) {
      fail("memo entry " + std::to_string(index) + " was never stored");
    }
    if (++recalls_ > kMaxRecalls) fail("more than 2000000 uses of the memo");
    stack_.push_back(memo_[index]);
  }

  bool use_global(std::uint8_t opcode) {
    switch (opcode) {
      case kGlobalOp: {
        const std::string_view module = in_.line();
        push_global(module, in_.line());
        return true;
      }
      case kStackGlobal: {
        const PickleValue& name = value(pop());
        const PickleValue& module = value(pop());
        if (name.kind != Kind::kString || module.kind != Kind::kString) {
          fail("a global's module and name must be strings");
        }
        push_global(module.text, name.text);
        return true;
      }
      case kBinPersId: {
        const PickleId what = pop();
        push(Kind::kPersistent).items = {what};
        return true;
      }
      case kReduce:
        call(false);
        return true;
      case kNewObj:
        call(true);
        return true;
      case kBuild:
        set_state(pop());
        return true;
      default:
        return false;
    }
  }

  void push_global(std::string_view module, std::string_view name) {
    const PickleGlobal* const global = find_pickle_global(module, name);
    if (global == nullptr) {
      fail("refers to \"" + shown(module) + "." + shown(name) +
           "\", which weights do not need; save them with torch.save(model.state_dict(), ...)");
    }
    push(Kind::kGlobal).global = global;
  }

  void call(bool as_new_object) {
    const PickleId arguments = pop();
    const PickleValue& callee = value(pop());
    if (callee.kind != Kind::kGlobal) fail("only a global can be called");
    if (value(arguments).kind != Kind::kTuple) fail("the arguments of a call must be a tuple");
    const PickleGlobal& global = *callee.global;
    const std::size_t count = value(arguments).items.size();
    if (as_new_object && !has_objects(global.kind)) {
      fail("no objects of " + global.name + " are made like this");
    }
    const ArgumentCount wanted = as_new_object ? ArgumentCount{} : argument_count(global.kind);
    if (count < wanted.least || count > wanted.most) {
      fail(global.name + " cannot be called with " + std::to_string(count) + " arguments");
    }
    if (global.kind == PickleGlobalKind::kOrderedDict) return push_ordered_dict(arguments);
    PickleValue& object = push(Kind::kObject);
    object.global = &global;
    object.items = {arguments};
  }

  /// OrderedDict(), or as Python 2 has it OrderedDict([[key, value], ...]).
  void push_ordered_dict(PickleId arguments) {
    std::vector<PickleId> items;
    if (!value(arguments).items.empty()) {
      const PickleValue& pairs = value(value(arguments).items[0]);
      if (pairs.kind != Kind::kList) fail("OrderedDict wants a list of pairs");
      for (const PickleId id : pairs.items) {
        const PickleValue& pair = value(id);
        const bool is_pair =
            (pair.kind == Kind::kList || pair.kind == Kind::kTuple) && pair.items.size() == 2;
        if (!is_pair) fail("OrderedDict wants a list of pairs");
        check_key(pair.items[0]);
        items.insert(items.end(), pair.items.begin(), pair.items.end());
      }
    }
    copied_ += items.size();
    if (copied_ > kMaxValues) fail("more than 500000 values");
    push(Kind::kDict).items = std::move(items);
  }

  void set_state(PickleId state) {
    PickleValue& target = top();
    if (target.kind == Kind::kDict) return;  // attributes of an OrderedDict: the modules' versions
    const bool settable = target.kind == Kind::kObject && target.items.size() == 1 &&
                          has_objects(target.global->kind);
    if (!settable) fail("a state is set on a value that has none");
    target.items.push_back(state);
  }

  static std::string shown(std::string_view text) {
    std::string result(text.substr(0, 80));
    for (char& c : result) {
      if (c < ' ' || c > '~') c = '?';
    }
    return result;
  }

  [[noreturn]] void fail(const std::string& what) const { in_.fail(what); }

  static constexpr PickleId kUnset = ~PickleId{0};

  PickleInput& in_;
  PickleDocument document_;
  std::vector<PickleId> stack_;
  std::vector<PickleId> memo_;
  std::uint64_t memo_count_ = 0;
  std::size_t recalls_ = 0;
  std::size_t copied_ = 0;  // items, out of lists that may be used again and again
};

}  // namespace

const PickleValue* PickleDocument::find(const PickleValue& dict, std::string_view key) const {
  if (dict.kind != Kind::kDict) return nullptr;
  for (std::size_t i = dict.items.size(); i >= 2; i -= 2) {
    const PickleValue& found = at(dict.items[i - 2]);
    if (found.kind == Kind::kString && found.text == key) return &at(dict.items[i - 1]);
  }
  return nullptr;
}

PickleDocument parse_pickle(ByteView bytes, std::size_t start, const PickleOrigin& origin) {
  PickleInput in(bytes, start, origin);
  return Machine(in).run();
}

}  // namespace cameo::zoo
