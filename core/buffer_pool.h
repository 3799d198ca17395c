/// Memory of tensors that ended, kept for the next ones.
#pragma once

#include <cstddef>

namespace cameo {

/// Pages fresh from the system must be cleared, which can cost more than what is computed in them;
/// runs of one network ask for the same sizes again and again. All buffers together take at most
/// half as much again as what was once asked for at the same time, or what is in use. A buffer
/// serves for anything from half its size on; below 2 MiB, for its own size alone while there is
/// room for others. Those below kPooledBytes are the allocator's business. Safe from many threads.
/// Sanitizer builds keep nothing, so that use after free is found.
inline constexpr std::size_t kPooledBytes = std::size_t{1} << 16;

struct Buffer {
  void* memory = nullptr;
  std::size_t asked = 0;  ///< bytes
  std::size_t size = 0;   ///< bytes, at least as many
};
/// Aligned to a cache line, indeterminate. Throws std::bad_alloc.
Buffer take_buffer(std::size_t bytes);
/// What take_buffer() gave; one without memory does nothing.
void return_buffer(const Buffer& buffer) noexcept;

struct BufferPoolState {
  std::size_t in_use = 0;  ///< bytes that were asked for
  std::size_t most_in_use = 0;
  std::size_t unused = 0;  ///< bytes that are kept
  std::size_t fresh = 0;   ///< how often the system was asked
};
BufferPoolState buffer_pool_state();
/// Gives what is unused back to the system.
void release_unused_buffers() noexcept;

}  // namespace cameo
