// What the program answers to bad requests and bad files: exit code 2, one line, nothing left
// behind; and to work that fails: exit code 1, the old files whole.
#include <zlib.h>

#include <algorithm>

#include "tests/tools/workspace.h"
#include "zoo/checkpoints/npy.h"

namespace cameo::tools {

namespace {

struct BadRequest {
  Arguments arguments;
  std::vector<std::string> says;  ///< parts of the message
};

void check_one_line(const RunResult& result) {
  CHECK(result.signal == 0);
  CHECK(result.err.starts_with("cameo: "));
  CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
  CHECK(result.err.ends_with('\n'));
}

void check_rejected(const Workspace& workspace, const BadRequest& request) {
  INFO(Catch::StringMaker<Arguments>::convert(request.arguments));
  const std::vector<std::string> before = workspace.names();
  const RunResult result = workspace.run(request.arguments);
  CHECK(result.code == 2);
  CHECK(result.out.empty());
  check_one_line(result);
  for (const std::string& part : request.says) {
    CHECK_THAT(result.err, Catch::Matchers::Contains(part));
  }
  CHECK(workspace.names() == before);
}

void write(const Workspace& workspace, std::string_view name, zoo::ByteView bytes) {
  zoo::write_file(workspace / name, bytes);
}

void cut(const Workspace& workspace, std::string_view from, std::string_view to, double share) {
  zoo::Bytes bytes = zoo::read_file(workspace / from);
  bytes.resize(static_cast<std::size_t>(static_cast<double>(bytes.size()) * share));
  write(workspace, to, bytes);
}

void write_gzip(const Workspace& workspace, std::string_view name, zoo::ByteView bytes) {
  gzFile file = gzopen((workspace / name).c_str(), "wb");
  REQUIRE(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())) > 0);
  REQUIRE(gzclose(file) == Z_OK);
}

void append_big_endian(zoo::Bytes& bytes, std::uint32_t value) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    bytes.push_back(static_cast<std::uint8_t>(value >> shift & 0xFFU));
  }
}

/// The beginning of a PNG of `side` x `side` RGB pixels.
zoo::Bytes png_header(std::uint32_t side) {
  zoo::Bytes bytes{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0, 0, 0, 13};
  const std::size_t start = bytes.size();
  for (const char c : {'I', 'H', 'D', 'R'}) bytes.push_back(static_cast<std::uint8_t>(c));
  append_big_endian(bytes, side);
  append_big_endian(bytes, side);
  bytes.insert(bytes.end(), {8, 2, 0, 0, 0});
  append_big_endian(
      bytes, static_cast<std::uint32_t>(crc32(0, bytes.data() + start, static_cast<uInt>(17))));
  return bytes;
}

/// A folder of pictures: two classes of three pictures of 32x32.
void make_dataset(const Workspace& workspace, const std::string& name,
                  const std::vector<std::string>& classes = {"a", "b"}) {
  for (const std::string& label : classes) {
    const std::filesystem::path folder = workspace / name / label;
    std::filesystem::create_directories(folder);
    for (int i = 0; i < 3; ++i) {
      zoo::write_png(folder / (std::to_string(i) + ".png"), disc_picture(32 + i, 32));
    }
  }
}

constexpr const char* kModel = "model.safetensors";

Arguments with_model(const std::string& command, const std::string& picture) {
  return {command, picture, "--model", kModel};
}

