#include "tests/tools/run_program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <thread>

namespace cameo::tools {

namespace {

// Memory rather than a pipe: nothing blocks when the program says more than a pipe holds.
int memory_file(const char* name) {
  const int descriptor = memfd_create(name, MFD_CLOEXEC);
  if (descriptor < 0) throw std::runtime_error("memfd_create failed");
  return descriptor;
}

std::string contents(int descriptor) {
  std::string text;
  char buffer[4096];
  lseek(descriptor, 0, SEEK_SET);
  for (ssize_t count = 0; (count = read(descriptor, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(count));
  }
  return text;
}

}  // namespace

Program::Program(const std::filesystem::path& where, const std::vector<std::string>& arguments,
                 const RunOptions& options)
    : out_(memory_file("stdout")), err_(memory_file("stderr")) {
  // All memory is taken before the fork; the child may only make system calls.
  std::vector<std::string> words{CAMEO_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const std::string folder = where.string();
  const std::string redirect = options.stdout_path.string();

  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ > 0) return;
  constexpr int kNotStarted = 127;
  const int out = redirect.empty() ? out_ : open(redirect.c_str(), O_WRONLY);
  if (dup2(out, STDOUT_FILENO) < 0 || dup2(err_, STDERR_FILENO) < 0) _exit(kNotStarted);
  if (chdir(folder.c_str()) != 0) _exit(kNotStarted);
  if (options.file_size_limit) {
    const rlimit limit{*options.file_size_limit, *options.file_size_limit};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(kNotStarted);
  }
  execv(argv[0], argv.data());
  _exit(kNotStarted);
}

Program::~Program() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(out_);
  close(err_);
}

RunResult Program::wait() {
  int status = 0;
  waitpid(pid_, &status, 0);
  return collect(status);
}

RunResult Program::wait_or_kill(std::chrono::microseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) return collect(status);
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
  kill(pid_, SIGKILL);
  return wait();
}

RunResult Program::collect(int status) {
  pid_ = -1;
  return {.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
          .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
          .out = contents(out_),
          .err = contents(err_)};
}

RunResult run_cameo(const std::filesystem::path& where, const std::vector<std::string>& arguments,
                    const RunOptions& options) {
  return Program(where, arguments, options).wait();
}

}  // namespace cameo::tools
