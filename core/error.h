/// The exceptions Cameo throws. All derive from `cameo::Error`; the message names the op or file,
/// what was expected and what came. The library never prints, aborts or exits.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace cameo {

/// Base of every exception thrown by Cameo.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An option or argument has a value that cannot be used.
class ArgumentError : public Error {
 public:
  using Error::Error;
};

/// Tensor shapes do not fit an op, a network or each other.
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// A name (layer, class, method, model, tensor) that does not exist; the message lists close
/// matches.
class LookupError : public Error {
 public:
  using Error::Error;
};

/// A file from outside breaks the rules of its format.
class FormatError : public Error {
 public:
  /// The message reads "FILE: at byte OFFSET: WHAT"; a negative offset is left out.
  FormatError(std::string_view file, std::int64_t offset, std::string_view what);
  std::int64_t offset() const { return offset_; }

 private:
  std::int64_t offset_;
};

/// A file cannot be opened, read or created: missing, a directory, no permission.
class FileError : public Error {
 public:
  using Error::Error;
};

/// Work that was asked for correctly failed while it ran: a loss that is not finite, a full disk.
class RunError : public Error {
 public:
  using Error::Error;
};

}  // namespace cameo
