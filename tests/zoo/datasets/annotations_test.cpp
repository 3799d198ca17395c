// Annotation files of COCO, PASCAL VOC and CUB: what they say, and what is wrong with bad ones.
#include <catch2/catch.hpp>
#include <fstream>
#include <numeric>

#include "core/error.h"
#include "tests/zoo/test_files.h"
#include "zoo/datasets/annotations/annotated_pictures.h"
#include "zoo/datasets/annotations/coco_reader.h"
#include "zoo/datasets/annotations/cub_reader.h"
#include "zoo/datasets/annotations/voc_reader.h"
#include "zoo/datasets/annotations/xml.h"
#include "zoo/datasets/scenes/export.h"

using namespace cameo;
using namespace cameo::zoo;

namespace {

namespace fs = std::filesystem;

void write_text(const fs::path& file, std::string_view text) {
  fs::create_directories(file.parent_path());
  write_file(file, text);
}

Annotations coco(std::string_view text) {
  return decode_coco(to_bytes(text), "pictures", "x.json");
}

/// One 3x2 picture with one annotation, some of its members being `more`.
std::string coco_text(std::string_view more, std::string_view bbox = "[0, 0, 2, 1]") {
  return joined({R"({"images": [{"id": 4, "file_name": "a.png", "width": 3, "height": 2}],
    "categories": [{"id": 9, "name": "dog"}, {"id": 2, "name": "cat"}],
    "annotations": [{"image_id": 4, "category_id": 9, "bbox": )",
                 bbox, more, "}]}"});
}

std::vector<std::uint8_t> mask_of(const Annotations& annotations) {
  return object_mask(annotations.files.at(0).objects.at(0), 2, 3, "x.json");
}

using Mask = std::vector<std::uint8_t>;

constexpr const char* kVoc = R"(<?xml version="1.0"?>
<!-- a comment -->
<annotation verified="yes">
  <filename>a.png</filename>
  <object><name>dog</name><bndbox><xmin>2</xmin><ymin>1</ymin><xmax>3</xmax><ymax>2</ymax></bndbox>
    <part><name>head</name></part></object>
  <object><name>cat &amp; co</name>
    <bndbox><xmin>1.0</xmin><ymin>1</ymin><xmax>1</xmax><ymax>1</ymax></bndbox></object>
</annotation>
)";

void write_cub(const fs::path& folder) {
  write_text(folder / "images.txt", "1 001.Jay/a.png\n2 002.Owl/b.png\n");
  write_text(folder / "bounding_boxes.txt", "1 0.0 1.0 2.0 3.5\n2 1 1 1 1\n");
  write_text(folder / "classes.txt", "1 001.Jay\n2 002.Owl\n");
  write_text(folder / "image_class_labels.txt", "1 1\n2 2\n");
  write_text(folder / "train_test_split.txt", "1 1\n2 0\n");
}

}  // namespace

TEST_CASE("COCO: classes by id, boxes, and masks in all three forms") {
  const Annotations plain = coco(coco_text(""));
  CHECK(plain.class_names == std::vector<std::string>{"cat", "dog"});
  REQUIRE(plain.files.size() == 1);
  CHECK(plain.files[0].picture == fs::path("pictures/a.png"));
  CHECK(plain.files[0].label == 1);
  REQUIRE(plain.files[0].objects.size() == 1);
  CHECK(plain.files[0].objects[0].box == ObjectBox{0, 0, 2, 1});
  CHECK_FALSE(plain.files[0].objects[0].has_mask());
  CHECK(mask_of(plain).empty());
  // Down the columns: 1 off, 2 on, 3 off.
  const Mask expected{0, 1, 0, 1, 0, 0};
  CHECK(mask_of(coco(coco_text(R"(, "segmentation": {"counts": [1, 2, 3], "size": [2, 3]})"))) ==
        expected);
  CHECK(mask_of(coco(coco_text(R"(, "segmentation": {"counts": "123", "size": [2, 3]})"))) ==
        expected);
  // The fourth run of the text form is given by its difference to the second.
  CHECK(mask_of(coco(coco_text(R"(, "segmentation": {"counts": "1111OO", "size": [2, 3]})"))) ==
        mask_of(coco(
            coco_text(R"(, "segmentation": {"counts": [1, 1, 1, 2, 0, 1], "size": [2, 3]})"))));
  // The square from (0,0) to (2,1) holds the centres of the first two pixels.
  CHECK(mask_of(coco(coco_text(R"(, "segmentation": [[0, 0, 2, 0, 2, 1, 0, 1]])"))) ==
        Mask{1, 1, 0, 0, 0, 0});
  CHECK(coco(coco_text(R"(, "iscrowd": 1)")).files[0].objects.empty());
  CHECK(coco(coco_text(R"(, "iscrowd": 1)")).files[0].label == -1);
}

