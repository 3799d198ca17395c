#include "zoo/model.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "tests/zoo/test_files.h"
#include "zoo/checkpoints/safetensors.h"

namespace cameo::zoo {

namespace {

constexpr const char* kKey = "cameo.model";

Model named_model() {
  Model model = create_model("gapnet", {.input_shape = {3, 32, 24}, .classes = 3, .seed = 4});
  model.class_names = {"a \"quoted\" name", "zwei, drei", "été"};
  model.preprocess.mean = {0.1F, 0.25F, 1.0F / 3.0F};
  model.preprocess.std = {0.3F, 2.0F, 0.7F};
  return model;
}

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() &&
         std::memcmp(a.data().data(), b.data().data(), a.data().size_bytes()) == 0;
}

void check_same_parameters(const Network& a, const Network& b) {
  const StateDict left = state_dict(a);
  const StateDict right = state_dict(b);
  REQUIRE(left.size() == right.size());
  for (const auto& [name, tensor] : left) {
    INFO(name);
    REQUIRE(right.count(name) == 1);
    CHECK(same_bits(tensor, right.at(name)));
  }
}

/// The file of named_model() with another description.
void save_described(const std::filesystem::path& path, const std::string& description) {
  write_safetensors(path, state_dict(named_model().network), {{kKey, description}});
}

}  // namespace

TEST_CASE("a saved model comes back to the bit") {
  const TemporaryFolder folder;
  const Model model = named_model();
  save_model(folder / "a.safetensors", model);
  const Model loaded = load_model(folder / "a.safetensors");
  CHECK(loaded.architecture == "gapnet");
  CHECK(loaded.class_names == model.class_names);
  CHECK(loaded.preprocess == model.preprocess);
  CHECK(loaded.network.input_shape() == model.network.input_shape());
  check_same_parameters(loaded.network, model.network);
  save_model(folder / "b.safetensors", loaded);
  CHECK(read_file(folder / "a.safetensors") == read_file(folder / "b.safetensors"));
}

TEST_CASE("the built-in model is whole and knows its ten shapes") {
  const Model model = pretrained_model();
  CHECK(model.architecture == "gapnet");
  CHECK(model.class_names.size() == 10);
  CHECK(model.network.input_shape() == Shape{3, 64, 64});
}

TEST_CASE("a damaged description is an error that names the file") {
  const TemporaryFolder folder;
  const auto path = folder / "m.safetensors";
  save_model(path, named_model());
  const nlohmann::json good = nlohmann::json::parse(list_safetensors(path).metadata.at(kKey));
  save_described(path, good.dump());
  CHECK_NOTHROW(load_model(path));

  const auto check_rejected = [&](const std::string& description) {
    INFO(description);
    save_described(path, description);
    CHECK_THROWS_AS(load_model(path), Error);
    CHECK_THROWS_WITH(load_model(path), Catch::Matchers::Contains("m.safetensors"));
  };
  for (const char* text : {"", "{", "[]", "null", "17", "\"gapnet\""}) check_rejected(text);
  for (const auto& [key, value] : good.items()) {
    nlohmann::json without = good;
    without.erase(key);
    check_rejected(without.dump());
    nlohmann::json odd = good;
    odd[key] = nlohmann::json::object();
    check_rejected(odd.dump());
  }
  const std::pair<const char*, nlohmann::json> values[] = {
      {"format", 2},
      {"architecture", "gapnt"},
      {"input", nlohmann::json::array()},
      {"input", {3, 32}},
      {"input", {3, -32, 32}},
      {"input", {1, 32, 24}},
      {"classes", 4},
      {"classes", 0},
      {"classes", -1},
      {"classes", std::int64_t{1} << 60},
      {"input", {3, std::int64_t{1} << 40, std::int64_t{1} << 40}},
      {"input", {std::int64_t{1} << 60, 32, 32}},
      {"class_names", {"only one"}},
      {"class_names", {1, 2, 3}}};
  for (const auto& [key, value] : values) {
    nlohmann::json changed = good;
    changed[key] = value;
    check_rejected(changed.dump());
  }
}

TEST_CASE("a size that only an empty tensor has is no size of a model") {
  const TemporaryFolder folder;
  const auto path = folder / "m.safetensors";
  constexpr std::int64_t kMany = std::int64_t{1} << 50;
  save_model(path, named_model());
  nlohmann::json description = nlohmann::json::parse(list_safetensors(path).metadata.at(kKey));
  description["classes"] = kMany;
  StateDict state = state_dict(named_model().network);
  state["empty"] = Tensor({0, kMany});
  write_safetensors(path, state, {{kKey, description.dump()}});
  CHECK_THROWS_WITH(load_model(path), Catch::Matchers::Contains("classes do not fit"));
}

TEST_CASE("weights without a description, or of another architecture") {
  const TemporaryFolder folder;
  const auto path = folder / "m.safetensors";
  write_safetensors(path, state_dict(named_model().network));
  CHECK_THROWS_WITH(load_model(path), Catch::Matchers::Contains("--weights"));

  save_model(path, named_model());
  nlohmann::json description = nlohmann::json::parse(list_safetensors(path).metadata.at(kKey));
  description["architecture"] = "nin_small";
  save_described(path, description.dump());
  CHECK_THROWS_AS(load_model(path), FormatError);
  CHECK_THROWS_WITH(load_model(path), Catch::Matchers::Contains("nin_small") &&
                                          Catch::Matchers::Contains("missing") &&
                                          Catch::Matchers::Contains("fc.weight"));
  CHECK_THROWS_AS(load_model(folder / "nothing.safetensors"), FileError);
}

TEST_CASE("a plain state dict is loaded by name, in whole or in part") {
  const Model source = named_model();
  Model target = create_model("gapnet", {.input_shape = {3, 32, 24}, .classes = 3, .seed = 99});
  CHECK(load_state_dict(target.network, state_dict(source.network)).complete());
  check_same_parameters(target.network, source.network);

  StateDict partial = state_dict(source.network);
  partial.erase("fc.bias");
  partial["fc.weight"] = Tensor({2, 2}, 7.0F);
  partial["extra"] = Tensor({1});
  Model other = create_model("gapnet", {.input_shape = {3, 32, 24}, .classes = 3, .seed = 99});
  const StateDict before = state_dict(other.network);

  const LoadReport refused = load_state_dict(other.network, partial);
  CHECK_FALSE(refused.complete());
  CHECK(refused.missing == std::vector<std::string>{"fc.bias"});
  CHECK(refused.unexpected == std::vector<std::string>{"extra"});
  REQUIRE(refused.misshapen.size() == 1);
  CHECK_THAT(refused.summary(), Catch::Matchers::Contains("1 missing (fc.bias)") &&
                                    Catch::Matchers::Contains("1 unexpected (extra)") &&
                                    Catch::Matchers::Contains("fc.weight"));
  for (const auto& [name, tensor] : state_dict(other.network)) {
    CHECK(same_bits(tensor, before.at(name)));
  }

  CHECK_FALSE(load_state_dict(other.network, partial, true).complete());
  for (const auto& [name, tensor] : state_dict(other.network)) {
    INFO(name);
    const bool kept = name.starts_with("fc.");
    CHECK(same_bits(tensor, kept ? before.at(name) : partial.at(name)));
  }
}

}  // namespace cameo::zoo
