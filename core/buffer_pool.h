/// Memory of tensors that ended, kept for the next ones.
#pragma once

#include <cstddef>

namespace cameo {

/// Pages fresh from the system must be cleared, which can cost more than what is computed in them;
/// runs of one network ask for the same sizes again and again. Buffers below kPooledBytes are the
/// allocator's business. What is kept unused never exceeds what was once in use at the same time.
/// Safe from many threads. Sanitizer builds keep nothing, so that use after free is found.
inline constexpr std::size_t kPooledBytes = std::size_t{1} << 16;

/// Aligned to a cache line, indeterminate. Throws std::bad_alloc.
void* take_buffer(std::size_t bytes);
/// What take_buffer() gave for as many bytes; null does nothing.
void return_buffer(void* buffer, std::size_t bytes) noexcept;

struct BufferPoolState {
  std::size_t in_use = 0;  ///< bytes
  std::size_t unused = 0;
  std::size_t fresh = 0;  ///< how often the system was asked
};
BufferPoolState buffer_pool_state();
/// Gives what is unused back to the system.
void release_unused_buffers() noexcept;

}  // namespace cameo
