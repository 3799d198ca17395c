// The pieces that commands are made of.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "tools/console.h"
#include "tools/html.h"
#include "tools/options.h"
#include "tools/scores.h"

using namespace cameo;
using namespace cameo::tools;

TEST_CASE("numbers and times are written plainly") {
  CHECK(format_number(0.98765, 2) == "0.99");
  CHECK(format_percent(0.98765) == "98.77 %");
  CHECK(format_duration(65) == "1:05");
  CHECK(format_duration(7380) == "2:03:00");
  CHECK(format_duration(-1) == "0:00");
}

TEST_CASE("tables align numbers right and text left, by characters rather than bytes") {
  Table table({"name", "n"});
  table.add_row({"é", "5"});
  table.add_row({"abc", "12"});
  CHECK(table.text() == "name   n\né      5\nabc   12\n");
}

TEST_CASE("lists, pairs and triplets from the command line") {
  CHECK(split_list("--method", "cam, gradcam") == std::vector<std::string>{"cam", "gradcam"});
  CHECK_THROWS_AS(split_list("--method", "cam,"), ArgumentError);
  CHECK(parse_key_value("--option", "patch=45").second == "45");
  CHECK_THROWS_AS(parse_key_value("--option", "patch"), ArgumentError);
  CHECK(parse_triplet("--mean", "0.5,1,2")[2] == 2.0F);
  CHECK_THROWS_AS(parse_triplet("--mean", "0.5,1"), ArgumentError);
  CHECK_THROWS_AS(parse_triplet("--mean", "0.5,1,x"), ArgumentError);
  CHECK_THROWS_AS(parse_number("--lr", "nan"), ArgumentError);
}

TEST_CASE("probabilities are those of the softmax, and NaN ranks last") {
  const float logits[] = {0.0F, 1.0F, 1000.0F};
  const std::vector<Score> scores = softmax_scores(logits);
  CHECK(scores[2].probability == Approx(1.0));
  CHECK(scores[0].probability == Approx(0.0).margin(1e-12));
  const float two[] = {0.0F, std::log(3.0F)};
  CHECK(softmax_scores(two)[1].probability == Approx(0.75));

  const float broken[] = {std::numeric_limits<float>::quiet_NaN(), 1.0F, 1.0F};
  const std::vector<Score> best = best_scores(broken, 2);
  REQUIRE(best.size() == 2);
  CHECK(best[0].index == 1);  // of equals the lower index first
  CHECK(best[1].index == 2);
}

TEST_CASE("text cannot break out of a page") {
  CHECK(escape_html("<a href='x'>\"&") == "&lt;a href=&#39;x&#39;&gt;&quot;&amp;");
  const Series series[] = {{"<b>", {0.0, 1.0}, {0.0, 1.0}}};
  CHECK(line_chart(series, {.title = "<i>"}).find("<i>") == std::string::npos);
  CHECK(line_chart(series, {.title = "t"}).find("<b>") == std::string::npos);
}

TEST_CASE("base64 as RFC 4648 has it") {
  const auto encode = [](std::string_view text) {
    return base64(std::vector<std::uint8_t>(text.begin(), text.end()));
  };
  CHECK(encode("").empty());
  CHECK(encode("f") == "Zg==");
  CHECK(encode("fo") == "Zm8=");
  CHECK(encode("foo") == "Zm9v");
  CHECK(encode("foobar") == "Zm9vYmFy");
}
