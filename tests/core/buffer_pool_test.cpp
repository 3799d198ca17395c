#include "core/buffer_pool.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <thread>
#include <vector>

#include "core/tensor.h"

using namespace cameo;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kKeeps = false;
#else
constexpr bool kKeeps = true;
#endif

}  // namespace

TEST_CASE("a tensor gets the memory of an equal one that ended") {
  release_unused_buffers();
  const BufferPoolState before = buffer_pool_state();
  const Shape shape{40, 1000};
  { const Tensor tensor(shape); }
  for (int i = 0; i < 5; ++i) {
    const Tensor tensor = Tensor::uninitialized(shape);
    CHECK(reinterpret_cast<std::uintptr_t>(tensor.data().data()) % 64 == 0);
    CHECK(buffer_pool_state().in_use >= before.in_use + 160000);
  }
  const BufferPoolState after = buffer_pool_state();
  CHECK(after.in_use == before.in_use);
  CHECK(after.fresh - before.fresh == (kKeeps ? 1U : 6U));
  CHECK((after.unused >= 160000) == kKeeps);
  release_unused_buffers();
  CHECK(buffer_pool_state().unused == 0);
}

TEST_CASE("memory serves for anything from half its size on") {
  release_unused_buffers();
  const auto most = static_cast<std::int64_t>(buffer_pool_state().most_in_use / sizeof(float));
  const std::int64_t size = most + 2000000;
  const auto asks_for_fresh = [](std::int64_t part) {
    const std::size_t before = buffer_pool_state().fresh;
    const Tensor tensor = Tensor::uninitialized({part});
    CHECK(tensor.data().size() == static_cast<std::size_t>(part));
    return buffer_pool_state().fresh > before;
  };
  CHECK(asks_for_fresh(size));
  CHECK(asks_for_fresh(size * 6 / 10) == !kKeeps);
  CHECK(asks_for_fresh(size * 4 / 10));
  CHECK(asks_for_fresh(100000));
  CHECK(asks_for_fresh(60000));
  CHECK(asks_for_fresh(100000) == !kKeeps);
  release_unused_buffers();
}

TEST_CASE("little more memory is held than was in use") {
  release_unused_buffers();
  for (std::int64_t size = 100000; size < 100000000; size = size * 5 / 4) {
    const Tensor tensor = Tensor::uninitialized({size});
    const BufferPoolState state = buffer_pool_state();
    CHECK(state.in_use <= state.most_in_use);
    CHECK(state.in_use + state.unused <= state.most_in_use + state.most_in_use / 2);
  }
  release_unused_buffers();
}

TEST_CASE("many threads take and return memory") {
  const std::size_t before = buffer_pool_state().in_use;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([t] {
        for (int i = 0; i < 50; ++i) {
          Tensor tensor(Shape{50000 + 1000 * (i % 3)}, static_cast<float>(t));
          for (const float value : tensor.data()) {
            if (value != static_cast<float>(t)) throw 1;
          }
        }
      });
    }
  }
  CHECK(buffer_pool_state().in_use == before);
}
