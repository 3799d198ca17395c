/// The convolutions that every algorithm is tested (and may be timed) on.
#pragma once

#include <array>

#include "core/conv/conv.h"

namespace cameo::test {

/// `[batch,channels,height,width]`, `[filters,kernel height,kernel width]`, strides, pads (top,
/// left, bottom, right), dilations, groups.
struct ConvShape {
  std::array<std::int64_t, 4> x;
  std::array<std::int64_t, 3> weight;
  std::array<std::int64_t, 2> strides{1, 1};
  std::array<std::int64_t, 4> pads{0, 0, 0, 0};
  std::array<std::int64_t, 2> dilations{1, 1};
  std::int64_t groups = 1;

  ConvParams params() const {
    return complete({.batch = x[0],
                     .channels = x[1],
                     .height = x[2],
                     .width = x[3],
                     .filters = weight[0],
                     .kernel = {weight[1], weight[2]},
                     .strides = strides,
                     .pads = pads,
                     .dilations = dilations,
                     .groups = groups});
  }
};

inline constexpr std::array kConvShapes{
    // plain 3x3, same size: whole tiles, joined images, several tiles per image
    ConvShape{.x = {1, 3, 32, 32}, .weight = {8, 3, 3}, .pads = {1, 1, 1, 1}},
    ConvShape{.x = {9, 16, 8, 8}, .weight = {24, 3, 3}, .pads = {1, 1, 1, 1}},
    ConvShape{.x = {3, 4, 40, 31}, .weight = {5, 3, 3}, .pads = {1, 1, 1, 1}},
    ConvShape{.x = {64, 6, 4, 4}, .weight = {10, 3, 3}, .pads = {1, 1, 1, 1}},
    ConvShape{.x = {1, 64, 7, 7}, .weight = {96, 3, 3}, .pads = {1, 1, 1, 1}},
    // 3x3 with many planes and tiles: several blocks, filters and channels beyond one block's,
    // short
    // and long rows of tiles
    ConvShape{.x = {5, 20, 21, 45}, .weight = {30, 3, 3}, .pads = {2, 0, 1, 2}},
    ConvShape{.x = {2, 300, 6, 7}, .weight = {26, 3, 3}, .pads = {1, 1, 1, 1}},
    ConvShape{.x = {30, 9, 7, 7}, .weight = {50, 3, 3}, .pads = {1, 1, 1, 1}},
    ConvShape{.x = {40, 17, 14, 15}, .weight = {13, 3, 3}},
    ConvShape{.x = {1, 8, 40, 150}, .weight = {8, 3, 3}, .pads = {1, 1, 1, 1}},
    // 4x4 and 5x5: the same
    ConvShape{.x = {3, 26, 21, 77}, .weight = {30, 5, 5}, .pads = {2, 2, 2, 2}},
    ConvShape{.x = {34, 9, 6, 7}, .weight = {50, 5, 5}, .pads = {4, 0, 1, 3}},
    ConvShape{.x = {1, 280, 9, 9}, .weight = {9, 5, 5}, .pads = {2, 2, 2, 2}},
    ConvShape{.x = {5, 10, 14, 15}, .weight = {13, 4, 4}, .pads = {1, 1, 2, 2}},
    ConvShape{.x = {2, 8, 9, 70}, .weight = {8, 5, 3}, .pads = {2, 1, 2, 1}},
    // odd sizes, other kernels, no padding
    ConvShape{.x = {2, 3, 13, 17}, .weight = {7, 5, 3}},
    ConvShape{.x = {2, 2, 9, 1}, .weight = {3, 4, 1}},
    ConvShape{.x = {1, 1, 1, 1}, .weight = {1, 1, 1}},
    ConvShape{.x = {1, 3, 30, 30}, .weight = {4, 7, 7}, .pads = {3, 3, 3, 3}},
    ConvShape{.x = {2, 4, 5, 5}, .weight = {3, 5, 5}},
    // strides
    ConvShape{.x = {2, 3, 33, 33}, .weight = {8, 7, 7}, .strides = {2, 2}, .pads = {3, 3, 3, 3}},
    ConvShape{.x = {5, 8, 15, 14}, .weight = {6, 3, 3}, .strides = {2, 2}, .pads = {1, 1, 1, 1}},
    ConvShape{.x = {2, 8, 9, 11}, .weight = {4, 1, 1}, .strides = {2, 2}},
    ConvShape{.x = {2, 3, 16, 40}, .weight = {4, 2, 3}, .strides = {3, 1}, .pads = {0, 1, 0, 1}},
    ConvShape{.x = {1, 2, 20, 20}, .weight = {3, 2, 2}, .strides = {5, 4}},
    // dilation
    ConvShape{.x = {2, 3, 12, 12}, .weight = {4, 3, 3}, .pads = {2, 2, 2, 2}, .dilations = {2, 2}},
    ConvShape{.x = {2, 3, 14, 15},
              .weight = {4, 3, 2},
              .strides = {2, 1},
              .pads = {3, 0, 1, 2},
              .dilations = {3, 4}},
    // groups and depthwise
    ConvShape{.x = {3, 8, 10, 10}, .weight = {12, 3, 3}, .pads = {1, 1, 1, 1}, .groups = 4},
    ConvShape{.x = {2, 16, 9, 9}, .weight = {16, 3, 3}, .pads = {1, 1, 1, 1}, .groups = 16},
    ConvShape{.x = {1, 6, 11, 8},
              .weight = {12, 3, 3},
              .strides = {2, 2},
              .pads = {1, 1, 1, 1},
              .groups = 6},
    ConvShape{.x = {2, 8, 12, 12}, .weight = {6, 1, 1}, .groups = 2},
    ConvShape{.x = {1, 4, 70, 90}, .weight = {4, 3, 3}, .pads = {1, 1, 1, 1}, .groups = 4},
    ConvShape{.x = {2, 3, 5, 4}, .weight = {3, 3, 3}, .pads = {1, 1, 1, 1}, .groups = 3},
    ConvShape{.x = {1, 2, 1, 6}, .weight = {2, 3, 3}, .pads = {1, 1, 1, 1}, .groups = 2},
    ConvShape{.x = {2, 2, 2, 7}, .weight = {2, 3, 3}, .pads = {1, 1, 1, 1}, .groups = 2},
    ConvShape{.x = {1, 3, 4, 13}, .weight = {3, 3, 3}, .pads = {1, 1, 1, 1}, .groups = 3},
    ConvShape{.x = {1, 2, 3, 8}, .weight = {2, 3, 3}, .pads = {1, 1, 1, 1}, .groups = 2},
    ConvShape{.x = {1, 2, 7, 16}, .weight = {2, 3, 3}, .pads = {1, 1, 1, 1}, .groups = 2},
    // rows that fill a part of a register, one, and more
    ConvShape{.x = {2, 3, 14, 14}, .weight = {3, 3, 3}, .pads = {1, 1, 1, 1}, .groups = 3},
    ConvShape{.x = {1, 3, 6, 11}, .weight = {3, 3, 3}, .pads = {1, 1, 1, 1}, .groups = 3},
    ConvShape{.x = {1, 3, 7, 5}, .weight = {3, 3, 3}, .pads = {1, 1, 1, 1}, .groups = 3},
    ConvShape{.x = {2, 3, 5, 33}, .weight = {3, 3, 3}, .pads = {1, 1, 1, 1}, .groups = 3},
    ConvShape{.x = {1, 2, 90, 130}, .weight = {2, 3, 3}, .pads = {1, 1, 1, 1}, .groups = 2},
    ConvShape{.x = {1, 3, 13, 28},
              .weight = {3, 3, 3},
              .strides = {2, 2},
              .pads = {1, 1, 1, 1},
              .groups = 3},
    ConvShape{.x = {1, 3, 14, 14},
              .weight = {3, 3, 3},
              .strides = {2, 2},
              .pads = {1, 1, 1, 1},
              .groups = 3},
    ConvShape{.x = {1, 2, 70, 100},
              .weight = {2, 3, 3},
              .strides = {2, 2},
              .pads = {1, 1, 1, 1},
              .groups = 2},
    ConvShape{.x = {2, 3, 6, 8},
              .weight = {3, 3, 3},
              .strides = {2, 2},
              .pads = {1, 1, 1, 1},
              .groups = 3},
    ConvShape{.x = {1, 2, 1, 10},
              .weight = {2, 3, 3},
              .strides = {2, 2},
              .pads = {1, 1, 1, 1},
              .groups = 2},
    ConvShape{.x = {1, 2, 2, 14},
              .weight = {2, 3, 3},
              .strides = {2, 2},
              .pads = {1, 1, 1, 1},
              .groups = 2},
    ConvShape{.x = {1, 3, 9, 16},
              .weight = {3, 3, 3},
              .strides = {2, 2},
              .pads = {1, 1, 1, 1},
              .groups = 3},
    ConvShape{.x = {1, 2, 8, 22},
              .weight = {2, 3, 3},
              .strides = {2, 2},
              .pads = {1, 1, 1, 1},
              .groups = 2},
    ConvShape{.x = {1, 2, 6, 7},
              .weight = {2, 3, 3},
              .strides = {2, 2},
              .pads = {1, 1, 1, 1},
              .groups = 2},
    ConvShape{.x = {2, 3, 6, 8},
              .weight = {6, 3, 3},
              .strides = {2, 2},
              .pads = {1, 1, 2, 2},
              .groups = 3},
    ConvShape{.x = {2, 5, 40, 37},
              .weight = {5, 5, 5},
              .strides = {2, 2},
              .pads = {2, 2, 2, 2},
              .groups = 5},
    ConvShape{.x = {2, 3, 20, 19},
              .weight = {9, 3, 2},
              .strides = {1, 3},
              .pads = {0, 2, 4, 1},
              .dilations = {2, 1},
              .groups = 3},
    ConvShape{.x = {3, 7, 7, 7}, .weight = {7, 3, 3}, .pads = {3, 1, 0, 1}, .groups = 7},
    ConvShape{.x = {1, 4, 9, 30}, .weight = {4, 1, 1}, .groups = 4},
    // several blocks of rows, of columns and of depth; filters that fill no panel
    ConvShape{.x = {3, 70, 11, 11}, .weight = {20, 5, 5}, .pads = {2, 2, 2, 2}},
    ConvShape{.x = {2, 40, 29, 29}, .weight = {25, 3, 3}, .strides = {2, 2}, .pads = {1, 1, 1, 1}},
    ConvShape{.x = {40, 300, 5, 5}, .weight = {33, 1, 1}},
    ConvShape{.x = {1, 3, 60, 67}, .weight = {13, 11, 11}, .strides = {4, 4}, .pads = {2, 2, 2, 2}},
    ConvShape{.x = {2, 20, 18, 23}, .weight = {14, 6, 4}, .pads = {1, 3, 5, 0}},
    // asymmetric padding, padding beyond the kernel's half, windows that see padding alone
    ConvShape{.x = {2, 3, 8, 8}, .weight = {4, 3, 3}, .pads = {0, 1, 2, 1}},
    ConvShape{.x = {2, 3, 8, 8}, .weight = {4, 2, 2}, .pads = {1, 0, 0, 1}},
    ConvShape{.x = {2, 3, 6, 5}, .weight = {4, 3, 3}, .pads = {2, 2, 2, 2}},
    ConvShape{.x = {1, 2, 3, 3}, .weight = {3, 3, 3}, .pads = {5, 4, 6, 5}},
    ConvShape{.x = {1, 2, 2, 3}, .weight = {3, 3, 3}, .strides = {2, 3}, .pads = {6, 6, 6, 6}},
    ConvShape{.x = {2, 3, 4, 4}, .weight = {2, 1, 9}, .pads = {0, 4, 0, 4}},
    // 1x1
    ConvShape{.x = {4, 32, 16, 16}, .weight = {10, 1, 1}},
    ConvShape{.x = {1, 12, 7, 7}, .weight = {40, 1, 1}},
    ConvShape{.x = {1, 5, 50, 50}, .weight = {70, 1, 1}},
    ConvShape{.x = {6, 24, 8, 8}, .weight = {12, 1, 1}},
    ConvShape{.x = {2, 3, 6, 6}, .weight = {4, 1, 1}, .pads = {1, 1, 1, 1}},
    // 1x1 with channels in two halves, on one block of columns and on several
    ConvShape{.x = {1, 600, 7, 7}, .weight = {20, 1, 1}},
    ConvShape{.x = {1, 517, 14, 14}, .weight = {100, 1, 1}},
    ConvShape{.x = {2, 259, 3, 5}, .weight = {5, 1, 1}},
    ConvShape{.x = {3, 700, 14, 14}, .weight = {9, 1, 1}},
    // nothing at all
    ConvShape{.x = {0, 3, 8, 8}, .weight = {4, 3, 3}, .pads = {1, 1, 1, 1}},
    ConvShape{.x = {0, 3, 8, 8}, .weight = {4, 1, 1}},
};

}  // namespace cameo::test
