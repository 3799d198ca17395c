#include "zoo/checkpoints/pth.h"

#include <catch2/catch.hpp>
#include <cstring>

#include "core/error.h"
#include "tests/zoo/checkpoints/peak_memory.h"
#include "tests/zoo/checkpoints/torch_fixtures.h"
#include "tests/zoo/test_files.h"
#include "zoo/checkpoints/checkpoint.h"

using namespace cameo;
using namespace cameo::zoo;
using namespace cameo::zoo::fixtures;
using Catch::Matchers::Contains;

namespace {

using Floats = std::vector<float>;

const Members kSix = {{"0", floats({1, 2, 3, 4, 5, 6})}};
const std::string kSixStorage = storage("FloatStorage", "0", 6);
const std::string kSixTensor = tensor(kSixStorage, 0, {2, 3}, {3, 1});

Floats values(const Tensor& tensor) { return {tensor.data().begin(), tensor.data().end()}; }

std::map<std::string, Floats> contents(const std::string& file) {
  std::map<std::string, Floats> found;
  for (const auto& [name, tensor] : decode_pth(shared(file), "a.pth").tensors) {
    found[name] = values(tensor);
  }
  return found;
}

/// The pickled object as a zip checkpoint with the six values.
std::map<std::string, Floats> zipped(const std::string& object) {
  return contents(torch_zip(object, kSix));
}

std::string only(const std::string& tensor) { return dict({{text("w"), tensor}}); }

std::string persistent(std::string_view id) { return text(id) + "Q"; }

std::string tar_tensor(int key, int storage, const std::string& extents) {
  return pickle("K" + number(static_cast<unsigned>(key), 1) + "K" +
                number(static_cast<unsigned>(storage), 1) + global("torch", "FloatTensor") +
                "\x87") +
         extents;
}

/// Rank (with the junk that the writer left), sizes, strides, offset.
std::string tar_extents(const std::vector<std::int64_t>& shape,
                        const std::vector<std::int64_t>& strides, std::int64_t offset) {
  std::string result = number(shape.size(), 4) + number(7, 4);
  for (const auto* const part : {&shape, &strides}) {
    for (const std::int64_t extent : *part) result += number(static_cast<std::uint64_t>(extent), 8);
  }
  return result + number(static_cast<std::uint64_t>(offset), 8);
}

const std::string kTarStorage =
    pickle("K\1" + text("cpu") + global("torch", "FloatStorage") + "\x87") + number(6, 8) +
    kSix[0].second;
const std::string kTarViews = pickle(raw("]((K\2K\1K\1K\4te"));  // storage 2: elements 1 to 4 of 1
const std::string kTarParameter =
    global("torch.nn.parameter", "Parameter") + ")\x81(" + persistent("9") + "NN\x88\x89tb";

Members tar_members() {
  return {
      {"sys_info", pickle("}")},
      {"pickle", pickle(ordered_dict({{text("p"), kTarParameter}, {text("b"), persistent("8")}}))},
      {"tensors", pickle("K\2") + tar_tensor(9, 1, tar_extents({2, 3}, {3, 1}, 0)) +
                      tar_tensor(8, 2, tar_extents({3}, {1}, 1))},
      {"storages", pickle("K\1") + kTarStorage + kTarViews}};
}

Members with_member(Members members, std::string_view name, const std::string& data) {
  for (auto& [member, bytes] : members) {
    if (member == name) bytes = data;
  }
  return members;
}

}  // namespace

