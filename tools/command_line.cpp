// The only file that knows CLI11, whose header takes longer to compile than most commands.
#include "tools/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "core/error.h"
#include "core/names.h"

namespace cameo::tools {

namespace {

/// The subcommand that was chosen last, or the program itself.
const CLI::App* chosen_command(const CLI::App* app) {
  while (!app->get_subcommands().empty()) app = app->get_subcommands().back();
  return app;
}

/// Every long option that a command or one of its parents takes.
std::vector<std::string> option_names(const CLI::App* command) {
  std::vector<std::string> names;
  for (; command != nullptr; command = command->get_parent()) {
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return names;
}

/// CLI11 calls a mistyped command or option an unexpected argument; say what would have been right.
std::string parse_error_message(const CLI::App& app, const CLI::ParseError& error, int argc,
                                const char* const* argv) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  std::vector<std::string> commands;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    commands.push_back(command->get_name());
  }
  if (chosen.empty() && argc > 1 && argv[1][0] != '-') {
    return unknown_name_message("command", argv[1], commands);
  }
  const std::string command = chosen.empty() ? "" : " " + chosen.front()->get_name();
  const std::string help = " (see cameo" + command + " --help)";
  for (const std::string& argument : app.remaining(true)) {
    if (!argument.starts_with("--")) continue;
    const std::string name = argument.substr(0, argument.find('='));
    return unknown_name_message("option", name, option_names(chosen_command(&app))) + help;
  }
  return error.what() + help;
}

}  // namespace

Option Option::required() { return Option(option_->required()); }

Option Option::show_default() { return Option(option_->capture_default_str()); }

Option Option::between(int least, int most) {
  return Option(option_->check(CLI::Range(least, most)));
}

Option Option::between(double least, double most) {
  return Option(option_->check(CLI::Range(least, most)));
}

Option Option::one_of(const std::vector<std::string>& words) {
  return Option(option_->check(CLI::IsMember(words)));
}

Option Option::check(std::function<std::string(const std::string&)> complaint) {
  return Option(option_->check(std::move(complaint)));
}

Option Option::values(int least, int most) { return Option(option_->expected(least, most)); }

Option Option::one_value_a_time() { return Option(option_->allow_extra_args(false)); }

Option Option::separated_by(char separator) { return Option(option_->delimiter(separator)); }

Option Option::excludes(const Option& other) { return Option(option_->excludes(other.option_)); }

Option Command::add_option(const std::string& names, std::string& value,
                           const std::string& description) {
  return Option(app_->add_option(names, value, description));
}

Option Command::add_option(const std::string& names, int& value, const std::string& description) {
  return Option(app_->add_option(names, value, description));
}

Option Command::add_option(const std::string& names, std::int64_t& value,
                           const std::string& description) {
  return Option(app_->add_option(names, value, description));
}

Option Command::add_option(const std::string& names, std::uint64_t& value,
                           const std::string& description) {
  return Option(app_->add_option(names, value, description));
}

Option Command::add_option(const std::string& names, float& value, const std::string& description) {
  return Option(app_->add_option(names, value, description));
}

Option Command::add_option(const std::string& names, double& value,
                           const std::string& description) {
  return Option(app_->add_option(names, value, description));
}

Option Command::add_option(const std::string& names, std::vector<std::string>& values,
                           const std::string& description) {
  return Option(app_->add_option(names, values, description));
}

Option Command::add_option(const std::string& names, std::vector<std::int64_t>& values,
                           const std::string& description) {
  return Option(app_->add_option(names, values, description));
}

void Command::add_flag(const std::string& names, bool& value, const std::string& description) {
  app_->add_flag(names, value, description);
}

void Command::add_version_flag(const std::string& names, const std::string& text) {
  app_->set_version_flag(names, text);
}

std::vector<Option> Command::options() const {
  std::vector<Option> options;
  for (CLI::Option* option : app_->get_options()) {
    if (option != app_->get_help_ptr()) options.emplace_back(option);
  }
  return options;
}

Command Command::add_command(const std::string& name, const std::string& description) {
  CLI::App* app = app_->add_subcommand(name, description);
  app->fallthrough();
  return Command(app);
}

void Command::require_commands(int least, int most) {
  app_->require_subcommand(static_cast<std::size_t>(least), static_cast<std::size_t>(most));
}

bool Command::command_chosen() const { return !app_->get_subcommands().empty(); }

void Command::footer(const std::string& text) { app_->footer(text); }

void Command::action(std::function<void()> run) { app_->callback(std::move(run)); }

void Command::before_actions(std::function<void()> run) {
  app_->parse_complete_callback(std::move(run));
}

CommandLine::CommandLine(const std::string& name, const std::string& description)
    : app_(std::make_unique<CLI::App>(description, name)) {}

CommandLine::~CommandLine() = default;

void CommandLine::run(int argc, const char* const* argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::Success& success) {
    app_->exit(success);  // prints the help or the version
  } catch (const CLI::ParseError& error) {
    throw ArgumentError(parse_error_message(*app_, error, argc, argv));
  }
}

void CommandLine::read(std::vector<std::string> words) {
  std::reverse(words.begin(), words.end());
  try {
    app_->parse(std::move(words));
  } catch (const CLI::ParseError& error) {
    throw ArgumentError(error.what());
  }
}

}  // namespace cameo::tools
