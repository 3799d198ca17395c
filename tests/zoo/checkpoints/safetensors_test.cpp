#include "zoo/checkpoints/safetensors.h"

#include <catch2/catch.hpp>
#include <limits>

#include "core/error.h"
#include "tests/zoo/test_files.h"

using namespace cameo;
using namespace cameo::zoo;
using Catch::Matchers::Contains;

namespace {

Bytes safetensors(std::string_view header, std::string_view data) {
  std::string file;
  for (int i = 0; i < 8; ++i) file += static_cast<char>(header.size() >> (8 * i));
  return to_bytes(file.append(header).append(data));
}

std::string entry(std::string_view name, std::string_view dtype, std::string_view shape,
                  std::string_view offsets) {
  return joined({"\"", name, R"(":{"dtype":")", dtype, R"(","shape":)", shape,
                 R"(,"data_offsets":)", offsets, "}"});
}

std::string braced(std::string_view entries) { return joined({"{", entries, "}"}); }

Checkpoint decode(std::string_view header, std::string_view data) {
  return decode_safetensors(safetensors(header, data), "a.safetensors");
}

constexpr std::string_view kFourBytes("\0\0\x80\x3F", 4);

}  // namespace

TEST_CASE("safetensors survive a round trip, byte for byte the same each time") {
  const TemporaryFolder folder;
  StateDict tensors;
  tensors["conv.weight"] = Tensor({2, 3}, 1.5F);
  tensors["none"] = Tensor({0, 4});
  tensors["scalar"] = Tensor(Shape{}, -std::numeric_limits<float>::infinity());
  tensors["ünï\n\"code\""] = Tensor({1, 1, 1}, 3.0F);
  const Metadata metadata = {{"architecture", "gapnet"}, {"classes", "[\"a\",\"b\"]"}, {"", ""}};
  write_safetensors(folder / "a", tensors, metadata);
  write_safetensors(folder / "b", tensors, metadata);
  CHECK(read_file(folder / "a") == read_file(folder / "b"));
  CHECK(read_file(folder / "a")[0] % 8 == 0);

  const Checkpoint back = read_safetensors(folder / "a");
  CHECK(back.metadata == metadata);
  REQUIRE(back.tensors.size() == tensors.size());
  for (const auto& [name, tensor] : tensors) {
    INFO(name);
    const Tensor& found = back.tensors.at(name);
    CHECK(found.shape() == tensor.shape());
    CHECK(std::equal(found.data().begin(), found.data().end(), tensor.data().begin()));
  }
  const CheckpointListing listing = list_safetensors(folder / "a");
  REQUIRE(listing.tensors.size() == tensors.size());
  CHECK(listing.tensors.front().name == "conv.weight");
  CHECK(listing.tensors.front().dtype == "F32");
  CHECK(listing.tensors.front().shape == Shape{2, 3});
  CHECK(listing.tensors.front().bytes == 24);
  CHECK(listing.metadata == metadata);

  write_safetensors(folder / "empty", {});
  CHECK(read_safetensors(folder / "empty").tensors.empty());
}

TEST_CASE("safetensors in forms that other writers choose") {
  const auto value = [](std::string_view header, std::string_view data = kFourBytes) {
    return decode(header, data).tensors.at("w").data()[0];
  };
  CHECK(value(braced(entry("w", "F32", "[1]", "[0,4]")) + " \n\t\r ") == 1.0F);
  CHECK(value(R"({"w":{"data_offsets":[0,4],"shape":[],"dtype":"F32"}})") == 1.0F);
  CHECK(value(braced(entry("\\u0077", "F32", "[1,1]", "[0,4]"))) == 1.0F);
  CHECK(value(braced("\"__metadata__\":{}," + entry("w", "I32", "[1]", "[0,4]"))) == 1065353216.0F);
  CHECK(value(braced(entry("w", "BF16", "[2]", "[0,4]")), {"\x80\x3F\0\0", 4}) == 1.0F);
  CHECK(value(braced(entry("b", "U8", "[1]", "[3,4]") + "," + entry("w", "U8", "[3]", "[0,3]"))) ==
        0.0F);
  CHECK(value(braced(entry("w", "U64", "[1]", "[0,8]")), "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF") ==
        18446744073709551616.0F);
}