TEST_CASE("the three containers of PyTorch give the same tensors") {
  const std::string object =
      ordered_dict({{text("a"), kSixTensor}, {text("b"), tensor(kSixStorage, 2, {3}, {1})}});
  const std::map<std::string, Floats> expected = {{"a", {1, 2, 3, 4, 5, 6}}, {"b", {3, 4, 5}}};
  CHECK(contents(torch_zip(object, kSix)) == expected);
  const std::string none_view = storage("FloatStorage", "0", 6, "N");
  const std::string in_stream = ordered_dict({{text("a"), tensor(none_view, 0, {2, 3}, {3, 1})},
                                              {text("b"), tensor(none_view, 2, {3}, {1})}});
  CHECK(contents(torch_stream(in_stream, kSix)) == expected);
  CHECK(contents(tar(tar_members())) ==
        std::map<std::string, Floats>{{"p", {1, 2, 3, 4, 5, 6}}, {"b", {3, 4, 5}}});
}

TEST_CASE("a view of a storage counts from the view's begin") {
  const std::string view = text("v") + integer(2) + integer(3) + "\x87";
  const std::string looking = storage("FloatStorage", "0", 6, view);
  CHECK(contents(torch_stream(only(tensor(looking, 1, {2}, {1})), kSix))["w"] == Floats{4, 5});
  CHECK_THROWS_WITH(contents(torch_stream(only(tensor(looking, 1, {3}, {1})), kSix)),
                    Contains("passes the end"));
  const std::string past = text("v") + integer(4) + integer(3) + "\x87";
  CHECK_THROWS_WITH(contents(torch_stream(
                        only(tensor(storage("FloatStorage", "0", 6, past), 0, {1}, {1})), kSix)),
                    Contains("passes its end"));
}

TEST_CASE("strides, element types and byte orders") {
  CHECK(zipped(only(tensor(kSixStorage, 0, {3, 2}, {1, 3})))["w"] == Floats{1, 4, 2, 5, 3, 6});
  CHECK(zipped(only(tensor(kSixStorage, 1, {2, 2}, {0, 2})))["w"] == Floats{2, 4, 2, 4});
  CHECK(zipped(only(tensor(kSixStorage, 5, {}, {})))["w"] == Floats{6});
  CHECK(zipped(only(tensor(kSixStorage, 0, {0, 3}, {3, 1})))["w"].empty());
  CHECK(zipped(only(tensor(kSixStorage, 4, {1, 2, 1}, {99, 1, 77})))["w"] == Floats{5, 6});

  const auto typed = [](std::string_view type, const std::string& data, std::int64_t count) {
    return contents(
        torch_zip(only(tensor(storage(type, "0", count), 0, {count}, {1})), {{"0", data}}))["w"];
  };
  CHECK(typed("HalfStorage", raw("\0\x3C\1\0"), 2)[0] == 1.0F);
  CHECK(typed("BFloat16Storage", raw("\x80\xBF"), 1) == Floats{-1});
  CHECK(typed("DoubleStorage", raw("\0\0\0\0\0\0\xE0\x3F"), 1) == Floats{0.5F});
  CHECK(typed("LongStorage", number(~0ULL, 8), 1) == Floats{-1});
  CHECK(typed("IntStorage", number(7, 4), 1) == Floats{7});
  CHECK(typed("ShortStorage", raw("\0\x80"), 1) == Floats{-32768});
  CHECK(typed("CharStorage", raw("\x80\x7F"), 2) == Floats{-128, 127});
  CHECK(typed("ByteStorage", raw("\xFF"), 1) == Floats{255});
  CHECK(typed("BoolStorage", raw("\0\1"), 2) == Floats{0, 1});

  const std::string untyped =
      call(global("torch._utils", "_rebuild_tensor_v3"),
           {storage("UntypedStorage", "0", 4), integer(1), extents({1}), extents({1}), "\x89",
            ordered_dict({}), global("torch", "uint16")});
  CHECK(contents(torch_zip(only(untyped), {{"0", raw("\1\0\2\1")}}))["w"] == Floats{258});

  Members big = {{"x/data.pkl", pickle(only(tensor(storage("IntStorage", "0", 1), 0, {1}, {1})))},
                 {"x/byteorder", "big"},
                 {"x/data/0", raw("\0\0\1\2")}};
  CHECK(contents(zip(big))["w"] == Floats{258});
  big[1].second = "middle";
  CHECK_THROWS_WITH(contents(zip(big)), Contains("byteorder"));
}

