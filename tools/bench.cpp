// `cameo bench`: how fast a model is on this machine.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <optional>

#include "core/cpu/fma_peak.h"
#include "core/error.h"
#include "core/names.h"
#include "core/parallel.h"
#include "tools/bench_run.h"
#include "tools/bench_scaling.h"
#include "tools/commands.h"
#include "tools/json.h"
#include "tools/model_file.h"
#include "tools/model_options.h"
#include "tools/options.h"
#include "zoo/files.h"

namespace cameo::tools {

namespace {

struct BenchCommand {
  ModelChoice model;
  int repeat = 10;
  std::int64_t batch = 1;
  std::vector<std::int64_t> input{};  ///< C, H, W; the model's own when empty
  std::string only{};
  bool layers = false;
  bool training = false;
  std::string scaling{};  ///< the SVG file of its charts
};

/// Weights make no difference to the time, so a zoo model may go without.
zoo::Model model_to_time(const BenchCommand& command, const GlobalOptions& globals) {
  const ModelChoice& choice = command.model;
  if (choice.weights.empty() && !choice.model.empty() && !names_a_file(choice.model)) {
    return zoo::create_model(choice.model, {.input_shape = command.input});
  }
  return open_model(choice, globals);
}

Shape shape_to_time(const Network& network, const BenchCommand& command) {
  Shape shape = command.input.empty() ? network.input_shape() : command.input;
  shape.insert(shape.begin(), command.batch);
  return shape;
}

/// A piece of work by the name it has in the results.
struct Workload {
  std::string name;
  Timing timing;
  double multiply_adds = 0.0;  ///< 0 where they are not counted
};

/// Turns multiply-adds and milliseconds into GFLOP/s.
double gflops(double multiply_adds, double milliseconds) {
  return 2e-6 * multiply_adds / milliseconds;
}

using NamedWork = std::vector<std::pair<std::string, std::function<void()>>>;

/// Drops the work that is not among `names`. Throws LookupError for a name there is not.
void keep_named(NamedWork& work, const std::vector<std::string>& names) {
  std::vector<std::string> known;
  for (const auto& entry : work) known.push_back(entry.first);
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw LookupError("--only: " + unknown_name_message("work", name, known));
    }
  }
  std::erase_if(work, [&](const auto& entry) {
    return std::find(names.begin(), names.end(), entry.first) == names.end();
  });
}

std::vector<Workload> time_workloads(Network& network, const Tensor& pictures,
                                     const BenchCommand& command) {
  NamedWork work{{"forward", [&] { run_forward(network, pictures); }},
                 {"input_gradient", [&] { run_input_gradient(network, pictures); }},
                 {"gradcam", [&] { run_gradcam(network, pictures); }}};
  if (!command.only.empty()) keep_named(work, split_list("--only", command.only));
  if (command.training) work.emplace_back("training_step", training_step(network, pictures));
  const auto count = static_cast<double>(multiply_adds(network, pictures.shape()));
  std::vector<Workload> list;
  for (const auto& [name, run] : work) {
    list.push_back({.name = name,
                    .timing = time_repeatedly(command.repeat, run),
                    .multiply_adds = name == "forward" ? count : 0.0});
  }
  return list;
}

/// What `cameo bench` has measured.
struct Measured {
  std::vector<Workload> workloads;
  std::vector<LayerTiming> layers;
  std::optional<Scaling> scaling;
  double peak = 0.0;
};

Json points_json(const std::vector<ScalingPoint>& points) {
  Json list = Json::array();
  for (const ScalingPoint& point : points) {
    list.push_back(
        {{"at", point.at}, {"median_ms", point.timing.median}, {"min_ms", point.timing.least}});
  }
  return list;
}

void print_json(const BenchCommand& command, const Measured& measured) {
  const double peak = measured.peak;
  Json document{{"threads", max_threads()}, {"batch", command.batch}, {"peak_gflops", peak}};
  for (const Workload& work : measured.workloads) {
    document[work.name] = {{"median_ms", work.timing.median}, {"min_ms", work.timing.least}};
    if (work.multiply_adds > 0.0) {
      const double rate = gflops(work.multiply_adds, work.timing.median);
      document[work.name]["gflops"] = rate;
      document[work.name]["share_of_peak"] = rate / peak;
    }
  }
  for (const LayerTiming& layer : measured.layers) {
    const double rate = gflops(static_cast<double>(layer.multiply_adds), layer.timing.median);
    document["layers"].push_back({{"name", layer.name},
                                  {"type", layer.type},
                                  {"median_ms", layer.timing.median},
                                  {"min_ms", layer.timing.least},
                                  {"gflops", rate},
                                  {"share_of_peak", rate / peak}});
  }
  if (measured.scaling) {
    document["scaling"] = {{"batch", points_json(measured.scaling->batch)},
                           {"size", points_json(measured.scaling->size)},
                           {"threads", points_json(measured.scaling->threads)}};
  }
  std::cout << document.dump(2) << "\n";
}