TEST_CASE("safetensors that break the rules are refused") {
  const std::string good = entry("w", "F32", "[1]", "[0,4]");
  const auto with = [](std::string_view shape, std::string_view offsets) {
    return braced(entry("w", "F32", shape, offsets));
  };
  const std::vector<std::string> bad = {
      // JSON
      "", "{", "[]", "null", "\"w\"", joined({" ", braced(good)}), braced(good) + "x",
      braced(good + ","), braced("/*c*/" + good), braced(good) + std::string(1, '\0') + "x",
      "{\"\xFF\":1}", joined({"\xEF\xBB\xBF", braced(good)}), braced(good) + braced(good),
      "{\"w\":NaN}", "{\"w\":{}}", "{\"\\ud800\":{}}", std::string(50'000, '['),
      joined({"{\"w\":", std::string(50'000, '{')}),
      // entries
      braced(good + "," + good), braced("\"w\":1"), braced("\"w\":null"), braced("\"w\":[]"),
      braced(R"("w":{"dtype":"F32","shape":[1]})"),
      braced(R"("w":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]})"),
      braced(R"("w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1})"),
      braced(R"("w":{"dtype":4,"shape":[1],"data_offsets":[0,4]})"),
      braced(R"("w":{"dtype":["F32"],"shape":[1],"data_offsets":[0,4]})"),
      braced(entry("w", "F31", "[1]", "[0,4]")), braced(entry("w", "f32", "[1]", "[0,4]")),
      braced(entry("w", "C64", "[]", "[0,8]")), braced(entry("w", "F4", "[1]", "[0,1]")),
      with("1", "[0,4]"), with("[[1]]", "[0,4]"), with("[1.0]", "[0,4]"), with("[1e0]", "[0,4]"),
      with("[-1]", "[0,4]"), with("[-0]", "[0,0]"), with("[01]", "[0,4]"), with("[null]", "[0,4]"),
      with("[true]", "[0,4]"), with("[\"1\"]", "[0,4]"), with("null", "[0,4]"),
      with("[2]", "[0,4]"), with("[1]", "[0,3]"), with("[1]", "[4,0]"), with("[1]", "[0]"),
      with("[1]", "[0,4,8]"), with("[1]", "[0,18446744073709551616]"),
      with("[18446744073709551615,2]", "[0,4]"), with("[4611686018427387905,4]", "[0,4]"),
      with("[9223372036854775807,2]", "[0,4]"), with("[2,9223372036854775809]", "[0,4]"),
      // the data section: gap, overlap, missing and extra bytes
      with("[1]", "[1,5]"), braced(entry("w", "U8", "[3]", "[0,3]")),
      braced(entry("w", "F32", "[2]", "[0,8]")),
      braced(entry("a", "U8", "[4]", "[0,4]") + "," + entry("b", "U8", "[4]", "[0,4]")),
      braced(entry("a", "U8", "[2]", "[0,2]") + "," + entry("b", "U8", "[1]", "[3,4]")), "{}",
      // metadata
      braced(R"("__metadata__":{"a":1},)" + good), braced(R"("__metadata__":"a",)" + good),
      braced(R"("__metadata__":{"a":{}},)" + good), braced(R"("__metadata__":{"a":null},)" + good),
      braced(R"("__metadata__":{"a":"1","a":"2"},)" + good)};
  for (const std::string& header : bad) {
    INFO(header.substr(0, 100));
    CHECK_THROWS_AS(decode(header, kFourBytes), FormatError);
  }
  CHECK_NOTHROW(decode(braced(good), kFourBytes));
}

TEST_CASE("safetensors cut short anywhere are refused") {
  const Bytes good = safetensors(braced(entry("w", "F32", "[1]", "[0,4]")), kFourBytes);
  for (std::size_t length = 0; length < good.size(); ++length) {
    CHECK_THROWS_AS(decode_safetensors(ByteView(good).first(length), "a"), FormatError);
  }
  Bytes huge = good;
  huge[7] = 0x80;
  CHECK_THROWS_WITH(decode_safetensors(huge, "a"), Contains("9223372"));
  const TemporaryFolder folder;
  CHECK_THROWS_AS(read_safetensors(folder / "missing"), FileError);
  write_file(folder / "empty", "");
  CHECK_THROWS_WITH(read_safetensors(folder / "empty"), Contains("empty"));
}

TEST_CASE("safetensors that cannot be written leave nothing behind") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(write_safetensors(folder / "a", {{"\xFF", Tensor({1})}}), ArgumentError);
  CHECK_THROWS_AS(write_safetensors(folder / "a", {}, {{"k", "\xC3"}}), ArgumentError);
  CHECK_THROWS_AS(write_safetensors(folder / "a", {{"__metadata__", Tensor({1})}}), ArgumentError);
  CHECK_THROWS_AS(write_safetensors(folder / "none" / "a", {}), FileError);
  CHECK_THROWS_AS(write_safetensors("/dev/full", {{"w", Tensor({1})}}), RunError);
  CHECK(folder.names().empty());
}
