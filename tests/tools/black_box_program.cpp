// A black box for the tests: `black_box_program MODE [MODEL]` reads pictures as .npy from stdin and
// writes scores to stdout, or misbehaves.
#include <chrono>
#include <csignal>
#include <iostream>
#include <iterator>
#include <limits>
#include <string_view>
#include <thread>

#include "core/tape.h"
#include "zoo/checkpoints/npy.h"
#include "zoo/model.h"

namespace {

using cameo::Tensor;

Tensor read_pictures() {
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  const cameo::zoo::Bytes bytes(text.begin(), text.end());
  return cameo::zoo::decode_npy(bytes, "stdin");
}

void write(const Tensor& scores) {
  const cameo::zoo::Bytes bytes = cameo::zoo::encode_npy(scores);
  std::cout.write(reinterpret_cast<const char*>(bytes.data()),
                  static_cast<std::streamsize>(bytes.size()));
  std::cout.flush();
}

void answer_with_model(const char* path) {
  const cameo::zoo::Model model = cameo::zoo::load_model(path);
  write(forward(model.network, read_pictures()).output());
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "model") {
    answer_with_model(argv[2]);
  } else if (mode == "die") {
    return 3;
  } else if (mode == "crash") {
    std::raise(SIGKILL);
  } else if (mode == "die-after") {
    write(Tensor({read_pictures().dim(0), 4}));
    return 4;
  } else if (mode == "hang") {
    std::this_thread::sleep_for(std::chrono::minutes(5));
  } else if (mode == "linger") {
    write(Tensor({read_pictures().dim(0), 4}));
    std::fclose(stdout);
    std::this_thread::sleep_for(std::chrono::minutes(5));
  } else if (mode == "silent") {
    static_cast<void>(read_pictures());
  } else if (mode == "garbage") {
    std::cout << "0.5 0.25\n";
  } else if (mode == "rows") {
    write(Tensor({read_pictures().dim(0) + 1, 4}));
  } else if (mode == "rank") {
    write(Tensor({read_pictures().dim(0)}));
  } else if (mode == "nan") {
    write(Tensor({read_pictures().dim(0), 4}, std::numeric_limits<float>::quiet_NaN()));
  } else if (mode == "changing") {
    const std::int64_t pictures = read_pictures().dim(0);
    write(Tensor({pictures, pictures + 1}));
  } else if (mode == "deaf") {  // answers for one picture without reading it
    write(Tensor({1, 4}, 1.0F));
  } else if (mode == "flood") {
    const std::string block(1 << 20, 'x');
    while (std::cout.write(block.data(), std::ssize(block))) {
    }
  }
  return 0;
}