TEST_CASE("float32 that lies aligned stays where it is, shared storages are shared") {
  const std::string object = dict({{text("a"), kSixTensor},
                                   {text("b"), kSixTensor},
                                   {text("c"), tensor(kSixStorage, 3, {3}, {1})},
                                   {text("t"), tensor(kSixStorage, 0, {3, 2}, {1, 3})},
                                   {text("u"), tensor(kSixStorage, 0, {3, 2}, {1, 3})}});
  const std::string bytes = torch_zip(object, kSix);
  const SharedBytes file = shared(bytes);
  Checkpoint checkpoint = decode_pth(file, "a.pth");
  const float* const a = checkpoint.tensors["a"].data().data();
  const auto* const begin = reinterpret_cast<const float*>(file.bytes.data());
  CHECK((a > begin && a < begin + file.bytes.size() / sizeof(float)));
  CHECK(checkpoint.tensors["b"].data().data() == a);
  CHECK(checkpoint.tensors["c"].data().data() == a + 3);
  CHECK(checkpoint.tensors["t"].shares_storage(checkpoint.tensors["u"]));
  checkpoint.tensors["b"].mutable_data()[0] = 9.0F;
  CHECK(checkpoint.tensors["a"].data()[0] == 1.0F);

  // Memory without an owner is copied.
  const Bytes borrowed = to_bytes(bytes);
  const Checkpoint copied = decode_pth({.bytes = borrowed, .owner = nullptr}, "a.pth");
  const auto* const first =
      reinterpret_cast<const std::uint8_t*>(copied.tensors.at("a").data().data());
  CHECK((first < borrowed.data() || first >= borrowed.data() + borrowed.size()));

  const TemporaryFolder folder;
  write_file(folder / "a.pth", bytes);
  const Checkpoint mapped = read_checkpoint(folder / "a.pth");
  std::filesystem::remove(folder / "a.pth");  // the mapping outlives the name
  CHECK(values(mapped.tensors.at("c")) == Floats{4, 5, 6});
}

TEST_CASE("a big file takes little more memory than its values, and none to be listed") {
  constexpr std::int64_t kCount = std::int64_t{16} << 20;
  constexpr std::int64_t kValues = kCount * 4 / (1 << 20);  // MiB
  constexpr std::int64_t kSpare = 12;                       // MiB
  const TemporaryFolder folder;
  {
    std::string data(kCount * 4, '\0');
    const std::string held = tensor(storage("FloatStorage", "0", kCount), 0, {kCount}, {1});
    write_file(folder / "zip", torch_zip(only(held), {{"0", data}}));
    const std::string in_stream =
        tensor(storage("FloatStorage", "0", kCount, "N"), 0, {kCount}, {1});
    // One of the names makes the values lie at odd offsets.
    write_file(folder / "stream", torch_stream(only(in_stream), {{"0", data}}));
    const std::string named = dict({{text("longer"), in_stream}});
    write_file(folder / "odd stream", torch_stream(named, {{"0", data}}));
    data.resize(kCount * 2);
    const std::string half = tensor(storage("HalfStorage", "0", kCount), 0, {kCount}, {1});
    write_file(folder / "half", torch_zip(only(half), {{"0", data}}));
  }
  for (const char* const name : {"zip", "stream", "odd stream", "half"}) {
    INFO(name);
    const PeakMemory listing;
    CHECK(list_checkpoint(folder / name).tensors.size() == 1);
    if (const auto risen = listing.risen()) CHECK(*risen < kSpare);
    const PeakMemory reading;
    const Checkpoint checkpoint = read_checkpoint(folder / name);
    double sum = 1.0;
    for (const float value : checkpoint.tensors.begin()->second.data()) sum += double{value};
    CHECK(sum == 1.0);
    if (const auto risen = reading.risen()) CHECK(*risen < kValues + kSpare);
  }
}