TEST_CASE("COCO: what is wrong is said, with the file's name") {
  const std::string names[] = {
      "",
      "{",
      "[]",
      "{}",
      "null",
      R"({"images": 1, "categories": [], "annotations": []})",
      coco_text("", "[0, 0, 2]"),
      coco_text("", "[0, 0, -2, 1]"),
      coco_text("", "[0, 0, 1e99, 1]"),
      coco_text("", "\"box\""),
      coco_text(R"(, "segmentation": [[0, 0, 1, 1]])"),
      coco_text(R"(, "segmentation": [[0, 0, 1, 1, "x", 2]])"),
      coco_text(R"(, "segmentation": {"counts": [1, 2], "size": [2, 3]})"),
      coco_text(R"(, "segmentation": {"counts": [1, 2, 4], "size": [2, 3]})"),
      coco_text(R"(, "segmentation": {"counts": [-1, 7], "size": [2, 3]})"),
      coco_text(R"(, "segmentation": {"counts": [6], "size": [3, 2]})"),
      coco_text(R"(, "segmentation": {"counts": "oooooooooooooo", "size": [2, 3]})"),
      coco_text(R"(, "segmentation": {"counts": "!", "size": [2, 3]})"),
      coco_text(R"(, "segmentation": {"counts": 5, "size": [2, 3]})"),
      R"({"images": [], "categories": [], "annotations": [{"image_id": 1}]})",
      R"({"images": [{"id": 1, "file_name": "../a.png", "width": 1, "height": 1}],
          "categories": [], "annotations": []})",
      R"({"images": [{"id": 1, "file_name": "/a.png", "width": 1, "height": 1}],
          "categories": [], "annotations": []})",
      R"({"images": [{"id": 1, "file_name": "a", "width": 4000000000, "height": 4000000000}],
          "categories": [], "annotations": []})",
      R"({"images": [{"id": 1, "file_name": "a", "width": 1, "height": 18446744073709551615}],
          "categories": [], "annotations": []})",
      R"({"images": [{"id": 1, "file_name": "a", "width": 1, "height": 1},
                     {"id": 1, "file_name": "b", "width": 1, "height": 1}],
          "categories": [], "annotations": []})",
      R"({"images": [], "categories": [{"id": 1, "name": "a"}, {"id": 1, "name": "b"}],
          "annotations": []})"};
  for (const std::string& text : names) {
    INFO(text);
    CHECK_THROWS_AS(coco(text), FormatError);
    CHECK_THROWS_WITH(coco(text), Catch::Contains("x.json"));
  }
  AnnotatedObject object;
  object.runs = {1, 2};
  CHECK_THROWS_AS(object_mask(object, 2, 2, "a.png"), FormatError);
}

TEST_CASE("XML: elements, text and entities, nothing else") {
  const XmlElement root = parse_xml("<a x='1' y = \"2\"><b/> t&lt;&#65;<c> 5 </c><c/></a>", "x");
  CHECK(root.name == "a");
  CHECK(root.text == "t<A");
  REQUIRE(root.children.size() == 3);
  CHECK(root.child("c")->text == "5");
  CHECK(root.child("d") == nullptr);
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  const std::string bad[] = {"",
                             "a",
                             "<a>",
                             "<a",
                             "<a></b>",
                             "<a></a",
                             "<a x></a>",
                             "<a x=1></a>",
                             "<a x='1></a>",
                             "<a>&nbsp;</a>",
                             "<a>&#300;</a>",
                             "<a>&#xZ;</a>",
                             "<a>&#1",
                             "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
                             "<a><![CDATA[x]]></a>",
                             "<a/><b/>",
                             "<!-- x",
                             "<?xml",
                             "<a><!--</a>",
                             "< a/>",
                             deep};
  for (const std::string& text : bad) {
    INFO(text);
    CHECK_THROWS_AS(parse_xml(text, "x.xml"), FormatError);
  }
}

