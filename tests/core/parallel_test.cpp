#include "core/parallel.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace cameo;

TEST_CASE("parallel_for visits every index once") {
  for (const int threads : {1, 2, 3, 5}) {
    const ThreadLimit limit(threads);
    for (const std::int64_t count : {0, 1, 2, 7, 1000}) {
      for (const std::int64_t grain : {0, 1, 3, 5000}) {
        std::vector<std::atomic<int>> visits(static_cast<std::size_t>(count));
        std::atomic<int> pieces{0};
        parallel_for(count, grain, [&](std::int64_t begin, std::int64_t end) {
          ++pieces;
          for (std::int64_t i = begin; i < end; ++i) ++visits[static_cast<std::size_t>(i)];
        });
        bool once = true;
        for (const std::atomic<int>& v : visits) once = once && v == 1;
        CHECK(once);
        CHECK(pieces <= threads);
        if (grain > 0 && count > 0) CHECK(pieces <= (count + grain - 1) / grain);
      }
    }
  }
}

TEST_CASE("an exception of a piece reaches the caller") {
  const ThreadLimit limit(3);
  const auto fail = [](std::int64_t begin, std::int64_t) {
    if (begin > 0) throw std::runtime_error("piece");
  };
  CHECK_THROWS_WITH(parallel_for(9, 1, fail), "piece");
  std::atomic<std::int64_t> sum{0};
  parallel_for(9, 1, [&](std::int64_t begin, std::int64_t end) { sum += end - begin; });
  CHECK(sum == 9);
}

TEST_CASE("a nested parallel_for stays in its thread") {
  const ThreadLimit limit(3);
  std::atomic<bool> stayed{true};
  parallel_for(3, 1, [&](std::int64_t, std::int64_t) {
    const std::thread::id self = std::this_thread::get_id();
    parallel_for(100, 1, [&](std::int64_t, std::int64_t) {
      if (std::this_thread::get_id() != self) stayed = false;
    });
  });
  CHECK(stayed);
}

TEST_CASE("a ThreadLimit holds for its thread and its life") {
  const int before = max_threads();
  {
    const ThreadLimit limit(5);
    CHECK(max_threads() == 5);
    {
      const ThreadLimit inner(2);
      CHECK(max_threads() == 2);
    }
    CHECK(max_threads() == 5);
    int elsewhere = 0;
    std::thread([&] { elsewhere = max_threads(); }).join();
    CHECK(elsewhere == before);
  }
  CHECK(max_threads() == before);
  set_default_threads(4);
  CHECK(max_threads() == 4);
  set_default_threads(0);
  CHECK(max_threads() == before);
}
