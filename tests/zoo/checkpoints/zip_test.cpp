#include "zoo/checkpoints/zip.h"

#include <zlib.h>

#include <catch2/catch.hpp>
#include <functional>

#include "core/error.h"
#include "tests/zoo/checkpoints/torch_fixtures.h"
#include "tests/zoo/test_files.h"

using namespace cameo;
using namespace cameo::zoo;
using namespace cameo::zoo::fixtures;
using Catch::Matchers::Contains;

namespace {

const Members kTwo = {{"a/one", "hello"}, {"a/two", ""}};

std::string content(ZipArchive& archive, std::string_view name) {
  const ZipEntry* const entry = archive.find(name);
  REQUIRE(entry != nullptr);
  const SharedBytes data = archive.read(*entry);
  return {data.bytes.begin(), data.bytes.end()};
}

/// Bytes of the first central entry and of the end record begin there.
std::size_t central_of(const std::string& file) { return file.find("PK\x01\x02"); }
std::size_t end_of(const std::string& file) { return file.rfind("PK\x05\x06"); }

std::string with(std::string file, std::size_t offset, const std::string& bytes) {
  return file.replace(offset, bytes.size(), bytes);
}

std::string deflated(const std::string& data) {
  std::string packed(data.size() + 64, '\0');
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

/// One deflated member that claims to unpack to `bytes`.
std::string deflated_zip(const std::string& packed, std::uint64_t bytes, std::uint32_t crc = 0) {
  std::string file = zip({{"a", packed}});
  const std::size_t central = central_of(file);
  file = with(file, central + 10, number(8, 2));
  file = with(file, central + 16, number(crc, 4));
  return with(file, central + 24, number(bytes, 4));
}

/// The classic end record says nothing; a zip64 record and its locator say it.
std::string with_zip64_end(const std::string& file) {
  const std::size_t end = end_of(file);
  const std::size_t central = central_of(file);
  return file.substr(0, end) + "PK\x06\x06" + number(44, 8) + number(45, 2) + number(45, 2) +
         number(0, 8) + number(2, 8) + number(2, 8) + number(end - central, 8) +
         number(central, 8) + "PK\x06\x07" + number(0, 4) + number(end, 8) + number(1, 4) +
         "PK\x05\x06" + number(0, 4) + std::string(12, '\xFF') + number(0, 2);
}

}  // namespace

TEST_CASE("zip members are read in place") {
  const SharedBytes file = shared(zip(kTwo));
  ZipArchive archive(file, "a.zip");
  REQUIRE(archive.entries().size() == 2);
  CHECK(content(archive, "a/one") == "hello");
  CHECK(content(archive, "a/two").empty());
  CHECK(archive.find("a") == nullptr);
  const SharedBytes one = archive.read(*archive.find("a/one"));
  CHECK(one.owner == file.owner);
  CHECK(one.bytes.data() > file.bytes.data());
  CHECK((one.bytes.data() - file.bytes.data()) % 64 == 0);
  CHECK(archive.read_start(*archive.find("a/one"), 2).bytes.size() == 2);
  CHECK(ZipArchive(shared(zip({})), "a.zip").entries().empty());
}

TEST_CASE("zip archives in forms that other writers choose") {
  std::string commented = zip(kTwo);
  commented = with(commented, commented.size() - 2, number(3, 2)) + "PK!";
  ZipArchive with_comment(shared(commented), "a.zip");
  CHECK(content(with_comment, "a/one") == "hello");

  ZipArchive zip64(shared(with_zip64_end(zip(kTwo))), "a.zip");
  CHECK(content(zip64, "a/one") == "hello");

  std::string unchecked = zip(kTwo);
  unchecked = with(unchecked, central_of(unchecked) + 16, number(0, 4));
  ZipArchive without_checksum(shared(unchecked), "a.zip");
  CHECK(content(without_checksum, "a/one") == "hello");

  const std::string text(10'000, 'x');
  const auto crc = static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size()));
  ZipArchive packed(shared(deflated_zip(deflated(text), text.size(), crc)), "a.zip");
  CHECK(content(packed, "a") == text);
  CHECK(packed.read_start(packed.entries()[0], 100).bytes.size() == 100);
  ZipArchive nothing(shared(deflated_zip(deflated(""), 0)), "a.zip");
  CHECK(content(nothing, "a").empty());
}

TEST_CASE("zip64 sizes of a member stand in its extra field") {
  std::string file = zip({{"a", "hello"}});
  const std::size_t central = central_of(file);
  const std::string extra = number(9, 2) + number(1, 2) + "?" + number(1, 2) + number(24, 2) +
                            number(5, 8) + number(5, 8) + number(0, 8);
  std::string entry = file.substr(central, end_of(file) - central) + extra;
  entry = with(entry, 20, std::string(8, '\xFF'));
  entry = with(entry, 30, number(extra.size(), 2));
  entry = with(entry, 42, std::string(4, '\xFF'));
  const auto whole = [&](const std::string& directory) {
    const std::string end = file.substr(end_of(file));
    return file.substr(0, central) + directory + with(end, 12, number(directory.size(), 4));
  };
  ZipArchive archive(shared(whole(entry)), "a.zip");
  CHECK(content(archive, "a") == "hello");
  const std::size_t sizes = entry.size() - 24;
  for (const std::string& broken :
       {with(entry, sizes - 4, number(2, 2)), with(entry, sizes - 2, number(8, 2)),
        with(entry, sizes - 2, number(999, 2)), with(entry, sizes, number(1ULL << 63, 8)),
        with(entry, sizes + 16, number(~0ULL, 8))}) {
    CHECK_THROWS_AS(ZipArchive(shared(whole(broken)), "a.zip"), FormatError);
  }
}

