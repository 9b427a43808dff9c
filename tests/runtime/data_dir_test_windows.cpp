#include "runtime/data_dir.hpp"
#include "runtime/file_facts.hpp"
#include "tests/support/temporary.hpp"

#include <catch2/catch.hpp>

#include <windows.h>

#include <aclapi.h>

using namespace ward;
using namespace ward::runtime;
using ward::test::Temporary;

namespace {

/// Lets every account of the machine read the file.
void open_to_everybody(const std::string& path) {
  EXPLICIT_ACCESSA everybody{};
  everybody.grfAccessPermissions = GENERIC_ALL;
  everybody.grfAccessMode = SET_ACCESS;
  everybody.Trustee.TrusteeForm = TRUSTEE_IS_NAME;
  everybody.Trustee.ptstrName = const_cast<char*>("EVERYONE");
  PACL list = nullptr;
  REQUIRE(SetEntriesInAclA(1, &everybody, nullptr, &list) == ERROR_SUCCESS);
  REQUIRE(SetNamedSecurityInfoA(const_cast<char*>(path.c_str()), SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, nullptr, nullptr, list,
                                nullptr) == ERROR_SUCCESS);
  LocalFree(list);
}

}  // namespace

TEST_CASE("private file: one that others may read is refused, and the message says how to mend it") {
  const Temporary here;
  const auto path = here.file("device.key");
  REQUIRE(write_private_file(path, view("secret"), false).has_value());
  CHECK(*read_private_file(path, 100) == copy(view("secret")));
  open_to_everybody(path);
  const auto refused = read_private_file(path, 100);
  REQUIRE(refused.has_error());
  CHECK(refused.error().fault == Fault::invalid);
  CHECK(refused.error().detail.find("icacls") != std::string::npos);
}

TEST_CASE("files: a name in Vietnamese is one and the same for every function") {
  const Temporary here;
  const auto made = DataDir::make(here.file("Phường Vỹ Dạ/dữ liệu"));
  REQUIRE(made.has_value());
  const auto path = made->file("khóa");
  REQUIRE(write_private_file(path, view("x"), false).has_value());
  CHECK(file_exists(path));
  CHECK(std::filesystem::exists(path_of(path)));
  REQUIRE(rename_file(path, made->file("chìa khóa")).has_value());
  CHECK(*read_file(made->file("chìa khóa"), 10) == "x");
}