TEST_CASE("weights are found within what training scripts save") {
  const std::string weights = ordered_dict(
      {{text("module.a"), kSixTensor}, {text("module.b"), tensor(kSixStorage, 0, {1}, {1})}});
  const std::string optimizer = dict({{text("state"), dict({{integer(1), kSixTensor}})}});
  const std::string saved = dict({{text("epoch"), "K\5"},
                                  {text("arch"), text("resnet20")},
                                  {text("best_prec1"), tensor(kSixStorage, 0, {}, {})},
                                  {text("lr"), raw("G\x3F\xB9\x99\x99\x99\x99\x99\x9A")},
                                  {text("done"), "\x88"},
                                  {text("none"), "N"},
                                  {text("optimizer"), optimizer},
                                  {text("state_dict"), weights}});
  const SharedBytes file = shared(torch_zip(saved, kSix));
  const Checkpoint checkpoint = decode_pth(file, "a.pth");
  REQUIRE(checkpoint.tensors.size() == 2);
  CHECK(values(checkpoint.tensors.at("a")) == Floats{1, 2, 3, 4, 5, 6});
  CHECK(checkpoint.metadata ==
        Metadata{{"epoch", "5"}, {"arch", "resnet20"}, {"lr", "0.1"}, {"done", "true"}});

  const CheckpointListing listing = list_pth(file, "a.pth");
  REQUIRE(listing.tensors.size() == 2);
  CHECK(listing.tensors[0].name == "a");
  CHECK(listing.tensors[0].dtype == "F32");
  CHECK(listing.tensors[0].shape == Shape{2, 3});
  CHECK(listing.tensors[0].bytes == 24);
  CHECK(listing.metadata == checkpoint.metadata);

  for (const char* const key :
       {"model_state_dict", "model", "net", "weights", "params", "ema", "state_dict"}) {
    const std::string once = dict({{text(key), weights}});
    CHECK(zipped(once).count("a") == 1);
    CHECK(zipped(dict({{text("model"), once}})).count("b") == 1);
  }
  // A prefix stays where not all names have it.
  const std::string mixed = dict({{text("module.a"), kSixTensor}, {text("b"), kSixTensor}});
  CHECK(zipped(mixed).count("module.a") == 1);
  const std::string compiled = dict({{text("module._orig_mod.backbone.a"), kSixTensor}});
  CHECK(zipped(compiled).count("a") == 1);
  CHECK(zipped(dict({{text("module."), kSixTensor}})).count("module.") == 1);
}

TEST_CASE("values in the forms that versions of PyTorch wrote") {
  const std::string old =
      call(global("torch._utils", "_rebuild_tensor"),
           {kSixStorage, integer(1), call(global("torch", "Size"), {extents({2})}), extents({1})});
  CHECK(zipped(only(old))["w"] == Floats{2, 3});
  const std::string parameter =
      call(global("torch._utils", "_rebuild_parameter"), {kSixTensor, "\x88", ordered_dict({})});
  CHECK(zipped(only(parameter))["w"].size() == 6);
  const std::string stateful = call(global("torch._utils", "_rebuild_parameter_with_state"),
                                    {kSixTensor, "\x88", ordered_dict({}), "}"});
  CHECK(zipped(only(stateful))["w"].size() == 6);
  const std::string twice = dict({{text("w"), tensor(kSixStorage, 0, {1}, {1})},
                                  {text("w"), tensor(kSixStorage, 1, {1}, {1})},
                                  {integer(3), kSixTensor},
                                  {text("extra"), "N"}});
  CHECK(zipped(twice) == std::map<std::string, Floats>{{"w", {2}}});
  CHECK(zipped(ordered_dict({})).empty());
}

