/// Small checkpoints that ask for much: each ends soon, in a result or a clear error, and with
/// little memory.
#include <zlib.h>

#include <catch2/catch.hpp>

#include "core/error.h"
#include "tests/zoo/checkpoints/torch_fixtures.h"
#include "tests/zoo/reading_cost.h"
#include "tests/zoo/test_files.h"
#include "zoo/checkpoints/checkpoint.h"
#include "zoo/checkpoints/npy.h"

using namespace cameo;
using namespace cameo::zoo;
using namespace cameo::zoo::fixtures;

namespace {

std::string deflated(const std::string& data) {
  std::string packed(compressBound(data.size()), '\0');
  z_stream stream = {};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string input = data;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

/// An archive whose members are all deflated, without checksums.
std::string deflated_zip(const Members& members) {
  Members packed;
  for (const auto& [name, data] : members) packed.emplace_back(name, deflated(data));
  std::string file = zip(packed);
  std::size_t at = file.find("PK\x01\x02");
  for (const auto& [name, data] : members) {
    file.replace(at + 10, 2, number(8, 2));
    file.replace(at + 16, 4, number(0, 4));
    file.replace(at + 24, 4, number(data.size(), 4));
    at = file.find("PK\x01\x02", at + 4);
  }
  return file;
}

std::string byte_array(std::size_t count) {
  std::string header =
      "{'descr': '|u1', 'fortran_order': False, 'shape': (" + std::to_string(count) + ",), }";
  header.resize(117, ' ');
  return raw("\x93NUMPY\1\0") + number(118, 2) + header + "\n" + std::string(count, '\0');
}

std::string repeated(const std::string& part, std::size_t times) {
  std::string all;
  all.reserve(part.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += part;
  return all;
}

std::string zip_of(const std::string& object) { return torch_zip(object, {{"0", floats({1})}}); }

/// What happens to a checkpoint of these bytes: "read", or the error.
std::string outcome_of(const std::filesystem::path& path) {
  try {
    list_checkpoint(path);
    read_checkpoint(path);
    return "read";
  } catch (const FormatError& error) {
    return error.what();
  }
}

void check_cheap(const std::string& what, const std::string& bytes, const std::string& expected) {
  INFO(what);
  const TemporaryFolder folder;
  write_file(folder / "a.pth", bytes);
  const ReadingCost cost;
  const std::string outcome = outcome_of(folder / "a.pth");
  cost.check();
  CHECK_THAT(outcome, Catch::Matchers::Contains(expected));
}

}  // namespace

TEST_CASE("hostile pickles are cheap") {
  const std::size_t most = 499'990;
  const std::string one = tensor(storage("FloatStorage", "0", 1), 0, {1}, {1});
  const auto keyed = [](std::size_t count, const std::string& value) {
    std::string body = "}(";
    for (std::size_t i = 0; i < count; ++i) body += text(std::to_string(i)) + value;
    return body + "u";
  };
  check_cheap("a million values", zip_of("(" + std::string(1'000'000, 'N') + "t"), "500000");
  check_cheap("nested tuples", zip_of(")" + std::string(most, '\x85')), "no state dict");
  check_cheap("nested marks", zip_of(std::string(most, '(')), "pickle");
  check_cheap(
      "lists of one",
      zip_of("}" + text("w") + repeated("]", most / 2) + std::string(most / 2 - 1, 'a') + "s"),
      "no tensors");
  check_cheap("one value used again, within bounds",
              zip_of(raw("](Nq\0") + repeated(raw("h\0"), 1'999'999) + "e"), "no state dict");
  check_cheap("one value used again and again",
              zip_of(raw("](Nq\0") + repeated(raw("h\0"), 10'000'000) + "e"), "2000000 uses");
  check_cheap("many keys", zip_of(keyed(most / 2, "K\1")), "no tensors");
  check_cheap("many persistent values",
              zip_of("](" +
                     tuple({text("storage"), global("torch", "FloatStorage"), text("0"),
                            text("cpu"), integer(1)}) +
                     raw("q\0Q") + repeated(raw("h\0Q"), most - 20) + "e"),
              "no state dict");
  check_cheap("the last memo entry", zip_of(raw("Nr") + number(499'999, 4)), "no state dict");
  check_cheap("a memo entry beyond", zip_of(raw("Nr") + number(500'000, 4)), "memo entry 500000");

  const std::vector<std::int64_t> ones(64, 1);
  const std::string wide = tensor(storage("FloatStorage", "0", 1), 0, ones, ones);
  check_cheap(
      "one tensor under many names",
      zip_of("}" + text("first") + wide + raw("q\0s") + "(" + keyed(19'990, raw("h\0")).substr(2)),
      "read");
  check_cheap(
      "more names than any network has",
      zip_of("}" + text("first") + one + raw("q\0s") + "(" + keyed(20'001, raw("h\0")).substr(2)),
      "20000 tensors");
  const std::string dict_in_itself = raw("}q\0") + text("state_dict") + raw("h\0s");
  check_cheap("a dict in itself", zip_of(dict_in_itself), "no tensors");
  check_cheap(
      "a parameter of itself",
      zip_of("}" + text("w") + global("torch.nn.parameter", "Parameter") + raw(")\x81q\0(h\0tbs")),
      "something else");
}

TEST_CASE("tensors that repeat an element are cheap") {
  const std::string base = storage("FloatStorage", "0", 1);
  check_cheap("four billion times", zip_of(dict({{text("w"), tensor(base, 0, {1LL << 32}, {0})}})),
              "too large");
  std::string many = "}(";
  for (std::int64_t i = 0; i < 100; ++i) {
    many += text(std::to_string(i)) + tensor(base, 0, {(1LL << 20) + i}, {0});
  }
  check_cheap("a million times, often", zip_of(many + "u"), "too large");
}

TEST_CASE("archives that unpack to much are cheap") {
  constexpr std::size_t kMuch = std::size_t{30} << 20;
  check_cheap("an array of bytes", deflated_zip({{"w.npy", byte_array(kMuch)}}),
              "too large once converted");
  const std::string part = byte_array(kMuch / 10);
  Members parts;
  for (int i = 0; i < 20; ++i) parts.emplace_back(std::to_string(i) + ".npy", part);
  check_cheap("many arrays", deflated_zip(parts), "too");
  check_cheap("beyond what may be unpacked",
              deflated_zip({{"w.npy", byte_array(std::size_t{128} << 20)}}), "too many");
  const std::string object =
      dict({{text("w"), tensor(storage("ByteStorage", "0", kMuch), 0, {kMuch}, {1})}});
  check_cheap(
      "a storage of bytes",
      deflated_zip({{"a/data.pkl", pickle(object)}, {"a/data/0", std::string(kMuch, '\0')}}),
      "too large");
  check_cheap("a pickle of marks",
              deflated_zip({{"a/data.pkl", "\x80\x02" + std::string(kMuch, '(')}}), "500000");
}

TEST_CASE("headers that claim much are cheap") {
  const std::string entry =
      R"("w":{"dtype":"F32","shape":[1099511627776],"data_offsets":[0,4398046511104]})";
  check_cheap("a tensor of terabytes", number(entry.size() + 2, 8) + "{" + entry + "}", "w");
  check_cheap("a header of exabytes", number(~0ULL >> 4, 8) + "{}", "header");
  check_cheap("nested lists", number(1'000'000, 8) + "{" + std::string(999'999, '['), "a.pth");
  std::string names = "{";
  for (int i = 0; i < 20'000; ++i) {
    names += (i > 0 ? ",\"" : "\"") + std::to_string(i) +
             R"(":{"dtype":"F32","shape":[0],"data_offsets":[0,0]})";
  }
  check_cheap("many empty tensors", number(names.size() + 1, 8) + names + "}", "read");
  Members members;
  for (int i = 0; i < 20'000; ++i) members.emplace_back(std::to_string(i), "");
  check_cheap("many members", zip(members), "data.pkl");
}
