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

TEST_CASE("no more memory is kept than was in use") {
  release_unused_buffers();
  for (std::int64_t size = 100000; size < 400000; size += 20000) {
    const Tensor tensor = Tensor::uninitialized({size});
  }
  std::size_t most = 0;
  {
    const Tensor large = Tensor::uninitialized({4000000});
    most = buffer_pool_state().in_use;
  }
  CHECK(buffer_pool_state().unused <= most);
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