TEST_CASE("tensors that break the rules are refused by name") {
  const std::int64_t huge = std::int64_t{1} << 62;
  const std::string size_text = global("torch._utils", "_rebuild_tensor");
  for (const std::string& bad :
       {tensor(kSixStorage, -1, {1}, {1}),
        tensor(kSixStorage, 6, {1}, {1}),
        tensor(kSixStorage, 0, {7}, {1}),
        tensor(kSixStorage, INT64_MAX, {2}, {1}),
        tensor(kSixStorage, 0, {-1}, {1}),
        tensor(kSixStorage, 0, {2}, {-1}),
        tensor(kSixStorage, 0, {2, 2}, {1}),
        tensor(kSixStorage, 0, {huge, 4}, {0, 0}),
        tensor(kSixStorage, 0, {3}, {huge}),
        tensor(kSixStorage, 0, {3, 3}, {huge, huge}),
        tensor(kSixStorage, 0, {std::int64_t{1} << 40}, {0}),
        tensor(kSixStorage, 0, std::vector<std::int64_t>(65, 1), std::vector<std::int64_t>(65, 1)),
        call(size_text, {"N", integer(0), extents({1}), extents({1})}),
        call(size_text, {kSixStorage, "N", extents({1}), extents({1})}),
        call(size_text, {kSixStorage, integer(0), "N", extents({1})}),
        call(size_text, {kSixStorage, integer(0), tuple({text("1")}), extents({1})}),
        call(size_text,
             {storage("UntypedStorage", "0", 24), integer(0), extents({1}), extents({1})}),
        call(global("torch._utils", "_rebuild_parameter"), {"N", "\x88", "N"}),
        global("torch.nn.parameter", "Parameter") + ")\x81",
        global("torch.nn.parameter", "Parameter") + ")\x81}b"}) {
    CHECK_THROWS_WITH(zipped(only(bad)), Contains("tensor \"w\"") && Contains("a.pth"));
  }
  const auto by_dtype = [](const std::string& type) {
    return call(global("torch._utils", "_rebuild_tensor_v3"),
                {kSixStorage, integer(0), extents({1}), extents({1}), "\x89", "N", type});
  };
  CHECK_THROWS_WITH(zipped(only(by_dtype("N"))), Contains("no element type"));
  CHECK_THROWS_WITH(zipped(only(by_dtype(global("torch", "int8")))), Contains("another element"));
  CHECK_THROWS_WITH(zipped(dict({{text(std::string(5000, 'w')), kSixTensor}})), Contains("4096"));
}

TEST_CASE("storages that break the rules are refused") {
  const auto with_storage = [](const std::string& reference) {
    return only(tensor(reference, 0, {1}, {1}));
  };
  for (const std::string& bad :
       {storage("FloatStorage", "1", 6), storage("FloatStorage", "0", 5),
        storage("FloatStorage", "0", std::int64_t{1} << 62), storage("FloatStorage", "0", -1),
        storage("DoubleStorage", "0", 6), storage("FloatTensor", "0", 6),
        storage("FloatStorage", std::string(300, '0'), 6), storage("FloatStorage", "0", 6, "K\1"),
        storage("FloatStorage", "0", 6, "NN"), text("0") + "Q",
        tuple({text("module"), "N", "N", "N", "N"}) + "Q",
        tuple({text("storage"), "N", text("0"), text("cpu"), integer(6)}) + "Q",
        tuple({text("storage"), global("torch", "FloatStorage"), integer(0), text("cpu"),
               integer(6)}) +
            "Q"}) {
    CHECK_THROWS_AS(zipped(with_storage(bad)), FormatError);
  }
  const std::string both = dict(
      {{text("a"), kSixTensor}, {text("b"), tensor(storage("IntStorage", "0", 6), 0, {1}, {1})}});
  CHECK_THROWS_WITH(zipped(both), Contains("different types"));
}