/// GFLOP/s and share of the peak, or nothing where there are no multiply-adds.
std::vector<std::string> rate_cells(double multiply_adds, double milliseconds, double peak) {
  if (!(multiply_adds > 0.0)) return {"", ""};
  const double rate = gflops(multiply_adds, milliseconds);
  return {format_number(rate, 1), format_percent(rate / peak, 0)};
}

void print_scaling(const Scaling& scaling) {
  Table table({"pictures", "pixels of a side", "threads", "median ms", "least ms"});
  const auto add = [&](std::size_t column, const std::vector<ScalingPoint>& points) {
    for (const ScalingPoint& point : points) {
      std::vector<std::string> cells(3);
      cells[column] = std::to_string(point.at);
      cells.push_back(format_number(point.timing.median, 3));
      cells.push_back(format_number(point.timing.least, 3));
      table.add_row(std::move(cells));
    }
  };
  add(0, scaling.batch);
  add(1, scaling.size);
  add(2, scaling.threads);
  std::cout << "\n" << table.text();
}

void print_tables(const Measured& measured) {
  const double peak = measured.peak;
  const auto add = [&](Table& table, std::vector<std::string> cells, const Timing& timing,
                       double multiply_adds) {
    cells.push_back(format_number(timing.median, 3));
    cells.push_back(format_number(timing.least, 3));
    for (std::string& cell : rate_cells(multiply_adds, timing.median, peak)) {
      cells.push_back(std::move(cell));
    }
    table.add_row(std::move(cells));
  };
  Table work_table({"work", "median ms", "least ms", "GFLOP/s", "of the peak"});
  for (const Workload& work : measured.workloads) {
    add(work_table, {work.name}, work.timing, work.multiply_adds);
  }
  std::cout << work_table.text() << "multiply-add peak of this machine on " << max_threads()
            << " threads: " << format_number(peak, 1) << " GFLOP/s\n";
  if (measured.scaling) print_scaling(*measured.scaling);
  if (measured.layers.empty()) return;
  Table layer_table({"layer", "type", "median ms", "least ms", "GFLOP/s", "of the peak"});
  for (const LayerTiming& layer : measured.layers) {
    add(layer_table, {layer.name, layer.type}, layer.timing,
        static_cast<double>(layer.multiply_adds));
  }
  std::cout << "\n" << layer_table.text();
}

void run_bench(const BenchCommand& command, const GlobalOptions& globals) {
  check_writable(command.scaling);
  zoo::Model model = model_to_time(command, globals);
  const Tensor pictures = random_pictures(shape_to_time(model.network, command), globals.seed);
  Measured measured{.workloads = {}, .layers = {}, .scaling = {}};
  measured.peak = measure_fma_peak(max_threads());
  measured.workloads = time_workloads(model.network, pictures, command);
  if (command.layers) measured.layers = time_layers(model.network, pictures, command.repeat);
  if (!command.scaling.empty()) {
    measured.scaling = time_scaling(model.network, command.repeat, globals.seed);
    const std::string name = std::filesystem::path(command.model.model).stem().string();
    zoo::write_file(command.scaling, scaling_charts(*measured.scaling, name));
  }
  globals.json ? print_json(command, measured) : print_tables(measured);
  if (!globals.json && measured.scaling) std::cout << "wrote " << command.scaling << "\n";
}

}  // namespace

void add_bench_command(Command& program, const GlobalOptions& globals) {
  Command command = program.add_command("bench", "Times forward, gradient and Grad-CAM of a model");
  auto options = std::make_shared<BenchCommand>();
  add_model_options(command, options->model);
  command.add_option("--repeat", options->repeat, "Runs to time, after two to warm up")
      .between(1, 1000000)
      .show_default();
  command.add_option("--batch", options->batch, "Pictures at once; Grad-CAM goes one by one")
      .between(1, 65536)
      .show_default();
  command.add_option("--input", options->input, "C,H,W of the pictures, if not the model's usual")
      .separated_by(',')
      .values(3, 3)
      .between(1, 16384);
  command.add_option("--only", options->only,
                     "Some of forward, input_gradient and gradcam, comma separated");
  command.add_flag("--layers", options->layers, "Forward layer by layer as well");
  command.add_option("--scaling", options->scaling,
                     "Forward by batch, picture size and threads as well, drawn to this SVG file");
  command.add_flag("--training", options->training, "A training step as well");
  command.footer("Example: cameo bench --model resnet18 --threads 2 --layers");
  command.action([options, &globals] { run_bench(*options, globals); });
}

}  // namespace cameo::tools
