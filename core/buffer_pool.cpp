#include "core/buffer_pool.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace cameo {

namespace {

constexpr std::align_val_t kAlignment{64};
constexpr std::size_t kPage = 4096;
constexpr std::size_t kLargePage = std::size_t{1} << 21;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kKeeps = false;
#else
constexpr bool kKeeps = true;
#endif

std::size_t rounded(std::size_t bytes) {
  if (bytes > SIZE_MAX - kPage) throw std::bad_alloc();
  return (bytes + kPage - 1) / kPage * kPage;
}

std::align_val_t alignment_of(std::size_t size) {
  return size < kLargePage ? kAlignment : std::align_val_t{kLargePage};
}

void* fresh_buffer(std::size_t size) {
  void* const buffer = ::operator new(size, alignment_of(size));
#ifdef __linux__
  // Large pages are cleared at once, and the processor remembers where more of the memory is. A
  // wish: where it is not granted, pages are small.
  if (size >= kLargePage) madvise(buffer, size, MADV_HUGEPAGE);
#endif
  return buffer;
}

class Pool {
 public:
  Buffer take(std::size_t bytes) {
    const std::size_t asked = rounded(bytes);
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      state_.in_use += asked;
      state_.most_in_use = std::max(state_.most_in_use, state_.in_use);
      const std::size_t most_held = state_.most_in_use + state_.most_in_use / 2;
      // A small one of its own, as long as there is room, has the same threads at the same places
      // in each run and stays in their caches.
      const bool own = asked < kLargePage && held_ + asked <= most_held;
      const std::size_t largest = own ? asked : 2 * asked;
      if (const Buffer kept = take_kept(asked, largest); kept.memory != nullptr) return kept;
      ++state_.fresh;
      held_ += asked;
      delete_unused_down_to(most_held);
    }
    try {
      return {.memory = allocate(asked), .asked = asked, .size = asked};
    } catch (...) {
      const std::lock_guard<std::mutex> lock(mutex_);
      state_.in_use -= asked;
      held_ -= asked;
      throw;
    }
  }

  void give_back(const Buffer& buffer) noexcept {
    const std::lock_guard<std::mutex> lock(mutex_);
    state_.in_use -= buffer.asked;
    if (kKeeps) {
      try {
        unused_.emplace(buffer.size, buffer.memory);
        state_.unused += buffer.size;
        return;
      } catch (const std::bad_alloc&) {
        // There is no memory to remember it by.
      }
    }
    held_ -= buffer.size;
    ::operator delete(buffer.memory, alignment_of(buffer.size));
  }

  void release() noexcept {
    const std::lock_guard<std::mutex> lock(mutex_);
    delete_unused_down_to(0);
  }

  BufferPoolState state() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return state_;
  }

 private:
  /// The least that is large enough, if there is one.
  Buffer take_kept(std::size_t asked, std::size_t largest) {
    const auto found = unused_.lower_bound(asked);
    if (found == unused_.end() || found->first > largest) return {};
    const Buffer kept{.memory = found->second, .asked = asked, .size = found->first};
    unused_.erase(found);
    state_.unused -= kept.size;
    return kept;
  }

  /// The small ones first: they are cleared soonest when they are wanted again.
  void delete_unused_down_to(std::size_t most_held) noexcept {
    while (held_ > most_held && !unused_.empty()) {
      const auto [size, memory] = *unused_.begin();
      ::operator delete(memory, alignment_of(size));
      unused_.erase(unused_.begin());
      state_.unused -= size;
      held_ -= size;
    }
  }

  void* allocate(std::size_t size) {
    try {
      return fresh_buffer(size);
    } catch (const std::bad_alloc&) {
      release();
      return fresh_buffer(size);
    }
  }

  std::mutex mutex_;
  std::multimap<std::size_t, void*> unused_;
  BufferPoolState state_;
  std::size_t held_ = 0;  // of all buffers, in use or not
};

/// Never destroyed: tensors of static storage duration may end after everything else.
Pool& pool() {
  static Pool* const instance = new Pool;
  return *instance;
}

}  // namespace

Buffer take_buffer(std::size_t bytes) {
  if (bytes >= kPooledBytes) return pool().take(bytes);
  return {.memory = ::operator new(bytes, kAlignment), .asked = bytes, .size = bytes};
}

void return_buffer(const Buffer& buffer) noexcept {
  if (buffer.memory == nullptr) return;
  if (buffer.size < kPooledBytes) {
    ::operator delete(buffer.memory, kAlignment);
  } else {
    pool().give_back(buffer);
  }
}

BufferPoolState buffer_pool_state() { return pool().state(); }

void release_unused_buffers() noexcept { pool().release(); }

}  // namespace cameo