Arguments explain_with(const Arguments& more) {
  Arguments arguments{"explain", "disc.png", "--model", kModel, "--out", "maps"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

Arguments train_with(const Arguments& more) {
  Arguments arguments{"train", "--data",  "data", "--size", "16",           "--epochs",
                      "1",     "--batch", "2",    "--out",  "x.safetensors"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

}  // namespace

TEST_CASE("a mistyped command or option is answered with the close ones") {
  const Workspace workspace;
  const BadRequest requests[] = {
      {{}, {"subcommand is required", "cameo --help"}},
      {{"predct", "disc.png"}, {"no command \"predct\"", "\"predict\""}},
      {{"--threds", "2", "models"}, {"--threds", "--threads"}},
      {{"predict", "disc.png", "--modell", kModel}, {"--modell", "\"--model\"", "predict --help"}},
      {{"explain", "disc.png", "--metod=cam"}, {"no option \"--metod\"", "\"--method\""}},
      {{"train", "--dta", "scenes"}, {"--dta", "\"--data\""}},
      {{"eval", "--data"}, {"--data"}},
      {{"eval", "--model", kModel}, {"--data"}},
      {{"inspect", "a", "b"}, {"b"}},
      {{"models", "gapnt"}, {"gapnt", "\"gapnet\""}},
      {{"datasets", "make", "scenes"}, {"--out"}},
      {{"models", "--threads", "0"}, {"--threads"}},
      {{"models", "--threads", "many"}, {"--threads", "many"}},
      {{"models", "--seed", "-1"}, {"--seed", "-1"}},
      {{"models", "--seed", "1.5"}, {"--seed", "1.5"}},
  };
  for (const BadRequest& request : requests) check_rejected(workspace, request);
}

TEST_CASE("pictures that are not there, not whole or not pictures") {
  const Workspace workspace;
  zoo::write_jpeg(workspace / "disc.jpg", disc_picture(80, 60));
  write(workspace, "empty.png", {});
  write(workspace, "text.png", zoo::to_bytes("not a picture at all"));
  zoo::Bytes huge = zoo::read_file(workspace / "disc.png");
  const zoo::Bytes header = png_header(60000);
  std::copy(header.begin(), header.end(), huge.begin());
  write(workspace, "huge.png", huge);
  cut(workspace, "disc.png", "cut.png", 0.6);
  cut(workspace, "disc.jpg", "cut.jpg", 0.6);
  std::filesystem::create_directory(workspace / "folder.png");
  const std::pair<const char*, const char*> pictures[] = {
      {"missing.png", "missing.png"}, {"empty.png", "empty"},    {"text.png", "text.png"},
      {"huge.png", "60000"},          {"cut.png", "cut.png"},    {"cut.jpg", "cut.jpg"},
      {"folder.png", "folder"},       {"/dev/null", "/dev/null"}};
  for (const auto& [name, says] : pictures) {
    check_rejected(workspace, {with_model("predict", name), {name, says}});
    check_rejected(workspace, {{"explain", name, "--model", kModel, "--out", "maps"}, {says}});
    // The good picture before it is not written either.
    check_rejected(workspace,
                   {{"explain", "disc.png", name, "--model", kModel, "--out", "maps"}, {says}});
  }
  check_rejected(workspace, {{"predict", "--model", kModel}, {"--input-npy"}});
  check_rejected(workspace, {{"explain", "--model", kModel, "--out", "maps"}, {"--input-npy"}});
}

TEST_CASE("model files that are not there, not whole or of another model") {
  const Workspace workspace;
  write(workspace, "empty.safetensors", {});
  write(workspace, "text.safetensors", zoo::to_bytes("certainly no safetensors file"));
  write(workspace, "length.safetensors", zoo::Bytes(8, 0xFF));
  cut(workspace, kModel, "head.safetensors", 0.01);
  cut(workspace, kModel, "cut.safetensors", 0.7);
  write(workspace, "two.txt", zoo::to_bytes("one\ntwo\n"));
  write(workspace, "none.txt", {});
  const std::vector<BadRequest> requests{
      {{"predict", "disc.png", "--model", "missing.safetensors"}, {"missing.safetensors"}},
      {{"predict", "disc.png", "--model", "empty.safetensors"}, {"empty"}},
      {{"predict", "disc.png", "--model", "text.safetensors"}, {"text.safetensors"}},
      {{"predict", "disc.png", "--model", "length.safetensors"}, {"length.safetensors"}},
      {{"predict", "disc.png", "--model", "head.safetensors"}, {"head.safetensors"}},
      {{"predict", "disc.png", "--model", "cut.safetensors"}, {"cut.safetensors"}},
      {{"predict", "disc.png", "--model", "."}, {"folder"}},
      {{"predict", "disc.png", "--model", "gapnett"}, {"gapnett", "\"gapnet\""}},
      {{"predict", "disc.png", "--model", "gapnet"}, {"--weights"}},
      {{"predict", "disc.png", "--model", "gapnet", "--weights", "missing.st"}, {"missing.st"}},
      {{"predict", "disc.png", "--model", "nin_small", "--weights", kModel},
       {"nin_small", "missing", "unexpected", "fc.weight", "--allow-partial"}},
      {{"predict", "disc.png", "--model", kModel, "--classes", "two.txt"}, {"two.txt", "2", "4"}},
      {{"predict", "disc.png", "--model", kModel, "--classes", "none.txt"}, {"none.txt"}},
      {{"predict", "disc.png", "--model", kModel, "--classes", "no.txt"}, {"no.txt"}},
      {{"predict", "disc.png", "--model", kModel, "--preprocess", "imagnet"},
       {"imagnet", "\"imagenet\""}},
      {{"predict", "disc.png", "--model", kModel, "--mean", "1,2"}, {"--mean", "1,2"}},
      {{"predict", "disc.png", "--model", kModel, "--mean", "a,b,c"}, {"--mean", "\"a\""}},
      {{"predict", "disc.png", "--model", kModel, "--std", "0,1,1"}, {"std"}},
      {{"predict", "disc.png", "--model", kModel, "--crop", "500"}, {"500"}},
      {{"predict", "disc.png", "--model", kModel, "--resize", "-3"}, {"--resize", "-3"}},
      {{"predict", "disc.png", "--model", kModel, "--top", "0"}, {"--top"}},
      {{"inspect", "gapnt"}, {"gapnt", "\"gapnet\""}},
      {{"inspect", "cut.safetensors"}, {"cut.safetensors"}},
      {{"inspect", "missing.safetensors"}, {"missing.safetensors"}}};
  for (const BadRequest& request : requests) check_rejected(workspace, request);
}

TEST_CASE("arrays that do not fit the network") {
  const Workspace workspace;
  zoo::write_npy(workspace / "grey.npy", Tensor({1, 1, 32, 32}));
  zoo::write_npy(workspace / "flat.npy", Tensor({3, 32, 32}));
  zoo::write_npy(workspace / "none.npy", Tensor({0, 3, 32, 32}));
  zoo::write_npy(workspace / "good.npy", Tensor({1, 3, 32, 32}));
  cut(workspace, "good.npy", "cut.npy", 0.5);
  write(workspace, "empty.npy", {});
  for (const std::string name :
       {"grey.npy", "flat.npy", "none.npy", "cut.npy", "empty.npy", "missing.npy"}) {
    check_rejected(workspace, {{"predict", "--input-npy", name, "--model", kModel}, {name}});
    check_rejected(workspace,
                   {{"explain", "--input-npy", name, "--model", kModel, "--out", "maps"}, {name}});
  }
  check_rejected(workspace,
                 {{"predict", "disc.png", "--input-npy", "good.npy", "--model", kModel}, {"npy"}});
}

TEST_CASE("explanations of what does not exist") {
  const Workspace workspace;
  const std::vector<BadRequest> requests{
      {explain_with({"--method", "gradcm"}), {"gradcm", "\"gradcam\""}},
      {explain_with({"--method", "gradcam,"}), {"--method", "empty item"}},
      {explain_with({"--layer", "layr6.2"}), {"layr6.2", "\"layer6.2\""}},
      {explain_with({"--layer", "fc"}), {"fc"}},
      {explain_with({"--target", "cirle"}), {"cirle", "\"circle\""}},
      {explain_with({"--target", "4"}), {"4"}},
      {explain_with({"--target", "-1"}), {"-1"}},
      {explain_with({"--target", "top0"}), {"top0"}},
      {explain_with({"--target", "1-9"}), {"9"}},
      {explain_with({"--target", "circle-sqare"}), {"circle-sqare"}},
      {explain_with({"--target", "99999999999999999999"}), {"99999999999999999999"}},
      {explain_with({"--option", "leyer=layer3"}), {"leyer", "\"layer\""}},
      {explain_with({"--option", "layer"}), {"KEY=VALUE"}},
      {explain_with({"--stage", "signd"}), {"signd", "\"signed\""}},
      {explain_with({"--colormap", "virids"}), {"virids", "\"viridis\""}},
      {explain_with({"--alpha", "1.5"}), {"--alpha", "1.5"}},
      {explain_with({"--alpha", "half"}), {"--alpha", "half"}},
  };
  for (const BadRequest& request : requests) check_rejected(workspace, request);
}

TEST_CASE("outputs that cannot be written") {
  const Workspace workspace;
  make_dataset(workspace, "data");
  write(workspace, "file", zoo::to_bytes("in the way"));
  const std::vector<BadRequest> requests{
      {{"explain", "disc.png", "--model", kModel, "--out", "file"}, {"file"}},
      {{"explain", "disc.png", "--model", kModel, "--out", "file/maps"}, {"file/maps"}},
      {{"explain", "disc.png", "--model", kModel, "--out", "file/map.png"}, {"file/map.png"}},
      {{"explain", "disc.png", "--model", kModel, "--out", "missing/map.png"}, {"missing/map.png"}},
      {{"explain", "disc.png", "--model", kModel, "--out", "/proc/cameo"}, {"/proc/cameo"}},
      {explain_with({"--report", "file/page.html"}), {"file/page.html"}},
      {explain_with({"--report", "missing/page.html"}), {"missing/page.html"}},
      {{"explain", "disc.png", "--model", kModel, "--target", "top2", "--out", "map.png"},
       {"map.png", "2 results"}},
      {{"predict", "disc.png", "--model", kModel, "--logits", "file/x.npy"}, {"file/x.npy"}},
      {{"eval", "--data", "data", "--model", kModel, "--predictions", "file/x.npy"}, {}},
      {{"train", "--data", "data", "--size", "16", "--batch", "2", "--out", "file/x.safetensors"},
       {"file/x.safetensors"}},
      {train_with({"--checkpoint", "file/run"}), {"file/run"}},
      {{"datasets", "make", "scenes", "--out", "file/scenes"}, {"file/scenes"}},
  };
  for (const BadRequest& request : requests) check_rejected(workspace, request);
}

TEST_CASE("data sets that cannot be used") {
  const Workspace workspace;
  make_dataset(workspace, "data");
  make_dataset(workspace, "single", {"a"});
  make_dataset(workspace, "split/train");
  make_dataset(workspace, "damaged");
  cut(workspace, "data/a/0.png", "damaged/b/2.png", 0.5);
  std::filesystem::create_directories(workspace / "nothing/a");
  std::filesystem::create_directories(workspace / "nothing/b");
  std::filesystem::create_directory(workspace / "empty");
  write(workspace, "odd.bin", zoo::Bytes(3000, 0));
  std::filesystem::create_directory(workspace / "mnist");
  write(workspace, "mnist/train-labels-idx1-ubyte", zoo::Bytes{0, 0, 8, 1, 0, 0, 0, 2, 3, 4});
  zoo::Bytes images{0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28};
  for (std::uint8_t i = 0; i < 224; ++i) images.insert(images.end(), 7, i);
  write_gzip(workspace, "whole.gz", images);
  cut(workspace, "whole.gz", "mnist/train-images-idx3-ubyte.gz", 0.5);
  const auto train_on = [](const std::string& data) {
    return Arguments{"train", "--data",  data, "--size", "16",           "--epochs",
                     "1",     "--batch", "2",  "--out",  "x.safetensors"};
  };
  const std::vector<BadRequest> requests{
      {train_on("scens"), {"scens", "\"scenes\""}},
      {train_on("empty"), {"empty", "no pictures"}},
      {train_on("nothing"), {"nothing"}},
      {train_on("single"), {"single", "one class"}},
      {train_on("damaged"), {"damaged/b/2.png"}},
      {train_on("odd.bin"), {"odd.bin"}},
      {train_on("mnist"), {"mnist/train-images-idx3-ubyte.gz"}},
      {{"train", "--data", "data", "--size", "16", "--batch", "7", "--out", "x.safetensors"},
       {"batch", "6", "7"}},
      {{"train", "--data", "split", "--batch", "2", "--validation", "tets", "--out",
        "x.safetensors"},
       {"tets", "train"}},
      {{"eval", "--data", "split", "--split", "tset", "--model", kModel}, {"tset", "train"}},
      {{"eval", "--data", "single", "--model", kModel}, {"single"}},
      {{"eval", "--data", "missing", "--model", kModel}, {"missing", "scenes"}},
      {{"datasets", "make", "scens", "--out", "x"}, {"scens", "\"scenes\""}},
      {{"datasets", "make", "scenes", "--out", "x", "--size", "8"}, {"8"}},
      {{"datasets", "make", "scenes", "--out", "x", "--train", "0", "--val", "0", "--test", "0"},
       {"no picture"}},
      {{"datasets", "make", "scenes", "--out", "x", "--train", "-5"}, {"--train", "-5"}},
  };
  for (const BadRequest& request : requests) check_rejected(workspace, request);
}

TEST_CASE("training settings that make no sense") {
  const Workspace workspace;
  make_dataset(workspace, "data");
  const std::vector<BadRequest> requests{
      {train_with({"--model", "gapnt"}), {"gapnt", "\"gapnet\""}},
      {train_with({"--optimizer", "adan"}), {"adan", "\"adam\""}},
      {train_with({"--schedule", "cosin"}), {"cosin", "\"cosine\""}},
      {train_with({"--augment", "flop"}), {"flop", "\"flip\""}},
      {train_with({"--augment", "shift"}), {"shift", "KEY=VALUE"}},
      {train_with({"--augment", "shift=far"}), {"shift", "far"}},
      {train_with({"--augment", "cutout=-1"}), {"cutout", "-1"}},
      {train_with({"--augment", "shift=1000"}), {"shift", "1000"}},
      {train_with({"--lr", "0"}), {"learning rate"}},
      {train_with({"--lr", "fast"}), {"--lr", "fast"}},
      {train_with({"--lr", "nan"}), {"learning rate"}},
      {train_with({"--weight-decay", "-1"}), {"weight decay"}},
      {train_with({"--clip-norm", "-1"}), {"clip norm"}},
      {train_with({"--label-smoothing", "2"}), {"--label-smoothing", "2"}},
      {train_with({"--resume"}), {"--resume", "--checkpoint"}},
      {{"train", "--data", "data", "--epochs", "0", "--out", "x.safetensors"}, {"--epochs"}},
      {{"train", "--data", "data", "--size", "2", "--out", "x.safetensors"}, {"4", "2"}},
      {{"train", "--data", "data"}, {"--out", "--checkpoint"}},
  };
  for (const BadRequest& request : requests) check_rejected(workspace, request);
}

TEST_CASE("a loss that is not finite names epoch and step") {
  const Workspace workspace;
  make_dataset(workspace, "data");
  const std::vector<std::string> before = workspace.names();
  const RunResult result = workspace.run({"train", "--data", "data", "--size", "16", "--batch", "2",
                                          "--epochs", "5", "--lr", "1e30", "--quiet", "--schedule",
                                          "constant", "--out", "x.safetensors"});
  CHECK(result.code == 1);
  check_one_line(result);
  CHECK_THAT(result.err,
             Catch::Matchers::Matches(".*not finite.*epoch [1-5], step [1-3] of 3.*\n"));
  CHECK(workspace.names() == before);
}

TEST_CASE("a full disk leaves the old files whole") {
  const Workspace workspace;
  make_dataset(workspace, "data");
  const auto train = [](const std::string& seed) {
    return Arguments{"train",  "--data",   "data", "--size",  "16",    "--batch",
                     "2",      "--epochs", "2",    "--quiet", "--out", "x.safetensors",
                     "--seed", seed};
  };
  const auto with_checkpoint = [&](const std::string& seed) {
    Arguments arguments = train(seed);
    arguments.insert(arguments.end(), {"--checkpoint", "run"});
    return arguments;
  };
  workspace.done(with_checkpoint("0"));
  const auto before = workspace.files();
  const RunOptions full{.file_size_limit = 8192};

  const RunResult out = workspace.run(train("1"), full);
  CHECK(out.code == 1);
  check_one_line(out);
  CHECK_THAT(out.err, Catch::Matchers::Contains("x.safetensors"));
  CHECK(workspace.files() == before);

  const RunResult checkpoint = workspace.run(with_checkpoint("1"), full);
  CHECK(checkpoint.code == 1);
  check_one_line(checkpoint);
  const auto after = workspace.files();
  CHECK(workspace.names("run") == std::vector<std::string>{"best.safetensors", "last.safetensors",
                                                           "metrics.csv", "metrics.jsonl"});
  for (const std::string name :
       {"run/best.safetensors", "run/last.safetensors", "x.safetensors", "model.safetensors"}) {
    CHECK(after.at(name) == before.at(name));
  }

  const RunResult picture =
      workspace.run({"explain", "disc.png", "--model", kModel, "--out", "map.png"}, full);
  CHECK(picture.code == 1);
  check_one_line(picture);
  CHECK(workspace.files() == after);
}

TEST_CASE("a device that is full ends with exit code 1") {
  if (!std::filesystem::exists("/dev/full")) return;
  const Workspace workspace;
  for (const Arguments& arguments :
       {Arguments{"models"}, Arguments{"methods", "--json"}, Arguments{"predict", "--help"},
        with_model("predict", "disc.png")}) {
    INFO(Catch::StringMaker<Arguments>::convert(arguments));
    const RunResult result = workspace.run(arguments, {.stdout_path = "/dev/full"});
    CHECK(result.code == 1);
    check_one_line(result);
  }
  const RunResult logits =
      workspace.run({"predict", "disc.png", "--model", kModel, "--logits", "/dev/full"});
  CHECK(logits.code == 1);
  check_one_line(logits);
}

}  // namespace cameo::tools
