/// Data sets that lie in one file or two: IDX, Fashion-MNIST, CIFAR-10's binaries, and the
/// MemoryDataset they become.
#include <zlib.h>

#include <catch2/catch.hpp>

#include "core/error.h"
#include "core/parallel.h"
#include "tests/zoo/test_files.h"
#include "zoo/datasets/cifar10_bin.h"
#include "zoo/datasets/class_names.h"
#include "zoo/datasets/fashion_mnist.h"
#include "zoo/datasets/idx.h"
#include "zoo/datasets/memory_dataset.h"

using namespace cameo;
using namespace cameo::zoo;
using Catch::Matchers::Contains;

namespace {

Bytes idx(const std::vector<std::uint8_t>& extents, std::size_t values) {
  Bytes bytes = {0, 0, 8, static_cast<std::uint8_t>(extents.size())};
  for (const std::uint8_t extent : extents) bytes.insert(bytes.end(), {0, 0, 0, extent});
  for (std::size_t i = 0; i < values; ++i) bytes.push_back(static_cast<std::uint8_t>(i % 10));
  return bytes;
}

Bytes gzipped(ByteView bytes) {
  Bytes out(bytes.size() + 100);
  z_stream stream = {};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  stream.next_in = const_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Bytes cifar_record(std::uint8_t label, std::uint8_t red, std::uint8_t green, std::uint8_t blue) {
  Bytes bytes = {label};
  for (const std::uint8_t level : {red, green, blue}) bytes.insert(bytes.end(), 1024, level);
  return bytes;
}

}  // namespace

TEST_CASE("IDX arrays are read plain and compressed") {
  const Bytes plain = idx({2, 3, 4}, 24);
  for (const Bytes& bytes : {plain, gzipped(plain)}) {
    const IdxArray array = decode_idx(bytes, "a");
    CHECK(array.shape == Shape{2, 3, 4});
    CHECK(array.values == std::vector<std::uint8_t>(plain.end() - 24, plain.end()));
  }
  CHECK(decode_idx(gzipped(idx({0, 3}, 0)), "a").values.empty());
}

TEST_CASE("IDX arrays that break the rules are refused") {
  const Bytes plain = idx({2, 3, 4}, 24);
  for (const Bytes& bytes : {plain, gzipped(plain)}) {
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      INFO(length << " of " << bytes.size() << " bytes");
      CHECK_THROWS_AS(decode_idx(ByteView(bytes).first(length), "a"), FormatError);
    }
    Bytes longer = bytes;
    longer.push_back(0);
    CHECK_THROWS_AS(decode_idx(longer, "a"), FormatError);
  }
  CHECK_THROWS_AS(decode_idx(gzipped(idx({2, 3, 4}, 25)), "a"), FormatError);
  CHECK_THROWS_AS(decode_idx(gzipped(idx({2, 3, 4}, 23)), "a"), FormatError);
  Bytes damaged = gzipped(plain);
  damaged[damaged.size() - 6] ^= 1;  // the checksum
  CHECK_THROWS_AS(decode_idx(damaged, "a"), FormatError);

  const Bytes huge = {0,    0,    8,    3,    0xFF, 0xFF, 0xFF, 0xFF,
                      0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
  CHECK_THROWS_WITH(decode_idx(huge, "a"), Contains("2 GiB"));
  const Bytes promise = {0, 0, 8, 1, 0x7F, 0xFF, 0xFF, 0xFF, 1, 2, 3};
  CHECK_THROWS_WITH(decode_idx(promise, "a"), Contains("ends early"));
  CHECK_THROWS_AS(decode_idx(gzipped(promise), "a"), FormatError);
  CHECK_THROWS_AS(decode_idx(Bytes{0, 0, 13, 1, 0, 0, 0, 0}, "a"), FormatError);
  CHECK_THROWS_AS(decode_idx(Bytes{0, 0, 8, 0}, "a"), FormatError);
  CHECK_THROWS_AS(decode_idx(Bytes{1, 0, 8, 1, 0, 0, 0, 0}, "a"), FormatError);
}

TEST_CASE("Fashion-MNIST is read from its folder") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(read_fashion_mnist("test", folder.path()), Contains("dataset-fashion-mnist"));
  CHECK_THROWS_AS(read_fashion_mnist("test", folder.path()), FileError);
  CHECK_THROWS_WITH(read_fashion_mnist("tset", folder.path()), Contains("test"));

  const auto images = folder / "t10k-images-idx3-ubyte.gz";
  const auto labels = folder / "t10k-labels-idx1-ubyte";
  write_file(images, gzipped(idx({2, 28, 28}, 2 * 28 * 28)));
  write_file(labels, idx({2}, 2));
  const MemoryDataset data = read_fashion_mnist("test", folder.path());
  CHECK(data.size() == 2);
  CHECK(data.image_shape() == Shape{1, 28, 28});
  CHECK(data.label(1) == 1);
  CHECK(data.class_names()[9] == "ankle boot");
  CHECK(is_mnist_folder(folder.path()));
  CHECK_FALSE(is_mnist_folder(folder / "elsewhere"));
  CHECK(read_mnist("test", folder.path()).class_names()[9] == "9");

