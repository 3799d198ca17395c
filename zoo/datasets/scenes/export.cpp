#include "zoo/datasets/scenes/export.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/parallel.h"
#include "zoo/datasets/scenes/coco.h"
#include "zoo/datasets/scenes/render.h"
#include "zoo/image.h"

namespace cameo::zoo {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kBlock = 256;  // pictures between two reports of progress
constexpr std::int64_t kMostPictures = 10'000'000;

/// The folder that is written to until everything is there; removed with all that is left in it.
class Staging {
 public:
  explicit Staging(fs::path folder)
      : target_(std::move(folder)), made_target_(fs::create_directories(target_)) {
    fs::remove_all(path());
    fs::create_directory(path());
  }
  ~Staging() {
    std::error_code ignored;
    fs::remove_all(path(), ignored);
    if (made_target_) fs::remove(target_, ignored);  // fails, as it should, unless it is empty
  }
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  fs::path path() const { return target_ / ".scenes.tmp"; }
  void publish(const std::string& name) const { fs::rename(path() / name, target_ / name); }

 private:
  fs::path target_;
  bool made_target_;
};

struct SplitJob {
  SceneSplit split;
  std::int64_t count;
};

std::vector<SplitJob> jobs_of(const ScenesExportOptions& options) {
  check(options.scene);
  std::vector<SplitJob> jobs;
  for (const SplitJob& job : {SplitJob{SceneSplit::kTrain, options.train},
                              SplitJob{SceneSplit::kValidation, options.validation},
                              SplitJob{SceneSplit::kTest, options.test}}) {
    if (job.count < 0 || job.count > kMostPictures) {
      throw ArgumentError("scenes: the split \"" + name_of(job.split) + "\" must have 0 to " +
                          std::to_string(kMostPictures) + " pictures, not " +
                          std::to_string(job.count));
    }
    if (job.count > 0) jobs.push_back(job);
  }
  if (jobs.empty()) throw ArgumentError("scenes: no picture was asked for");
  return jobs;
}

void refuse_existing(const fs::path& folder, const std::vector<SplitJob>& jobs) {
  for (const SplitJob& job : jobs) {
    for (const std::string& name : {name_of(job.split), name_of(job.split) + ".json"}) {
      if (!fs::exists(folder / name)) continue;
      throw ArgumentError((folder / name).string() +
                          ": is already there; remove it or name another folder");
    }
  }
}

std::string file_name(SceneSplit split, SceneShape shape, std::int64_t index) {
  std::string number = std::to_string(index);
  if (number.size() < 5) number.insert(0, 5 - number.size(), '0');
  return name_of(split) + "/" + name_of(shape) + "/" + number + ".png";
}

/// Not synced to the disk file by file: nothing counts before all is moved into place.
void write_staged(const fs::path& file, std::span<const std::uint8_t> bytes) {
  std::ofstream out(file, std::ios::binary);
  if (!out) throw FileError(file.string() + ": cannot be created");
  std::copy(bytes.begin(), bytes.end(), std::ostreambuf_iterator<char>(out));
  out.close();
  if (!out) throw RunError(file.string() + ": writing failed; is the disk full?");
}

zoo::Bytes encode(RenderedScene& rendered) {
  zoo::Image image;
  image.width = image.height = rendered.size;
  image.pixels = std::move(rendered.pixels);
  return zoo::encode_png(image);
}

CocoImage export_picture(const fs::path& folder, const ScenesExportOptions& options,
                         SceneSplit split, std::int64_t index) {
  const Scene scene =
      describe_scene(options.scene, {options.seed, split, static_cast<std::uint64_t>(index)});
  RenderedScene rendered = render_scene(scene, options.size);
  const SceneShape shape = scene.objects[largest_object(scene)].shape;
  std::string file = file_name(split, shape, index);
  write_staged(folder / file, encode(rendered));
  return coco_image(std::move(file), scene, rendered);
}

void export_split(const fs::path& folder, const ScenesExportOptions& options, const SplitJob& job,
                  const ExportProgress& report) {
  for (const std::string& shape : scene_shape_names()) {
    fs::create_directories(folder / name_of(job.split) / shape);
  }
  std::vector<CocoImage> images(static_cast<std::size_t>(job.count));
  for (std::int64_t start = 0; start < job.count; start += kBlock) {
    const std::int64_t size = std::min(kBlock, job.count - start);
    parallel_for(size, 4, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = start + begin; i < start + end; ++i) {
        images[static_cast<std::size_t>(i)] = export_picture(folder, options, job.split, i);
      }
    });
    if (report) report(start + size, job.count);
  }
  for (const std::string& shape : scene_shape_names()) {
    const fs::path made = folder / name_of(job.split) / shape;
    if (fs::is_empty(made)) fs::remove(made);
  }
  const std::string json = coco_json(images);
  write_staged(folder / (name_of(job.split) + ".json"),
               {reinterpret_cast<const std::uint8_t*>(json.data()), json.size()});
}

void export_all(const fs::path& folder, const ScenesExportOptions& options,
                const ExportProgress& progress) {
  const std::vector<SplitJob> jobs = jobs_of(options);
  refuse_existing(folder, jobs);
  const Staging staging(folder);
  std::int64_t total = 0;
  for (const SplitJob& job : jobs) total += job.count;
  std::int64_t before = 0;
  for (const SplitJob& job : jobs) {
    export_split(staging.path(), options, job, [&](std::int64_t done, std::int64_t) {
      if (progress) progress(before + done, total);
    });
    before += job.count;
  }
  for (const SplitJob& job : jobs) {
    staging.publish(name_of(job.split));
    staging.publish(name_of(job.split) + ".json");
  }
}

}  // namespace

void export_scenes(const fs::path& folder, const ScenesExportOptions& options,
                   const ExportProgress& progress) {
  try {
    export_all(folder, options, progress);
  } catch (const fs::filesystem_error& error) {
    const std::string message = folder.string() + ": " + error.code().message();
    if (error.code() == std::errc::no_space_on_device) throw RunError(message);
    throw FileError(message);
  }
}

}  // namespace cameo::zoo
