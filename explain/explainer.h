/// Explanations and the methods that make them.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/network.h"
#include "core/tape.h"
#include "explain/target.h"

namespace cameo::explain {

enum class MapKind {
  kLayer,  ///< `[H,W]` at the resolution of a layer, or a grid of the method's own
  kPixel,  ///< `[C,H,W]` at the picture's, with signs
};

/// Why one picture got one score.
struct Explanation {
  std::string method;
  MapKind kind = MapKind::kLayer;
  /// The method's own result, unnormalised: `[H,W]` or `[C,H,W]`, see MapKind.
  Tensor map;
  /// The same before the method's last ReLU; equals `map` for methods without one.
  Tensor signed_map;
  /// The same per pixel of the picture, `[H,W]`, where the method knows better than resizing;
  /// otherwise empty.
  Tensor at_pixels{};
  ValueId layer = -1;  ///< the layer the method looked at, or the network's input
  Target target;
  float logit = 0.0F;  ///< of the target; a difference of two where it names two
  /// What the map adds up to less what the method promises; only where it promises something.
  std::optional<double> residual = std::nullopt;
  std::vector<std::string> warnings;  ///< blank, all negative, not finite, …: for people to read
};

/// An option of a method, as a user writes it: KEY=VALUE.
struct OptionInfo {
  std::string key;
  std::string default_value;
  std::string help;
};

struct MethodInfo {
  std::string name;     ///< as on the command line: "guided-gradcam"
  std::string summary;  ///< one line
  std::string paper;    ///< where the method comes from
  MapKind kind = MapKind::kLayer;
  std::vector<OptionInfo> options = {};
};

/// A way to explain a score. Stateless after construction: one object serves every thread.
class Explainer {
 public:
  virtual ~Explainer() = default;
  virtual const MethodInfo& info() const = 0;

  /// Adds to `request` what explain() will read for scores in the value `of`; `picture` is the
  /// shape
  /// `[1,C,H,W]`. Values may be added twice. Throws ArgumentError when the method does not apply to
  /// the network, LookupError for an unknown layer.
  virtual void prepare(const Network& network, const Shape& picture, ValueId of,
                       Request& request) const = 0;

  /// `tape` comes from a request of request_for(), which keeps the picture and the scores besides
  /// what prepare() asked for. Reads the tape alone, so methods and targets may share one from many
  /// threads.
  virtual Explanation explain(const Tape& tape, const Target& target) const = 0;
};

using Methods = std::vector<std::shared_ptr<const Explainer>>;

/// The request that serves all `methods` for any class of the value `of`. The target classes may be
/// chosen after the run, from the scores. Throws ShapeError unless `picture` is `[1,C,H,W]` and the
/// scores are `[1,K]` or `[1,K,1,1]`; otherwise like Explainer::prepare().
Request request_for(const Network& network, const Shape& picture,
                    std::span<const std::shared_ptr<const Explainer>> methods, ValueId of);

/// Every method for every target, method by method, from one forward pass over the picture
/// `[1,C,H,W]`. All targets must be of one value (ArgumentError). Throws like request_for() and
/// seed_for().
std::vector<Explanation> explain(const Network& network, const Tensor& picture,
                                 std::span<const std::shared_ptr<const Explainer>> methods,
                                 std::span<const Target> targets);

/// The picture's shape `[1,C,H,W]` on a tape of request_for().
const Shape& picture_shape(const Tape& tape);

}  // namespace cameo::explain
