#include "zoo/files.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <thread>

#include "core/error.h"
#include "tests/zoo/test_files.h"

using namespace cameo;
using namespace cameo::zoo;
using Catch::Matchers::Contains;

namespace {

/// Lets files grow to `bytes` at most while it lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    previous_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &previous_);
    rlimit limit = previous_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &previous_);
    std::signal(SIGXFSZ, previous_handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit previous_ = {};
  void (*previous_handler_)(int) = nullptr;
};

}  // namespace

TEST_CASE("files are read whole, missing ones and folders are told apart") {
  const TemporaryFolder folder;
  write_file(folder / "a", "hello");
  CHECK(read_file(folder / "a") == to_bytes("hello"));
  CHECK_THROWS_WITH(read_file(folder / "a", 4), Contains("5 bytes") && Contains("4"));
  CHECK_THROWS_WITH(read_file(folder / "b"), Contains("No such file"));
  CHECK_THROWS_WITH(read_file(folder.path()), Contains("is a folder"));
  CHECK_THROWS_AS(read_file("/dev/null"), FileError);
  REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK_THROWS_AS(read_file(folder / "pipe"), FileError);
}

TEST_CASE("a mapped file outlives its name and what mapped it") {
  const TemporaryFolder folder;
  write_file(folder / "a", "hello");
  SharedBytes kept;
  {
    const MappedFile file(folder / "a");
    CHECK(file.bytes().size() == 5);
    kept = file.shared();
  }
  write_file(folder / "a", "others");  // renamed over the mapped file
  CHECK(Bytes(kept.bytes.begin(), kept.bytes.end()) == to_bytes("hello"));
  write_file(folder / "empty", "");
  CHECK_THROWS_WITH(MappedFile(folder / "empty"), Contains("empty"));
  CHECK_THROWS_WITH(MappedFile(folder / "none"), Contains("No such file"));
  CHECK_THROWS_WITH(MappedFile(folder.path()), Contains("is a folder"));
  CHECK_THROWS_AS(MappedFile("/dev/zero"), FileError);
}

TEST_CASE("pages that were let go are read anew") {
  const TemporaryFolder folder;
  Bytes content(100'000);
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<std::uint8_t>(i % 251);
  write_file(folder / "a", content);
  const MappedFile file(folder / "a");
  const auto intact = [&](const SharedBytes& bytes) {
    return std::equal(bytes.bytes.begin(), bytes.bytes.end(), content.begin(), content.end());
  };
  REQUIRE(intact(file.shared()));
  release_pages(file.shared());
  release_pages({.bytes = file.bytes().subspan(5000, 20'000), .owner = file.shared().owner});
  release_pages({.bytes = file.bytes().first(3), .owner = file.shared().owner});
  CHECK(intact(file.shared()));
  // Bytes that lie in no file stay.
  const auto memory = std::make_shared<Bytes>(content);
  release_pages({.bytes = *memory, .owner = memory});
  release_pages({.bytes = *memory, .owner = nullptr});
  CHECK(*memory == content);
}

TEST_CASE("writing replaces a file in one step") {
  const TemporaryFolder folder;
  write_file(folder / "a", "old");
  {
    AtomicFile file(folder / "a");
    file.write(to_bytes("new"));
    CHECK(read_file(folder / "a") == to_bytes("old"));
    CHECK(folder.names().size() == 2);
  }
  CHECK(read_file(folder / "a") == to_bytes("old"));
  CHECK(folder.names().size() == 1);
  write_file(folder / "a", "new");
  CHECK(read_file(folder / "a") == to_bytes("new"));
  CHECK(folder.names().size() == 1);
}

TEST_CASE("a symbolic link stays a link when its target is rewritten") {
  const TemporaryFolder folder;
  write_file(folder / "a", "old");
  std::filesystem::create_symlink("a", folder / "link");
  write_file(folder / "link", "new");
  CHECK(std::filesystem::is_symlink(folder / "link"));
  CHECK(read_file(folder / "a") == to_bytes("new"));
}

TEST_CASE("a path that cannot be written is a FileError") {
  const TemporaryFolder folder;
  write_file(folder / "a", "x");
  for (const auto& path : {folder / "none" / "b", folder / "a" / "b", folder.path(),
                           std::filesystem::path(), folder / (std::string(300, 'n'))}) {
    INFO(path);
    CHECK_THROWS_AS(write_file(path, "x"), FileError);
  }
  CHECK(folder.names().size() == 1);
}

TEST_CASE("a full disk is a RunError and leaves the old file whole") {
  CHECK_THROWS_AS(write_file("/dev/full", "x"), RunError);
  CHECK(std::filesystem::is_character_file("/dev/full"));

  const TemporaryFolder folder;
  write_file(folder / "a", "old");
  {
    const FileSizeLimit limit(4096);
    CHECK_THROWS_AS(write_file(folder / "a", Bytes(100'000)), RunError);
  }
  CHECK(read_file(folder / "a") == to_bytes("old"));
  CHECK(folder.names().size() == 1);
}

TEST_CASE("threads that write one file leave one of their versions") {
  const TemporaryFolder folder;
  {
    std::vector<std::jthread> threads;
    for (const char letter : {'a', 'b', 'c', 'd'}) {
      threads.emplace_back([&folder, letter] {
        for (int i = 0; i < 10; ++i) write_file(folder / "x", std::string(10'000, letter));
      });
    }
  }
  const Bytes bytes = read_file(folder / "x");
  CHECK(bytes == Bytes(10'000, bytes.front()));
  CHECK(folder.names().size() == 1);
}
