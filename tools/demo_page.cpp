#include "tools/demo_page.h"

#include <algorithm>

#include "tools/console.h"
#include "tools/html.h"

namespace cameo::tools {

namespace {

std::string rate_figure(const DemoRate& rate, const std::string& caption) {
  return figure_card(
      format_percent(rate.share(), 1),
      caption + " (" + std::to_string(rate.hits) + " of " + std::to_string(rate.total) + ")");
}

std::string figures(const DemoReport& report) {
  return "<div class=\"figures\">" +
         rate_figure(report.accuracy, "of the test pictures classified correctly") +
         rate_figure(report.peak_in_box, "of those: the peak of CAM lies inside the object's box") +
         rate_figure(
             report.box_overlap,
             "of those: CAM's box at 20 % of its maximum overlaps the true box, IoU ≥ 0.5") +
         figure_card(
             format_duration(report.training_seconds),
             "of training at " + format_number(report.images_per_second, 0) + " pictures/s") +
         "</div>\n";
}

Series series_of(const std::string& name, const std::vector<DemoCurvePoint>& points,
                 double DemoCurvePoint::*value) {
  Series series{.name = name};
  for (const DemoCurvePoint& point : points) {
    series.x.push_back(point.pictures / 1000.0);
    series.y.push_back(point.*value);
  }
  return series;
}

std::string curves(const DemoReport& report) {
  double highest = 0.1;
  for (const DemoCurvePoint& point : report.training) highest = std::max(highest, point.loss);
  const Series losses[] = {series_of("training", report.training, &DemoCurvePoint::loss),
                           series_of("test", report.test, &DemoCurvePoint::loss)};
  const Series accuracies[] = {series_of("training", report.training, &DemoCurvePoint::accuracy),
                               series_of("test", report.test, &DemoCurvePoint::accuracy)};
  const std::string x_label = "thousand pictures seen";
  return "<div class=\"charts\">" +
         line_chart(losses, {.title = "Loss", .x_label = x_label, .high = highest}) +
         line_chart(accuracies, {.title = "Accuracy", .x_label = x_label, .percent = true}) +
         "</div>\n";
}

std::string introduction(const DemoReport& report) {
  return "<p class=\"soft\">Cameo demo</p><h1>What a freshly trained network looks at</h1>\n<p>A "
         "small "
         "network that ends in global average pooling has just learnt to name ten shapes from " +
         std::to_string(report.training_pictures) +
         " pictures that the program drew itself. Nobody told it where the shapes are. The maps "
         "below "
         "show which parts of a picture its answers rest on.</p>\n<p class=\"soft\">" +
         escape_html(report.model) + "</p>\n";
}

constexpr const char* kHowToRead =
    "<p>Each row is a test picture that the network had not seen, with the true box in white and "
    "CAM's own "
    "box (20 % of its maximum) in black; then the evidence for the predicted class. CAM and "
    "Grad-CAM are "
    "coloured from blue (nothing) to red (the map's maximum) over the picture. On this network the "
    "two must "
    "agree up to a factor, and they do. Guided backpropagation, deconvnet and saliency show single "
    "pixels: "
    "sharp, but hardly dependent on the class. Guided Grad-CAM multiplies both kinds.</p>\n";

constexpr const char* kSeveralObjects =
    "<p>The same network, trained on pictures of one object, asked about pictures with two: "
    "Grad-CAM for the "
    "class of each object in turn. The percentage is the probability the network gives that "
    "class.</p>\n";

}  // namespace

std::string demo_page(const DemoReport& report) {
  std::string body = introduction(report) + figures(report) + curves(report);
  body += "<h2>Confusion on the test pictures</h2>\n" +
          confusion_table(report.confusion, report.class_names);
  body += std::string("<h2>One object</h2>\n") + kHowToRead + "<p><img alt=\"colour bar\" src=\"" +
          report.color_bar + "\"></p>\n" + picture_grid(report.single);
  body += std::string("<h2>Two objects</h2>\n") + kSeveralObjects + picture_grid(report.multiple);
  body += "<h2>Make this page again</h2>\n<pre>" + escape_html(report.command) + "</pre>\n";
  return html_page("What a freshly trained network looks at", body);
}

}  // namespace cameo::tools
