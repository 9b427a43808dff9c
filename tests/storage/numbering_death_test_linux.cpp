#include "tests/storage/numbers.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

namespace ward::test {

TEST_CASE("numbering: after a death between the mark and the commit the code is not given again") {
  Numbers n;
  n.serial();
  const auto file = n.city.dir.file("codes.mark");
  const auto write = [file](BytesView bytes) {
    std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  };
  write(**n.pc->mark);
  n.pc->store.reset();
  const auto child = fork();
  if (child == 0) {
    const auto held = std::exchange(n.pc->mark, nullptr);
    n.pc->reopen();
    const auto die = [&](BytesView bytes) {
      write(bytes);
      ::kill(::getpid(), SIGKILL);
      return Result<void>{};
    };
    must((*n.pc)->keep_codes_by({[held] { return Result<std::optional<Bytes>>(*held); }, die}));
    (void)(*n.pc)->save({new_dossier({set("ChuHoSo", "An")})}, n.city.now);
    ::_exit(1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  std::ifstream in(file, std::ios::binary);
  *n.pc->mark = Bytes(std::istreambuf_iterator<char>(in), {});
  n.pc->reopen();
  CHECK(n.why() == NoOfficialCode::memory);
  const auto waiting = n.lodge();
  sync(n.city, *n.pc);
  CHECK(n.give() == 1);
  CHECK(code::parse_official(n.codes_of(waiting).front())->serial == 3);  // the second is on no paper, and lost
}

}  // namespace ward::test
