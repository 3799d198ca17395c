#include "zoo/checkpoints/npz.h"

#include <catch2/catch.hpp>
#include <numeric>

#include "core/error.h"
#include "tests/zoo/checkpoints/torch_fixtures.h"
#include "tests/zoo/test_files.h"
#include "zoo/checkpoints/checkpoint.h"
#include "zoo/checkpoints/npy.h"

using namespace cameo;
using namespace cameo::zoo;
using namespace cameo::zoo::fixtures;
using Catch::Matchers::Contains;

namespace {

std::string array(const Shape& shape) {
  Tensor tensor(shape);
  std::iota(tensor.mutable_data().begin(), tensor.mutable_data().end(), 0.5F);
  const Bytes bytes = encode_npy(tensor);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("npz archives survive a round trip, byte for byte the same each time") {
  const TemporaryFolder folder;
  StateDict tensors;
  for (const Shape& shape : {Shape{}, Shape{5}, Shape{0, 2}, Shape{2, 3, 4}}) {
    Tensor& tensor = tensors["layer/" + to_string(shape)] = Tensor(shape);
    std::iota(tensor.mutable_data().begin(), tensor.mutable_data().end(), -1.5F);
  }
  tensors["ünï"] = Tensor({1}, 2.0F);
  write_npz(folder / "a.npz", tensors);
  write_npz(folder / "b.npz", tensors);
  CHECK(read_file(folder / "a.npz") == read_file(folder / "b.npz"));

  const Checkpoint back = read_checkpoint(folder / "a.npz");
  REQUIRE(back.tensors.size() == tensors.size());
  for (const auto& [name, tensor] : tensors) {
    INFO(name);
    const Tensor& found = back.tensors.at(name);
    CHECK(found.shape() == tensor.shape());
    CHECK(std::equal(found.data().begin(), found.data().end(), tensor.data().begin(),
                     tensor.data().end()));
  }
  const CheckpointListing listing = list_checkpoint(folder / "a.npz");
  REQUIRE(listing.tensors.size() == tensors.size());
  CHECK(listing.tensors[0].name == "layer/[0,2]");
  CHECK(listing.tensors[0].dtype == "F32");
  CHECK(listing.tensors[0].bytes == 0);

  write_npz(folder / "empty.npz", {});
  CHECK(read_checkpoint(folder / "empty.npz").tensors.empty());
}

TEST_CASE("what write_npz stores is aligned, and viewed where it lies") {
  const TemporaryFolder folder;
  write_npz(folder / "a.npz", {{"w", Tensor({3}, 1.0F)}, {"longer name", Tensor({7}, 2.0F)}});
  const MappedFile file(folder / "a.npz");
  const Checkpoint checkpoint = decode_npz(file.shared(), "a.npz");
  for (const auto& [name, tensor] : checkpoint.tensors) {
    INFO(name);
    const auto* const at = reinterpret_cast<const std::uint8_t*>(tensor.data().data());
    CHECK((at > file.bytes().data() && at < file.bytes().data() + file.bytes().size()));
    CHECK((at - file.bytes().data()) % 64 == 0);
  }
}

TEST_CASE("npz archives that break the rules are refused by member") {
  const auto decode = [](const std::string& file) { return decode_npz(shared(file), "a.npz"); };
  CHECK(decode(zip({{"w.npy", array({2})}})).tensors.at("w").data()[1] == 1.5F);
  CHECK_THROWS_WITH(decode(zip({{"w.txt", ""}})), Contains("w.txt"));
  CHECK_THROWS_WITH(decode(zip({{"w.npy", ""}})), Contains("w.npy") && Contains("a.npz"));
  CHECK_THROWS_WITH(decode(zip({{"w.npy", array({2}).substr(0, 130)}})), Contains("w.npy"));
  CHECK_THROWS_WITH(list_npz(shared(zip({{"w.npy", array({2}).substr(0, 130)}})), "a.npz"),
                    Contains("not all there"));
  CHECK_THROWS_WITH(decode(zip({{"\xFF.npy", array({})}})), Contains("UTF-8"));

  const TemporaryFolder folder;
  CHECK_THROWS_AS(write_npz(folder / "a.npz", {{"\xFF", Tensor({1})}}), ArgumentError);
  CHECK_THROWS_AS(write_npz(folder / "a.npz", {{std::string(65'001, 'x'), Tensor({1})}}),
                  ArgumentError);
  CHECK_THROWS_AS(write_npz(folder / "none" / "a.npz", {}), FileError);
  CHECK(folder.names().empty());
}

TEST_CASE("a small npz cut anywhere or with any bit flipped ends in a result or an error") {
  const std::string file = zip({{"a.npy", array({2, 2})}, {"b.npy", array({})}});
  const auto try_file = [](const std::string& bytes) {
    try {
      decode_npz(shared(bytes), "a.npz");
      list_npz(shared(bytes), "a.npz");
      return true;
    } catch (const FormatError&) {
      return false;
    }
  };
  REQUIRE(try_file(file));
  for (std::size_t length = 0; length < file.size(); ++length) {
    CHECK_FALSE(try_file(file.substr(0, length)));
  }
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = file;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      try_file(flipped);
    }
  }
}