TEST_CASE("zip archives that break the rules are refused") {
  const std::string good = zip(kTwo);
  const std::size_t central = central_of(good);
  const std::size_t end = end_of(good);
  const std::size_t second = good.find("PK\x01\x02", central + 1);
  const std::string good64 = with_zip64_end(good);
  const std::size_t end64 = good64.find("PK\x06\x06");
  const std::size_t locator = good64.find("PK\x06\x07");
  // The second member lies within the first.
  const std::string nested = zip({{"a", zip({{"b", ""}})}, {"b", ""}});
  const std::size_t nested_second = nested.rfind("PK\x01\x02");
  const std::vector<std::pair<std::string, std::string>> broken = {
      {"cut short", good.substr(0, good.size() - 1)},
      {"cut short", good + "x"},
      {"too short", "PK"},
      {"several disks", with(good, end + 4, number(1, 2))},
      {"several disks", with(good, end + 8, number(1, 2))},
      {"several disks", with(good, central + 34, number(1, 2))},
      {"is not here", with(good, end + 8, number(3, 2) + number(3, 2))},
      {"is not here", with(good, end + 16, number(1, 4))},
      {"before its end record", with(good, end + 16, number(end, 4))},
      {"before its end record", with(good, end + 12, std::string(8, '\xFF'))},
      {"encrypted", with(good, central + 8, number(1, 2))},
      {"method 99", with(good, central + 10, number(99, 2))},
      {"two different sizes", with(good, central + 20, number(4, 4))},
      {"no local header", with(good, central + 42, number(1, 4))},
      {"no local header", with(good, central + 42, number(0xFFFFFFF0, 4))},
      {"zip64", with(good, central + 42, number(0xFFFFFFFF, 4))},
      {"another name", with(good, 30, "b")},
      {"does not end", with(good, 28, number(0xFFFF, 2))},
      {"does not end", with(good, central + 20, number(9999, 4) + number(9999, 4))},
      {"is not here", with(good, central, "x")},
      {"passes the end", with(good, second + 28, number(0xFFFF, 2))},
      {"two members", zip({{"a", ""}, {"a", ""}})},
      {"overlaps", with(nested, nested_second + 42, number(64, 4))},
      {"zip64 end record", with(good64, end64, "x")},
      {"zip64 end record", with(good64, locator + 8, number(~0ULL, 8))},
      {"several disks", with(good64, locator + 4, number(1, 4))},
      {"several disks", with(good64, end64 + 24, number(1, 8))},
      {"is not here", with(good64, end64 + 24, number(1ULL << 63, 8) + number(1ULL << 63, 8))},
      {"before its end record", with(good64, end64 + 40, number(~0ULL, 8))},
      {"before its end record", with(good64, end64 + 48, number(~0ULL, 8))}};
  for (const auto& [part, file] : broken) {
    INFO(part);
    CHECK_THROWS_WITH(ZipArchive(shared(file), "a.zip"), Contains(part) && Contains("a.zip"));
  }
}

TEST_CASE("damaged and deceitful members are found when they are read") {
  const auto reading = [](const std::string& file) {
    return [file] {
      ZipArchive archive(shared(file), "a.zip");
      archive.read(archive.entries().front());
    };
  };
  std::string flipped = zip(kTwo);
  flipped[flipped.find("hello")] ^= 1;
  CHECK_THROWS_WITH(reading(flipped)(), Contains("checksum"));
  const std::string packed = deflated(std::string(1000, 'x'));
  CHECK_NOTHROW(reading(deflated_zip(packed, 1000))());
  CHECK_THROWS_WITH(reading(deflated_zip(packed, 1000, 1))(), Contains("checksum"));
  CHECK_THROWS_WITH(reading(deflated_zip(packed, 999))(), Contains("does not unpack"));
  CHECK_THROWS_WITH(reading(deflated_zip(packed, 1001))(), Contains("does not unpack"));
  CHECK_THROWS_WITH(reading(deflated_zip(packed + "x", 1000))(), Contains("does not unpack"));
  CHECK_THROWS_WITH(reading(deflated_zip("\x07", 10))(), Contains("does not unpack"));
  CHECK_THROWS_WITH(reading(deflated_zip(packed, 0x7FFFFFFF))(), Contains("too many"));
  // A true bomb: 128 MiB of zeros would unpack.
  const std::string zeros = deflated(std::string(std::size_t{1} << 27, '\0'));
  CHECK_THROWS_WITH(reading(deflated_zip(zeros, std::uint64_t{1} << 27))(), Contains("too many"));
}
