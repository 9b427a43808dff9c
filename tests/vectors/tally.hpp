#pragma once

#include <cstddef>
#include <stdexcept>

namespace ward::vectors {

struct Tally {
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t not_applicable = 0;

  Tally& operator+=(const Tally& other) {
    passed += other.passed;
    failed += other.failed;
    not_applicable += other.not_applicable;
    return *this;
  }
};

/// A file that cannot be run: not there, not of the expected form. The message names the file and the place in it.
struct BadFile : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace ward::vectors
