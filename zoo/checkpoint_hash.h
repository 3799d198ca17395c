/// Public checkpoints carry the beginning of their SHA-256 in their name.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace cameo::zoo {

/// Of "resnet50-0676ba61.pth" the digits "0676ba61"; empty where a name does not end in '-' and at
/// least eight hexadecimal digits before its extension.
std::string sha256_prefix(std::string_view file_name);

/// SHA-256 of a file's bytes in 64 hexadecimal digits. Throws FileError.
std::string sha256(const std::filesystem::path& path);

/// Checks a file that is named like one of the registry's public checkpoints against its name;
/// other files are left unread. Throws FormatError with both values when they differ. The result is
/// empty, or a warning for a file whose published bytes themselves differ from its name. Throws
/// FileError.
std::string check_checkpoint_name(const std::filesystem::path& path);

}  // namespace cameo::zoo
