#pragma once

#include <boost/json/value.hpp>

#include <string>

/// Deadlines on the command line of both programs.
namespace ward::cli {

/// A dossier's deadline as `show` tells it, the official words first: what is left, or how it ended, and what else one must know of it.
[[nodiscard]] std::string deadline_words(const boost::json::value& dossier);

}  // namespace ward::cli
