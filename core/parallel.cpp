#include "core/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#ifdef CAMEO_OPENMP
#include <omp.h>
#ifdef __linux__
#include <sched.h>
#endif
#endif

namespace cameo {

namespace {

std::atomic<int> default_threads{0};
thread_local int thread_limit = 0;
thread_local bool inside_parallel = false;

class InsideParallel {
 public:
  InsideParallel() { inside_parallel = true; }
  ~InsideParallel() { inside_parallel = false; }
  InsideParallel(const InsideParallel&) = delete;
  InsideParallel& operator=(const InsideParallel&) = delete;
};

#ifdef CAMEO_OPENMP

int current_processor() {
#ifdef __linux__
  return sched_getcpu();
#else
  return 0;
#endif
}

/// Moves the calling thread to the processor `steps` behind `home`, among those it may use, and
/// leaves it free to be moved again. Linux may start or wake a thread where another of its team
/// runs; until it is moved, each waits a time slice of milliseconds while the other spins.
void spread_out(int home, int steps) {
#ifdef __linux__
  cpu_set_t allowed;
  if (home < 0 || sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  steps %= CPU_COUNT(&allowed);
  if (steps == 0) return;
  int processor = home;
  while (steps > 0) {
    processor = (processor + 1) % CPU_SETSIZE;
    if (CPU_ISSET(processor, &allowed)) --steps;
  }
  cpu_set_t chosen;
  CPU_ZERO(&chosen);
  CPU_SET(processor, &chosen);
  sched_setaffinity(0, sizeof chosen, &chosen);
  sched_setaffinity(0, sizeof allowed, &allowed);
#else
  static_cast<void>(home);
  static_cast<void>(steps);
#endif
}

#endif

/// Calls piece(0) … piece(pieces-1), each in a thread of its own; pieces must not throw.
void run_pieces(int pieces, const std::function<void(int)>& piece) {
#ifdef CAMEO_OPENMP
  const int home = current_processor();
#pragma omp parallel for num_threads(pieces) schedule(static, 1)
  for (int i = 0; i < pieces; ++i) {
    if (i > 0 && current_processor() == home) spread_out(home, i);
    piece(i);
  }
#else
  std::vector<std::jthread> threads;
  threads.reserve(static_cast<std::size_t>(pieces) - 1);
  for (int i = 1; i < pieces; ++i) threads.emplace_back(piece, i);
  piece(0);
#endif
}

}  // namespace

int max_threads() {
  if (inside_parallel) return 1;
  if (thread_limit > 0) return thread_limit;
  const int threads = default_threads.load(std::memory_order_relaxed);
  if (threads > 0) return threads;
  static const int processors = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  return processors;
}

void set_default_threads(int threads) {
  default_threads.store(std::max(0, threads), std::memory_order_relaxed);
}

ThreadLimit::ThreadLimit(int threads) : previous_(thread_limit) { thread_limit = threads; }
ThreadLimit::~ThreadLimit() { thread_limit = previous_; }

void parallel_for(std::int64_t count, std::int64_t grain,
                  const std::function<void(std::int64_t, std::int64_t)>& body) {
  if (count <= 0) return;
  const std::int64_t most =
      (count + std::max<std::int64_t>(grain, 1) - 1) / std::max<std::int64_t>(grain, 1);
  const int pieces = static_cast<int>(std::min<std::int64_t>(most, max_threads()));
  if (pieces <= 1) {
    body(0, count);
    return;
  }
  std::exception_ptr error;
  std::mutex error_mutex;
  run_pieces(pieces, [&](int piece) {
    const InsideParallel guard;
    try {
      body(count * piece / pieces, count * (piece + 1) / pieces);
    } catch (...) {
      const std::lock_guard<std::mutex> lock(error_mutex);
      if (!error) error = std::current_exception();
    }
  });
  if (error) std::rethrow_exception(error);
}

}  // namespace cameo