TEST_CASE("files that hold no weights say what they hold") {
  CHECK_THROWS_WITH(zipped("N"), Contains("no state dict"));
  CHECK_THROWS_WITH(zipped(kSixTensor), Contains("no state dict"));
  CHECK_THROWS_WITH(zipped(dict({{text("a"), "N"}})), Contains("no tensors"));
  CHECK_THROWS_WITH(zipped(global("__main__", "Net") + ")\x81"), Contains("__main__.Net"));
  CHECK_THROWS_WITH(contents(zip({{"a/constants.pkl", ""}, {"a/data.pkl", pickle("}")}})),
                    Contains("TorchScript"));
  CHECK_THROWS_WITH(contents(zip({{"readme.txt", "hello"}})), Contains("data.pkl"));
  CHECK_THROWS_WITH(contents(zip({{"a.npy", ""}})), Contains("not a PyTorch"));
}

TEST_CASE("streams that break the rules are refused") {
  const std::string object = only(tensor(storage("FloatStorage", "0", 6, "N"), 0, {6}, {1}));
  const std::string good = torch_stream(object, kSix);
  CHECK(contents(good)["w"].size() == 6);
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string file = good;
    const std::size_t at = file.rfind(from);
    REQUIRE(at != std::string::npos);
    return file.replace(at, from.size(), to);
  };
  CHECK_THROWS_WITH(contents(good + "x"), Contains("after the last"));
  CHECK_THROWS_WITH(contents(good.substr(0, good.size() - 1)), Contains("cut short"));
  CHECK_THROWS_WITH(contents(replaced(number(6, 8) + floats({1}), number(5, 8) + floats({1}))),
                    Contains("5 elements"));
  CHECK_THROWS_WITH(contents(replaced(number(1001, 8), number(1002, 8))), Contains("1001"));
  CHECK_THROWS_WITH(contents(replaced("](" + text("0"), "](" + text("1"))), Contains("no tensor"));
  CHECK_THROWS_WITH(contents(replaced("](" + text("0") + "e", "}")), Contains("must be a list"));
  CHECK_THROWS_WITH(contents(replaced("](" + text("0") + "e", "]")), Contains("missing"));
  CHECK_THROWS_WITH(contents(torch_stream(object, {kSix[0], kSix[0]})), Contains("twice"));
  CHECK_THROWS_AS(contents(replaced("](" + text("0") + "e", global("os", "system"))), FormatError);
}

TEST_CASE("tar archives that break the rules are refused") {
  const auto broken = [](std::string_view member, const std::string& data) {
    return tar(with_member(tar_members(), member, data));
  };
  const std::string one = pickle("K\1");
  const std::string two = pickle("K\2");
  const std::string zero = pickle(raw("K\0"));
  const auto view = [&](const std::string& values) {
    return broken("storages", one + kTarStorage + pickle("](" + values + "e"));
  };
  const auto extents = [&](const std::string& bytes) {
    return broken("tensors", one + tar_tensor(9, 1, bytes));
  };
  const std::string scalar = tar_tensor(9, 1, tar_extents({}, {}, 0));
  const std::vector<std::pair<std::string, std::string>> files = {
      {"is not in the file", broken("pickle", pickle(only(persistent("7"))))},
      {"os.system", broken("pickle", pickle(global("os", "system")))},
      {"cut short", broken("storages", one + kTarStorage)},
      {"a tuple of 3", broken("storages", two + kTarStorage + kTarViews)},
      {"appears twice", broken("storages", two + kTarStorage + kTarStorage + kTarViews)},
      {"is not there", broken("storages", zero + kTarViews)},
      {"passes the end", view(raw("(K\2K\1K\5K\4t"))},
      {"appears twice", view(raw("(K\1K\1K\1K\4t"))},
      {"must be four", view(raw("(K\2K\1K\1t"))},
      {"must be a list", broken("storages", one + kTarStorage + pickle("}"))},
      {"a count was", broken("storages", pickle(raw("J\xFF\xFF\xFF\xFF")) + kTarStorage)},
      {"cut short", broken("storages", one + kTarStorage.substr(0, kTarStorage.size() - 1))},
      {"tensor's class",
       broken("tensors", one + pickle("K\1K\1" + global("torch", "int8") + "\x87"))},
      {"storage is not there", broken("tensors", one + tar_tensor(9, 3, tar_extents({1}, {1}, 0)))},
      {"passes the end", extents(tar_extents({7}, {1}, 0))},
      {"passes the end", extents(tar_extents({2}, {1}, 5))},
      {"negative", extents(tar_extents({-1}, {1}, 0))},
      {"negative", extents(tar_extents({1}, {-1}, 0))},
      {"negative", extents(tar_extents({1}, {1}, -1))},
      {"64 dimensions", extents(number(65, 4) + number(0, 4))},
      {"cut short", extents(number(3, 4))},
      {"appears twice", broken("tensors", two + scalar + scalar)},
      {"\"storages\" is missing", tar({{"pickle", pickle("}")}})},
      {"two members", tar({{"pickle", "a"}, {"pickle", "b"}})},
      {"cut short", tar(tar_members()).substr(0, 3600)}};
  for (const auto& [part, file] : files) {
    INFO(part);
    CHECK_THROWS_WITH(contents(file), Contains(part) && Contains("a.pth"));
  }
  std::string flipped = tar(tar_members());
  flipped[1] ^= 1;
  CHECK_THROWS_WITH(contents(flipped), Contains("checksum"));
}

