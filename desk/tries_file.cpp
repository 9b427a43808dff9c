#include "desk/tries_file.hpp"

#include "runtime/in_place.hpp"

namespace ward::desk {

using storage::SpareTries;

storage::SpareTries spare_tries_in(const runtime::DataDir& directory) {
  const auto path = directory.file("pins.tries");
  if (runtime::file_bytes(path) != SpareTries::file_bytes &&
      runtime::write_private_file(path, Bytes(SpareTries::file_bytes), true).has_error())
    return {};
  auto opened = SpareTries::open({[path] { return runtime::read_private_file(path, SpareTries::file_bytes); },
                                  [path](BytesView bytes) { return runtime::write_in_place(path, bytes); }});
  return opened.has_value() ? *std::move(opened) : SpareTries();
}

}  // namespace ward::desk