  write_file(labels, idx({3}, 3));
  CHECK_THROWS_WITH(read_fashion_mnist("test", folder.path()), Contains("2 labels"));
  Bytes wrong = idx({2}, 2);
  wrong.back() = 10;
  write_file(labels, wrong);
  CHECK_THROWS_AS(read_fashion_mnist("test", folder.path()), FormatError);
  write_file(labels, idx({2}, 2));
  write_file(images, idx({2, 28, 27}, 2 * 28 * 27));
  CHECK_THROWS_AS(read_fashion_mnist("test", folder.path()), FormatError);
}

TEST_CASE("Debian's Fashion-MNIST has its 60000 and 10000 pictures") {
  if (!std::filesystem::exists(kFashionMnistFolder)) {
    WARN("the package dataset-fashion-mnist is not installed: its files are not read");
    return;
  }
  CHECK(read_fashion_mnist("train").size() == 60000);
  const MemoryDataset test = read_fashion_mnist("test");
  CHECK(test.size() == 10000);
  std::vector<int> counts(10);
  for (std::size_t i = 0; i < test.size(); ++i) ++counts[static_cast<std::size_t>(test.label(i))];
  CHECK(counts == std::vector<int>(10, 1000));
  CHECK(test.label(0) == 9);
}

TEST_CASE("CIFAR-10 binaries hold whole pictures with labels from 0 to 9") {
  const TemporaryFolder folder;
  Bytes bytes = cifar_record(3, 255, 51, 0);
  const Bytes second = cifar_record(9, 0, 0, 102);
  bytes.insert(bytes.end(), second.begin(), second.end());
  write_file(folder / "a.bin", bytes);
  const MemoryDataset data = read_cifar10_bin(folder / "a.bin");
  CHECK(data.size() == 2);
  CHECK(data.class_names() == cifar10_class_names());
  const std::vector<std::size_t> order = {1, 0, 0};
  const Batch batch = data.batch(order);
  CHECK(batch.images.shape() == Shape{3, 3, 32, 32});
  CHECK(batch.labels == std::vector<int>{9, 3, 3});
  CHECK(batch.images.data()[2 * 1024] == 0.4F);
  CHECK(batch.images.data()[3 * 1024] == 1.0F);
  CHECK(batch.images.data()[4 * 1024] == 0.2F);

  bytes.pop_back();
  write_file(folder / "a.bin", bytes);
  CHECK_THROWS_WITH(read_cifar10_bin(folder / "a.bin"), Contains("3073"));
  write_file(folder / "a.bin", "");
  CHECK_THROWS_AS(read_cifar10_bin(folder / "a.bin"), FormatError);
  write_file(folder / "a.bin", cifar_record(10, 0, 0, 0));
  CHECK_THROWS_WITH(read_cifar10_bin(folder / "a.bin"), Contains("10"));
  CHECK_THROWS_AS(read_cifar10_bin(folder / "b.bin"), FileError);
}

TEST_CASE("a MemoryDataset checks its parts and its indices") {
  const std::vector<std::string> names = {"a", "b"};
  CHECK_THROWS_AS(MemoryDataset({1, 2, 2}, Bytes(7), {0, 1}, names), ArgumentError);
  CHECK_THROWS_AS(MemoryDataset({2, 2}, Bytes(8), {0, 1}, names), ArgumentError);
  CHECK_THROWS_AS(MemoryDataset({1, 0, 2}, {}, {0}, names), ArgumentError);
  CHECK_THROWS_AS(MemoryDataset({1, 2, 2}, Bytes(8), {0, 2}, names), ArgumentError);
  CHECK_THROWS_AS(MemoryDataset({1, 2, 2}, Bytes(8), {0, -1}, names), ArgumentError);
  const MemoryDataset data({1, 2, 2}, {0, 1, 2, 3, 4, 5, 6, 255}, {1, 0}, names);
  CHECK(data.pixels(1)[3] == 255);
  const std::vector<std::size_t> outside = {0, 2};
  CHECK_THROWS_AS(data.batch(outside), ArgumentError);
  CHECK_THROWS_AS(data.label(2), ArgumentError);
  CHECK(data.batch({}).images.shape() == Shape{0, 1, 2, 2});
  CHECK(MemoryDataset({1, 2, 2}, {}, {}, names).size() == 0);
}

TEST_CASE("class names are read a line each, in UTF-8") {
  const auto decode = [](std::string_view text) { return decode_class_names(to_bytes(text), "a"); };
  CHECK(decode("cat\r\ndög\n") == std::vector<std::string>{"cat", "dög"});
  CHECK(decode("cat\n\nlast") == std::vector<std::string>{"cat", "", "last"});
  CHECK_THROWS_WITH(decode(""), Contains("no class names") && Contains("a"));
  CHECK_THROWS_WITH(decode("caf\xE9\n"), Contains("UTF-8"));
}
