/// The command line: commands, the options they take and what is said of a line that is wrong.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): not named here
class App;
class Option;
}  // namespace CLI

namespace cameo::tools {

/// A handle of one option, to be copied freely; it is good as long as its CommandLine. Every
/// function says more about the option and gives it back.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  Option required();
  /// Help tells the value that the variable has now.
  Option show_default();
  /// Both ends belong to the range; help tells it.
  Option between(int least, int most);
  Option between(double least, double most);
  Option one_of(const std::vector<std::string>& words);
  /// `complaint` gives what is wrong with a text, or nothing.
  Option check(std::function<std::string(const std::string&)> complaint);
  /// How many values it takes.
  Option values(int least, int most);
  /// Takes one value each time it is named, so that what follows may be something else.
  Option one_value_a_time();
  /// Splits what is given at `separator`.
  Option separated_by(char separator);
  /// Not both at once.
  Option excludes(const Option& other);

 private:
  CLI::Option* option_;
};

/// A handle of one command, the program itself among them, to be copied freely; it is good as long
/// as its CommandLine. Options of the program may stand behind its commands too.
class Command {
 public:
  explicit Command(CLI::App* app) : app_(app) {}

  /// `names` are "--name", several with commas between, or "name" for what stands without one. The
  /// variable must live while the line is read.
  Option add_option(const std::string& names, std::string& value, const std::string& description);
  Option add_option(const std::string& names, int& value, const std::string& description);
  Option add_option(const std::string& names, std::int64_t& value, const std::string& description);
  Option add_option(const std::string& names, std::uint64_t& value, const std::string& description);
  Option add_option(const std::string& names, float& value, const std::string& description);
  Option add_option(const std::string& names, double& value, const std::string& description);
  Option add_option(const std::string& names, std::vector<std::string>& values,
                    const std::string& description);
  Option add_option(const std::string& names, std::vector<std::int64_t>& values,
                    const std::string& description);
  void add_flag(const std::string& names, bool& value, const std::string& description);
  /// Prints `text` and ends well.
  void add_version_flag(const std::string& names, const std::string& text);
  /// Those so far, without --help.
  std::vector<Option> options() const;

  Command add_command(const std::string& name, const std::string& description);
  /// How many of its commands must be named.
  void require_commands(int least, int most);
  /// Is one of its commands named on the line?
  bool command_chosen() const;

  /// Stands below the help.
  void footer(const std::string& text);
  /// Runs once the line is read; what it throws goes through CommandLine::run().
  void action(std::function<void()> run);
  /// Runs before the action of any of its commands.
  void before_actions(std::function<void()> run);

 private:
  CLI::App* app_;
};

/// Owns a program's commands and reads lines for them.
class CommandLine {
 public:
  explicit CommandLine(const std::string& name = "", const std::string& description = "");
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  Command program() { return Command(app_.get()); }

  /// Reads what main() was given and runs the chosen command's action; help and version go to
  /// stdout. Throws ArgumentError for a wrong line, with close names for a mistyped one and where
  /// the help is; and what the action throws.
  void run(int argc, const char* const* argv);
  /// Reads the words of a line, the program's name not among them, for their values. Throws
  /// ArgumentError for a wrong line and for one that asks for help.
  void read(std::vector<std::string> words);

 private:
  std::unique_ptr<CLI::App> app_;
};

}  // namespace cameo::tools
