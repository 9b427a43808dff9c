#include "tests/fuzz/targets.hpp"

/// libFuzzer's door to one target, which the build names.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ward::fuzz::WARD_FUZZ_TARGET({data, size});
  return 0;
}