TEST_CASE("VOC: boxes from 1 with their end, splits by list") {
  const TemporaryFolder folder;
  write_text(folder / "Annotations/one.xml", kVoc);
  fs::create_directories(folder / "JPEGImages");
  const Annotations all = read_voc(folder.path(), "test");
  CHECK(all.class_names == std::vector<std::string>{"cat & co", "dog"});
  REQUIRE(all.files.size() == 1);
  CHECK(all.files[0].picture == folder / "JPEGImages/a.png");
  CHECK(all.files[0].label == 1);
  REQUIRE(all.files[0].objects.size() == 2);
  CHECK(all.files[0].objects[0].box == ObjectBox{1, 0, 3, 2});
  CHECK(all.files[0].objects[1].box == ObjectBox{0, 0, 1, 1});
  write_text(folder / "ImageSets/Main/val.txt", "one 1\n\n");
  CHECK(read_voc(folder.path(), "val").files.size() == 1);
  CHECK_THROWS_AS(read_voc(folder.path(), "test"), LookupError);
  write_text(folder / "ImageSets/Main/bad.txt", "../one\n");
  CHECK_THROWS_AS(read_voc(folder.path(), "bad"), FormatError);
  write_text(folder / "ImageSets/Main/gone.txt", "two\n");
  CHECK_THROWS_AS(read_voc(folder.path(), "gone"), FileError);
}

TEST_CASE("VOC: what is wrong is said, with the file's name") {
  const TemporaryFolder folder;
  const std::string start = "<annotation><filename>a.png</filename><object><name>d</name>";
  const std::string bad[] = {
      "<other/>",
      "<annotation/>",
      "<annotation><filename>/a</filename></annotation>",
      start + "</object></annotation>",
      start + "<bndbox><xmin>1</xmin></bndbox></object></annotation>",
      start +
          "<bndbox><xmin>3</xmin><ymin>1</ymin><xmax>1</xmax><ymax>2</ymax></bndbox></object>"
          "</annotation>",
      start +
          "<bndbox><xmin>nan</xmin><ymin>1</ymin><xmax>1</xmax><ymax>2</ymax></bndbox></object>"
          "</annotation>"};
  for (const std::string& text : bad) {
    INFO(text);
    write_text(folder / "Annotations/one.xml", text);
    CHECK_THROWS_AS(read_voc(folder.path(), "test"), FormatError);
    CHECK_THROWS_WITH(read_voc(folder.path(), "test"), Catch::Contains("one.xml"));
  }
  fs::remove(folder / "Annotations/one.xml");
  CHECK_THROWS_AS(read_voc(folder.path(), "test"), FileError);
}

TEST_CASE("CUB: lists by id, and the split") {
  const TemporaryFolder folder;
  write_cub(folder.path());
  const Annotations training = read_cub(folder.path(), "train");
  REQUIRE(training.files.size() == 1);
  CHECK(training.class_names == std::vector<std::string>{"001.Jay", "002.Owl"});
  CHECK(training.files[0].picture == folder / "images/001.Jay/a.png");
  CHECK(training.files[0].label == 0);
  CHECK(training.files[0].objects[0].box == ObjectBox{0, 1, 2, 4.5});
  CHECK(read_cub(folder.path(), "test").files[0].label == 1);
  CHECK_THROWS_AS(read_cub(folder.path(), "val"), LookupError);
  fs::remove(folder / "train_test_split.txt");
  CHECK(read_cub(folder.path(), "any").files.size() == 2);
}

