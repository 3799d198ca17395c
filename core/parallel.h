/// The one place that knows the thread runtime: OpenMP in ordinary builds, plain threads where the
/// runtime must be visible to ThreadSanitizer (CAMEO_THREADS=std).
#pragma once

#include <cstdint>
#include <functional>

namespace cameo {

/// Runs `body(begin, end)` over disjoint pieces of 0 … count-1 that cover it, at most
/// `max_threads()` at once; pieces hold at least `grain` indices but for the last. The pieces
/// depend on the thread count, so results must not depend on where they are cut. The first
/// exception thrown by a piece is rethrown. A call from inside another parallel_for runs in the
/// calling thread.
void parallel_for(std::int64_t count, std::int64_t grain,
                  const std::function<void(std::int64_t begin, std::int64_t end)>& body);

/// Threads a parallel_for started from this thread may use.
int max_threads();

/// Sets the default for every thread without a ThreadLimit of its own; 0 means all processors.
void set_default_threads(int threads);

/// Limits the parallel_for calls of the current thread while it lives, for callers with threads of
/// their own.
class ThreadLimit {
 public:
  explicit ThreadLimit(int threads);
  ~ThreadLimit();
  ThreadLimit(const ThreadLimit&) = delete;
  ThreadLimit& operator=(const ThreadLimit&) = delete;

 private:
  int previous_;
};

}  // namespace cameo
