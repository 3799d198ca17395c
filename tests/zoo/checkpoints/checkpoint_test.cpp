#include "zoo/checkpoints/checkpoint.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "tests/zoo/checkpoints/torch_fixtures.h"
#include "tests/zoo/test_files.h"
#include "zoo/checkpoints/npz.h"
#include "zoo/checkpoints/safetensors.h"

using namespace cameo;
using namespace cameo::zoo;
using namespace cameo::zoo::fixtures;
using Catch::Matchers::Contains;

namespace {

CheckpointKind kind_of(const std::string& file, std::string_view name = "a.bin") {
  return detect_checkpoint_kind(to_bytes(file), name);
}

}  // namespace

TEST_CASE("checkpoints are told apart by content") {
  CHECK(kind_of(torch_zip("}", {})) == CheckpointKind::kTorchZip);
  CHECK(kind_of(zip({{"readme", ""}})) == CheckpointKind::kTorchZip);
  CHECK(kind_of(zip({{"w.npy", ""}})) == CheckpointKind::kNpz);
  CHECK(kind_of(zip({})) == CheckpointKind::kNpz);
  CHECK(kind_of(torch_stream("}", {})) == CheckpointKind::kTorchStream);
  const std::string magic = raw("\x8A\x0A\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19.");
  CHECK(kind_of("\x80\x04\x95" + number(13, 8) + magic) == CheckpointKind::kTorchStream);
  CHECK(kind_of(tar({{"pickle", ""}})) == CheckpointKind::kTorchTar);
  CHECK(kind_of(number(2, 8) + "{}") == CheckpointKind::kSafetensors);
  CHECK(kind_of("", "a.safetensors") == CheckpointKind::kSafetensors);
}

TEST_CASE("what is no checkpoint is called by its name") {
  const std::vector<std::pair<std::string, std::string>> strangers = {
      {"", "empty"},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:0", "LFS"},
      {"<!DOCTYPE html>", "web page"},
      {"\x89HDF\r\n\x1A\n", "HDF5"},
      {"\x93NUMPY", "single array"},
      {"\x1F\x8B\x08", "gzip"},
      {"\x80\x02}.", "pickle"},
      {"hello", "no checkpoint"},
      {"PK\x03\x04", "zip"}};
  for (const auto& [file, part] : strangers) {
    INFO(part);
    CHECK_THROWS_WITH(kind_of(file), Contains(part) && Contains("a.bin"));
  }
}

TEST_CASE("one entry point reads and lists every kind") {
  const TemporaryFolder folder;
  const StateDict tensors = {{"w", Tensor({2}, 1.5F)}};
  write_safetensors(folder / "a", tensors);
  write_npz(folder / "b", tensors);
  const std::string object =
      dict({{text("w"), tensor(storage("FloatStorage", "0", 2), 0, {2}, {1})}});
  write_file(folder / "c", torch_zip(object, {{"0", floats({1.5F, 1.5F})}}));
  for (const char* const name : {"a", "b", "c"}) {
    INFO(name);
    const Checkpoint checkpoint = read_checkpoint(folder / name);
    REQUIRE(checkpoint.tensors.count("w") == 1);
    CHECK(checkpoint.tensors.at("w").data()[1] == 1.5F);
    const CheckpointListing listing = list_checkpoint(folder / name);
    REQUIRE(listing.tensors.size() == 1);
    CHECK(listing.tensors[0].name == "w");
    CHECK(listing.tensors[0].dtype == "F32");
    CHECK(listing.tensors[0].shape == Shape{2});
    CHECK(listing.tensors[0].bytes == 8);
  }
  CHECK_THROWS_AS(read_checkpoint(folder / "none"), FileError);
  CHECK_THROWS_AS(list_checkpoint(folder.path()), FileError);
  write_file(folder / "empty", "");
  CHECK_THROWS_WITH(read_checkpoint(folder / "empty"), Contains("empty"));
}
