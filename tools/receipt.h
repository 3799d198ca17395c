/// What a result was made from, written beside it, so that it can be made again.
#pragma once

#include <filesystem>

#include "tools/explain_command.h"
#include "tools/file_digest.h"
#include "tools/json.h"
#include "zoo/model.h"

namespace cameo::tools {

/// The files that a command read for its model; no file where the model is built in.
struct ModelFiles {
  FileDigest model;    ///< --model where it is a file
  FileDigest weights;  ///< --weights
};
/// Starts their checksums.
ModelFiles model_files(const ModelChoice& choice);

/// The words after `cameo` that make this one result again: with every option that was not left at
/// its default, but without those that only say where things go. `range` is the scale where several
/// maps share it. Fit for a shell when quoted by shell_line().
std::vector<std::string> arguments_of(const ExplainCommand& command, const ExplainResult& result,
                                      const std::string& picture,
                                      const std::optional<explain::ValueRange>& range);

/// "cameo explain 'my photo.jpg' --method cam"
std::string shell_line(const std::vector<std::string>& arguments);

/// One result's receipt, without times, so that the same work gives the same bytes. `picture` is
/// the file that was explained.
struct ReceiptSource {
  const ExplainCommand& command;
  const zoo::Model& model;
  const ModelFiles& files;
  const FileDigest& picture;
};
Json make_receipt(const ReceiptSource& source, const ModelInput& input, const ExplainResult& result,
                  const std::optional<explain::ValueRange>& range);

/// The command of a receipt, which takes the place of pictures, model, methods and look; where
/// results go stays as `command` says. Throws FormatError for a file that is no receipt, and where
/// model or picture are not the files they were.
ExplainCommand command_of_receipt(const std::filesystem::path& path, ExplainCommand command);

}  // namespace cameo::tools
