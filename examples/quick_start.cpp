// What did the network look at? quick_start [PICTURE] paints it into quick_start.png.
#include <cameo/explain/display.h>
#include <cameo/explain/drawing.h>
#include <cameo/explain/grad_cam.h>
#include <cameo/zoo/datasets/scenes/scenes.h>
#include <cameo/zoo/model.h>
#include <cameo/zoo/resize.h>

#include <exception>
#include <iostream>

using namespace cameo;

namespace {

/// Draws one of the pictures that the built-in network was made for.
zoo::Image draw_scene() {
  const std::size_t first[] = {0};
  return zoo::to_image(
      zoo::Scenes({.split = zoo::SceneSplit::kTest, .count = 1}).batch(first).images);
}

void run(const zoo::Image& picture) {
  const zoo::Model model = zoo::pretrained_model();
  const zoo::PreparedImage prepared = zoo::apply(model.preprocess, picture);

  // One forward pass serves any number of methods and classes.
  const explain::Methods methods{std::make_shared<explain::GradCam>()};
  const ValueId scores = explain::find_logits(model.network);
  const Tape tape =
      forward(model.network, prepared.input,
              explain::request_for(model.network, prepared.input.shape(), methods, scores));
  const explain::Target best = explain::top_targets(tape, scores).front();
  const explain::Explanation why = methods.front()->explain(tape, best);

  const Tensor behind =
      zoo::to_tensor(zoo::resize(prepared.shown, 256, 256)).reshaped({3, 256, 256});
  const explain::Display map = explain::display_map(why, 256, 256);
  zoo::write_png("quick_start.png", zoo::to_image(explain::overlay(behind, map.map)));
  std::cout << model.class_names.at(static_cast<std::size_t>(best.index))
            << ": see quick_start.png\n";
}

}  // namespace

int main(int argc, char** argv) try {
  run(argc > 1 ? zoo::read_image(argv[1]) : draw_scene());
} catch (const std::exception& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
