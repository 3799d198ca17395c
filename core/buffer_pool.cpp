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
  void* take(std::size_t bytes) {
    const std::size_t size = rounded(bytes);
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      state_.in_use += size;
      most_in_use_ = std::max(most_in_use_, state_.in_use);
      // A buffer knows its size only by what it was asked for, so it must be the same.
      const auto found = unused_.find(size);
      if (found != unused_.end()) {
        void* const buffer = found->second;
        unused_.erase(found);
        state_.unused -= size;
        return buffer;
      }
      ++state_.fresh;
    }
    try {
      return allocate(size);
    } catch (...) {
      const std::lock_guard<std::mutex> lock(mutex_);
      state_.in_use -= size;
      throw;
    }
  }

  void give_back(void* buffer, std::size_t bytes) noexcept {
    const std::size_t size = rounded(bytes);
    const std::lock_guard<std::mutex> lock(mutex_);
    state_.in_use -= size;
    if (kKeeps && state_.unused + size <= most_in_use_) {
      try {
        unused_.emplace(size, buffer);
        state_.unused += size;
        return;
      } catch (const std::bad_alloc&) {
        // There is no memory to remember it by.
      }
    }
    ::operator delete(buffer, alignment_of(size));
  }

  void release() noexcept {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& [size, buffer] : unused_) ::operator delete(buffer, alignment_of(size));
    unused_.clear();
    state_.unused = 0;
  }

  BufferPoolState state() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return state_;
  }

 private:
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
  std::size_t most_in_use_ = 0;
};

/// Never destroyed: tensors of static storage duration may end after everything else.
Pool& pool() {
  static Pool* const instance = new Pool;
  return *instance;
}

}  // namespace

void* take_buffer(std::size_t bytes) {
  return bytes < kPooledBytes ? ::operator new(bytes, kAlignment) : pool().take(bytes);
}

void return_buffer(void* buffer, std::size_t bytes) noexcept {
  if (buffer == nullptr) return;
  if (bytes < kPooledBytes) {
    ::operator delete(buffer, kAlignment);
  } else {
    pool().give_back(buffer, bytes);
  }
}

BufferPoolState buffer_pool_state() { return pool().state(); }

void release_unused_buffers() noexcept { pool().release(); }

}  // namespace cameo