TEST_CASE("CUB: what is wrong is said, with the file's name") {
  const std::pair<const char*, const char*> bad[] = {
      {"images.txt", "1 a b\n"},
      {"images.txt", "one a.png\n"},
      {"images.txt", "1 a\n1 b\n"},
      {"images.txt", "1 ../a.png\n"},
      {"bounding_boxes.txt", "1 0 0 1\n"},
      {"bounding_boxes.txt", "2 0 0 1 1\n"},
      {"bounding_boxes.txt", "1 0 0 0 1\n2 0 0 1 1\n"},
      {"classes.txt", "1 a\n"},
      {"image_class_labels.txt", "1 x\n2 2\n"}};
  for (const auto& [file, text] : bad) {
    INFO(file << ": " << text);
    const TemporaryFolder folder;
    write_cub(folder.path());
    write_text(folder / file, text);
    fs::remove(folder / "train_test_split.txt");
    CHECK_THROWS_AS(read_cub(folder.path(), "test"), FormatError);
  }
  const TemporaryFolder folder;
  write_cub(folder.path());
  fs::remove(folder / "classes.txt");
  CHECK_THROWS_AS(read_cub(folder.path(), "test"), FileError);
}

TEST_CASE("Scenes drawn and Scenes in files say the same") {
  const TemporaryFolder folder;
  export_scenes(folder / "shapes",
                {.train = 0, .validation = 0, .test = 4, .scene = multi_object_scenes()});
  const auto drawn = open_annotated_pictures("scenes-multi", {.count = 4});
  const auto files = open_annotated_pictures((folder / "shapes").string());
  const auto file = open_annotated_pictures((folder / "shapes/test.json").string());
  REQUIRE(drawn->size() == 4);
  REQUIRE(files->size() == 4);
  CHECK(files->class_names() == drawn->class_names());
  CHECK(file->picture(2).image == files->picture(2).image);
  for (std::size_t i = 0; i < 4; ++i) {
    const AnnotatedPicture a = drawn->picture(i);
    const AnnotatedPicture b = files->picture(i);
    CHECK(a.image == b.image);
    REQUIRE(a.objects.size() == b.objects.size());
    for (std::size_t k = 0; k < a.objects.size(); ++k) {
      CHECK(a.objects[k].label == b.objects[k].label);
      CHECK(a.objects[k].box == b.objects[k].box);
      CHECK(a.objects[k].mask == b.objects[k].mask);
    }
  }
  CHECK_THROWS_AS(files->picture(4), ArgumentError);
}

TEST_CASE("data sets without objects have labels alone") {
  const TemporaryFolder folder;
  for (const char* name : {"test/cat/a.png", "test/dog/b.png"}) {
    fs::create_directories((folder / name).parent_path());
    write_png(folder / name, Image(8, 8));
  }
  const auto pictures = open_annotated_pictures(folder.path().string(), {.image_shape = {3, 8, 8}});
  REQUIRE(pictures->size() == 2);
  CHECK(pictures->class_names() == std::vector<std::string>{"cat", "dog"});
  CHECK(pictures->picture(1).label == 1);
  CHECK(pictures->picture(1).objects.empty());
  CHECK_THROWS_AS(open_annotated_pictures("scnes"), LookupError);
  CHECK_THROWS_AS(pictures->picture(2), ArgumentError);
}

TEST_CASE("objects go the picture's way through resizing and cropping") {
  AnnotatedPicture picture{.name = "p", .image = Image(8, 4), .label = 0};
  Mask mask(32, 0);
  mask[0] = mask[1] = mask[8] = mask[9] = 1;
  picture.objects.push_back({.label = 5, .box = {0, 0, 2, 2}, .mask = mask});
  picture.objects.push_back({.label = 6, .box = {2, 0, 6, 4}});
  const auto same = place_objects({}, picture);
  REQUIRE(same.size() == 2);
  CHECK(same[0].label == 5);
  CHECK(same[0].mask == mask);
  CHECK((same[0].right == 2 && same[0].bottom == 2));
  CHECK(same[1].mask.empty());
  const auto twice = place_objects({.resize_width = 16, .resize_height = 8}, picture);
  CHECK((twice[0].left == 0 && twice[0].top == 0 && twice[0].right == 4 && twice[0].bottom == 4));
  CHECK(std::accumulate(twice[0].mask.begin(), twice[0].mask.end(), 0) == 16);
  // The central 4x4 begins at column 2: the first object is gone, the second is all of it.
  const auto cropped = place_objects({.crop = 4}, picture);
  REQUIRE(cropped.size() == 1);
  CHECK(cropped[0].label == 6);
  CHECK((cropped[0].left == 0 && cropped[0].right == 4 && cropped[0].bottom == 4));
}
