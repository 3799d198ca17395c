#include "tools/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

#include "core/error.h"

extern char** environ;

namespace cameo::tools {

namespace {

[[noreturn]] void fail(const std::string& what) { throw RunError("the command " + what); }

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

struct Pipe {
  Descriptor read, write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    fail(std::string("cannot be started: ") + std::strerror(errno));
  }
  return {.read = Descriptor(ends[0]), .write = Descriptor(ends[1])};
}

/// Keeps SIGPIPE from this thread while it lives: a command that stops reading is to be an error
/// code of write(), whatever the program does with the signal elsewhere.
class NoBrokenPipeSignal {
 public:
  NoBrokenPipeSignal() {
    ::sigemptyset(&pipe_);
    ::sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoBrokenPipeSignal() {
    const timespec now{};
    while (::sigtimedwait(&pipe_, nullptr, &now) > 0) {
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoBrokenPipeSignal(const NoBrokenPipeSignal&) = delete;
  NoBrokenPipeSignal& operator=(const NoBrokenPipeSignal&) = delete;

  const sigset_t& before() const { return before_; }

 private:
  sigset_t pipe_{};
  sigset_t before_{};
};

/// A process group of the command's own; killed when it goes out of scope before wait().
class Child {
 public:
  Child(const std::string& command, int in, int out, const sigset_t& mask) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setsigmask(&attributes, &mask);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    std::string shell = "/bin/sh";
    std::string flag = "-c";
    std::string text = command;
    const std::array<char*, 4> arguments{shell.data(), flag.data(), text.data(), nullptr};
    const int error =
        ::posix_spawn(&pid_, shell.c_str(), &files, &attributes, arguments.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&files);
    if (error != 0) fail(std::string("cannot be started: ") + std::strerror(error));
  }
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Throws unless the command ends well, within the time.
  void wait(std::chrono::milliseconds time) {
    constexpr auto kPause = std::chrono::milliseconds(5);
    const auto deadline = std::chrono::steady_clock::now() + time;
    int status = 0;
    while (::waitpid(pid_, &status, WNOHANG) == 0) {
      if (std::chrono::steady_clock::now() > deadline) fail("closed its output but does not end");
      std::this_thread::sleep_for(kPause);
    }
    pid_ = -1;
    // A shell that waits for the command tells a signal as 128 more.
    const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status) - 128;
    if (signal > 0) fail("was ended by signal " + std::to_string(signal));
    if (WEXITSTATUS(status) == 127) fail("cannot be found or run (exit code 127)");
    if (WEXITSTATUS(status) != 0) {
      fail("ended with exit code " + std::to_string(WEXITSTATUS(status)));
    }
  }

 private:
  pid_t pid_ = -1;
};

/// Moves bytes both ways until the command closes its output.
class Exchange {
 public:
  Exchange(Descriptor& to, Descriptor& from, zoo::ByteView input, const FilterLimits& limits)
      : to_(to), from_(from), left_(input), limits_(limits) {
    ::fcntl(to_.get(), F_SETFL, O_NONBLOCK);
    if (left_.empty()) to_.close();
  }

  zoo::Bytes run() && {
    bool open = true;
    while (open) {
      // A closed descriptor is -1, which poll() passes over.
      std::array<pollfd, 2> waiting{pollfd{.fd = from_.get(), .events = POLLIN, .revents = 0},
                                    pollfd{.fd = to_.get(), .events = POLLOUT, .revents = 0}};
      const int ready =
          ::poll(waiting.data(), waiting.size(), static_cast<int>(limits_.silence.count()));
      if (ready == 0) {
        fail("has neither read nor written for " +
             std::to_string(
                 std::chrono::duration_cast<std::chrono::seconds>(limits_.silence).count()) +
             " s");
      }
      if (ready < 0 && errno != EINTR)
        fail(std::string("cannot be heard: ") + std::strerror(errno));
      if (ready < 0) continue;
      if (waiting[1].revents != 0) send();
      if (waiting[0].revents != 0) open = receive();
    }
    to_.close();
    return std::move(output_);
  }

 private:
  void send() {
    const ssize_t sent = ::write(to_.get(), left_.data(), left_.size());
    if (sent >= 0) {
      left_ = left_.subspan(static_cast<std::size_t>(sent));
    } else if (errno == EPIPE) {
      left_ = {};
    } else if (errno != EAGAIN && errno != EINTR) {
      fail(std::string("cannot be written to: ") + std::strerror(errno));
    }
    if (left_.empty()) to_.close();
  }

  /// False at the end.
  bool receive() {
    std::array<std::uint8_t, 65536> buffer;
    const ssize_t got = ::read(from_.get(), buffer.data(), buffer.size());
    if (got < 0 && errno != EINTR) fail(std::string("cannot be read: ") + std::strerror(errno));
    if (got < 0) return true;
    output_.insert(output_.end(), buffer.begin(), buffer.begin() + got);
    if (output_.size() > limits_.output_bytes) {
      fail("writes more than the " + std::to_string(limits_.output_bytes) +
           " bytes that its answer can have");
    }
    return got > 0;
  }

  Descriptor& to_;
  Descriptor& from_;
  zoo::ByteView left_;
  const FilterLimits& limits_;
  zoo::Bytes output_;
};

}  // namespace

zoo::Bytes run_filter(const std::string& command, zoo::ByteView input, const FilterLimits& limits) {
  const NoBrokenPipeSignal guard;
  Pipe to = make_pipe();
  Pipe from = make_pipe();
  Child child(command, to.read.get(), from.write.get(), guard.before());
  to.read.close();
  from.write.close();
  zoo::Bytes output = Exchange(to.write, from.read, input, limits).run();
  child.wait(limits.silence);
  return output;
}

}  // namespace cameo::tools
