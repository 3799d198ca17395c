/// A folder with a model and pictures in which the tests run the program.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/tools/run_program.h"
#include "tests/zoo/test_files.h"
#include "zoo/image.h"
#include "zoo/model.h"

namespace cameo::tools {

using Arguments = std::vector<std::string>;

/// The classes of the model in a Workspace.
inline const std::vector<std::string>& workspace_classes() {
  static const std::vector<std::string> names{"circle", "square", "blue star", "t-shirt"};
  return names;
}

/// With few samples for the methods that sample.
inline Arguments quickly(Arguments arguments) {
  for (const char* option : {"masks=8", "samples=20", "segments=4", "stride=8", "steps=4"}) {
    arguments.insert(arguments.end(), {"--option", option});
  }
  return arguments;
}

/// A smooth picture with a bright disc.
inline zoo::Image disc_picture(std::int64_t width, std::int64_t height) {
  zoo::Image image(width, height);
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t x = 0; x < width; ++x) {
      const std::int64_t dx = 2 * x - width;
      const std::int64_t dy = 2 * y - height;
      const bool inside = 4 * (dx * dx + dy * dy) < height * height;
      image.at(x, y)[0] = static_cast<std::uint8_t>(inside ? 230 : 255 * x / width);
      image.at(x, y)[1] = static_cast<std::uint8_t>(inside ? 60 : 255 * y / height);
      image.at(x, y)[2] = static_cast<std::uint8_t>(inside ? 40 : 90);
    }
  }
  return image;
}

/// A temporary folder with `model.safetensors` (gapnet, 3x32x32, workspace_classes(), random
/// weights) and `disc.png`.
class Workspace {
 public:
  Workspace() {
    zoo::Model model =
        zoo::create_model("gapnet", {.input_shape = {3, 32, 32}, .classes = 4, .seed = 3});
    model.class_names = workspace_classes();
    zoo::save_model(folder_ / "model.safetensors", model);
    zoo::write_png(folder_ / "disc.png", disc_picture(80, 60));
  }

  std::filesystem::path operator/(std::string_view name) const { return folder_ / name; }
  const std::filesystem::path& path() const { return folder_.path(); }

  RunResult run(const Arguments& arguments, const RunOptions& options = {}) const {
    return run_cameo(folder_.path(), arguments, options);
  }
  /// Runs what must succeed.
  std::string done(const Arguments& arguments) const {
    const RunResult result = run(arguments);
    INFO(Catch::StringMaker<Arguments>::convert(arguments));
    INFO(result.err);
    REQUIRE(result.code == 0);
    return result.out;
  }
  nlohmann::json done_json(Arguments arguments) const {
    arguments.push_back("--json");
    return nlohmann::json::parse(done(arguments));
  }

  /// Every file below, by relative path, with its bytes.
  std::map<std::string, zoo::Bytes> files(std::string_view below = ".") const {
    std::map<std::string, zoo::Bytes> found;
    const std::filesystem::path root = folder_ / below;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      const std::string name = std::filesystem::relative(entry.path(), root).string();
      found[name] = entry.is_regular_file() ? zoo::read_file(entry.path()) : zoo::Bytes{};
    }
    return found;
  }
  /// Relative paths of everything below, folders too.
  std::vector<std::string> names(std::string_view below = ".") const {
    std::vector<std::string> found;
    for (const auto& [name, bytes] : files(below)) found.push_back(name);
    return found;
  }

 private:
  zoo::TemporaryFolder folder_;
};

}  // namespace cameo::tools