TEST_CASE("small PyTorch files cut anywhere or with any bit flipped end in a result or an error") {
  const std::string object = dict({{text("a"), kSixTensor}});
  const std::string stream_object =
      dict({{text("a"), tensor(storage("FloatStorage", "0", 6, "N"), 0, {3, 2}, {1, 3})}});
  const auto try_file = [](const std::string& file) {
    try {
      contents(file);
      list_pth(shared(file), "a.pth");
      return true;
    } catch (const FormatError&) {
      return false;
    }
  };
  const std::vector<std::pair<std::string, std::size_t>> files = {
      {torch_zip(object, kSix), 0},
      {torch_stream(stream_object, kSix), 0},
      {tar(tar_members()), 1024}};
  for (const auto& [file, spare] : files) {
    REQUIRE(try_file(file));
    // The tar's closing blocks carry nothing.
    for (std::size_t length = 0; length + spare < file.size(); ++length) {
      INFO("cut after " << length << " of " << file.size());
      const bool is_read = try_file(file.substr(0, length));
      if (spare == 0) CHECK_FALSE(is_read);
    }
    for (std::size_t at = 0; at < file.size(); ++at) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string flipped = file;
        flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
        try_file(flipped);
      }
    }
  }
}

TEST_CASE("public weights in PyTorch's files are read with their names and shapes") {
  const auto folder = test_data("weights");
  if (!folder) {
    WARN("CAMEO_TEST_DATA is not set: no public weights are read");
    return;
  }
  const Checkpoint resnet20 = read_checkpoint(*folder / "resnet20-12fca82f.th");
  CHECK(resnet20.tensors.at("conv1.weight").shape() == Shape{16, 3, 3, 3});
  CHECK(resnet20.tensors.at("layer3.2.bn2.running_var").shape() == Shape{64});
  CHECK(resnet20.tensors.at("linear.weight").shape() == Shape{10, 64});
  CHECK(resnet20.metadata.count("best_prec1") == 1);
  const Checkpoint resnet32 = read_checkpoint(*folder / "resnet32-d509ac18.th");
  CHECK(resnet32.tensors.at("layer3.4.conv2.weight").shape() == Shape{64, 64, 3, 3});
  const Checkpoint squeezenet = read_checkpoint(*folder / "squeezenet1_0-imagenet.pth");
  CHECK(squeezenet.tensors.at("features.0.weight").shape() == Shape{96, 3, 7, 7});
  CHECK(squeezenet.tensors.at("classifier.1.bias").shape() == Shape{1000});
  CHECK(list_checkpoint(*folder / "squeezenet1_0-imagenet.pth").tensors.size() ==
        squeezenet.tensors.size());
}
