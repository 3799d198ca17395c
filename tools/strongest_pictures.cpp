#include "tools/strongest_pictures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/parallel.h"
#include "core/receptive_field.h"
#include "core/tape.h"
#include "explain/display.h"
#include "explain/drawing.h"
#include "explain/resize_map.h"
#include "explain/target.h"
#include "layers/data_loader.h"
#include "tools/training.h"

namespace cameo::tools {

namespace {

/// The layer's values `[1,C,H,W]` of every picture of a batch, each by a run of its own, so that
/// the bits do not depend on the batch.
std::vector<Tensor> features_of(const Network& network, const Tensor& pictures, ValueId layer) {
  std::vector<Tensor> features(static_cast<std::size_t>(pictures.dim(0)));
  const auto size = static_cast<std::size_t>(pictures.size() / pictures.dim(0));
  parallel_for(pictures.dim(0), 1, [&](std::int64_t begin, std::int64_t end) {
    for (auto n = static_cast<std::size_t>(begin); n < static_cast<std::size_t>(end); ++n) {
      const Tensor one({1, pictures.dim(1), pictures.dim(2), pictures.dim(3)},
                       pictures.data().subspan(n * size, size));
      features[n] = forward(network, one, {.keep = {layer}}).value(layer);
    }
  });
  return features;
}

/// Keeps the `count` strongest, in order.
void insert(std::vector<StrongPicture>& strongest, const StrongPicture& next, std::int64_t count) {
  if (std::isnan(next.activation)) return;
  const auto weaker =
      std::find_if(strongest.begin(), strongest.end(),
                   [&](const StrongPicture& other) { return other.activation < next.activation; });
  strongest.insert(weaker, next);
  if (std::ssize(strongest) > count) strongest.pop_back();
}

void check_layer(const zoo::Model& model, const Dataset& dataset, ValueId layer,
                 std::span<const std::int64_t> channels) {
  Shape picture = dataset.image_shape();
  picture.insert(picture.begin(), 1);
  const Shape shape = model.network.infer_shapes(picture)[static_cast<std::size_t>(layer)];
  const std::string name = "layer \"" + model.network.node(layer).name + "\"";
  if (shape.size() != 4) {
    throw ArgumentError(name + " has shape " + to_string(shape) + "; channels need [N,C,H,W]");
  }
  for (const std::int64_t channel : channels) {
    if (channel >= 0 && channel < shape[1]) continue;
    throw ArgumentError(name + " has no channel " + std::to_string(channel) + "; it has " +
                        std::to_string(shape[1]) + ", counted from 0");
  }
}

/// The rows or columns of a picture of `extent` pixels that position `at` of `positions` sees;
/// moved into the picture where the field reaches over its border. In proportion where the network
/// does not place its fields.
std::array<std::int64_t, 2> seen_along(const ReceptiveField& field, std::int64_t at,
                                       std::int64_t positions, std::int64_t extent) {
  const std::int64_t length = field.global ? extent : std::min(field.size, extent);
  const double middle = field.placed
                            ? field.first + field.jump * static_cast<double>(at)
                            : (static_cast<double>(at) + 0.5) * static_cast<double>(extent) /
                                  static_cast<double>(positions);
  const std::int64_t begin = std::clamp<std::int64_t>(
      std::llround(middle - static_cast<double>(length) / 2.0), 0, extent - length);
  return {begin, begin + length};
}

explain::Box seen_by(const Network& network, const Shape& picture, ValueId layer,
                     const explain::Unit& unit) {
  const std::vector<Shape> shapes = network.infer_shapes(picture);
  const auto id = static_cast<std::size_t>(layer);
  const ReceptiveFields fields = receptive_fields(network, shapes)[id];
  const auto rows = seen_along(fields[0], unit.row, shapes[id][2], picture[2]);
  const auto columns = seen_along(fields[1], unit.column, shapes[id][3], picture[3]);
  return {.left = columns[0], .top = rows[0], .right = columns[1], .bottom = rows[1]};
}

/// The part of `[C,H,W]` in the box.
Tensor cut(const Tensor& pixels, const explain::Box& box) {
  const std::int64_t width = box.right - box.left;
  Tensor result({pixels.dim(0), box.bottom - box.top, width});
  float* out = result.mutable_data().data();
  for (std::int64_t c = 0; c < pixels.dim(0); ++c) {
    for (std::int64_t y = box.top; y < box.bottom; ++y, out += width) {
      const std::int64_t start = (c * pixels.dim(1) + y) * pixels.dim(2) + box.left;
      std::copy_n(pixels.data().begin() + start, width, out);
    }
  }
  return result;
}

/// Grey `[1,H,W]` or coloured, in three channels.
Tensor coloured(const Tensor& picture) {
  if (picture.dim(0) == 3) return picture;
  Tensor result({3, picture.dim(1), picture.dim(2)});
  for (std::int64_t c = 0; c < 3; ++c) {
    std::copy(picture.data().begin(), picture.data().end(),
              result.mutable_data().begin() + c * picture.size());
  }
  return result;
}

constexpr std::int64_t kGap = 2;

/// Pictures of one size in rows of `columns`, on white.
Tensor in_grid(std::span<const Tensor> tiles, std::int64_t columns) {
  const std::int64_t height = tiles.front().dim(1);
  const std::int64_t width = tiles.front().dim(2);
  const std::int64_t rows = (std::ssize(tiles) + columns - 1) / columns;
  Tensor sheet({3, rows * (height + kGap) - kGap, columns * (width + kGap) - kGap}, 1.0F);
  float* const out = sheet.mutable_data().data();
  for (std::int64_t i = 0; i < std::ssize(tiles); ++i) {
    const Tensor& tile = tiles[static_cast<std::size_t>(i)];
    for (std::int64_t line = 0; line < 3 * height; ++line) {
      const std::int64_t row = i / columns * (height + kGap) + line % height;
      const std::int64_t start =
          (line / height * sheet.dim(1) + row) * sheet.dim(2) + i % columns * (width + kGap);
      std::copy_n(tile.data().begin() + line * width, width, out + start);
    }
  }
  return sheet;
}

}  // namespace

std::vector<std::vector<StrongPicture>> strongest_pictures(const zoo::Model& model,
                                                           const Dataset& dataset, ValueId layer,
                                                           std::span<const std::int64_t> channels,
                                                           const StrongestOptions& options) {
  check_layer(model, dataset, layer, channels);
  const auto size = static_cast<std::int64_t>(dataset.size());
  const std::int64_t total = options.limit > 0 ? std::min(options.limit, size) : size;
  std::vector<std::vector<StrongPicture>> strongest(channels.size());
  DataLoader loader(dataset, {.batch = options.batch, .normalization = normalization_of(model)});
  std::int64_t done = 0;
  while (done < total) {
    const std::optional<Batch> batch = loader.next();
    if (!batch) break;
    for (const Tensor& one : features_of(model.network, batch->images, layer)) {
      if (done == total) break;
      for (std::size_t i = 0; i < channels.size(); ++i) {
        const explain::Unit unit = explain::find_unit(one, {.channel = channels[i]});
        const std::int64_t at = (unit.channel * one.dim(2) + unit.row) * one.dim(3) + unit.column;
        insert(strongest[i],
               {.index = static_cast<std::size_t>(done),
                .unit = unit,
                .activation = one.data()[static_cast<std::size_t>(at)]},
               options.count);
      }
      ++done;
    }
    if (options.on_progress) options.on_progress(done, total);
  }
  return strongest;
}

StrongView view_of(const zoo::Model& model, const Dataset& dataset, ValueId layer,
                   const StrongPicture& strong) {
  const std::array<std::size_t, 1> indices{strong.index};
  const Tensor picture = dataset.batch(indices).images;
  Tensor input = picture;
  normalize(input, normalization_of(model));
  const explain::Methods methods{std::make_shared<explain::DeconvnetUnit>(
      explain::DeconvnetUnitOptions{.layer = model.network.node(layer).name,
                                    .channel = strong.unit.channel,
                                    .row = strong.unit.row,
                                    .column = strong.unit.column})};
  const ValueId of = explain::find_logits(model.network);
  Request request = explain::request_for(model.network, input.shape(), methods, of);
  const Tape tape = forward(model.network, input, request);
  const Tensor pixels = methods[0]->explain(tape, {.of = of}).map;
  StrongView view;
  view.seen = seen_by(model.network, input.shape(), layer, strong.unit);
  view.picture =
      coloured(cut(picture.reshaped({picture.dim(1), picture.dim(2), picture.dim(3)}), view.seen));
  const Tensor part = cut(pixels, view.seen);
  view.reconstruction = explain::gradient_picture(part, part.dim(1), part.dim(2));
  return view;
}

Tensor draw_views(std::span<const std::vector<StrongView>> channels, std::int64_t side) {
  std::vector<Tensor> rows;
  for (const std::vector<StrongView>& views : channels) {
    if (views.empty()) throw ArgumentError("features: a channel has no picture to show");
    const auto columns =
        static_cast<std::int64_t>(std::ceil(std::sqrt(static_cast<double>(views.size()))));
    std::vector<Tensor> reconstructions;
    std::vector<Tensor> pictures;
    for (const StrongView& view : views) {
      reconstructions.push_back(explain::resize_map(view.reconstruction, side, side));
      pictures.push_back(explain::resize_map(view.picture, side, side));
    }
    const Tensor blocks[] = {in_grid(reconstructions, columns), in_grid(pictures, columns)};
    rows.push_back(explain::side_by_side(blocks, 4 * kGap));
  }
  return in_grid(rows, 1);
}

}  // namespace cameo::tools
