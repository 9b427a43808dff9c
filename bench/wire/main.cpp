#include "bench/city/exchange.hpp"
#include "bench/city/figure.hpp"

#include "protocol/run/segments.hpp"

#include <zstd.h>

#include <fstream>

/// wire DIR: bytes on the wire for the workloads base, W1, W2, W3 .jsonl in DIR, headers counted, against one zstd -19 of the same JSON.
/// wire DIR --samples OUT: what a dictionary is trained on: such segments before they are compressed, one file each.
namespace ward::bench {
namespace {

std::size_t floor_of(const std::string& file) {
  const auto text = read_file(file);
  std::vector<char> out(ZSTD_compressBound(text.size()));
  return ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 19);
}

struct Case {
  const char* workload;
  const char* goal;
  bool restarted = false;  ///< the ward's daemon, between what both sides hold and what is measured
  bool sealed = false;
};

/// Both sides hold `base`, receipts and all; then the workload is written while the link is down.
void prepare(City& city, const std::string& folder, const Case& wanted) {
  city.import(folder + "/base.jsonl");
  (void)exchange(city);
  (void)exchange(city);
  if (wanted.restarted) city.restart_ward();
  const auto file = folder + "/" + wanted.workload + ".jsonl";
  if (std::string_view(wanted.workload) == "W2")
    city.import(file);
  else
    city.apply(file);
}

void measure(const std::string& folder, const Case& wanted) {
  const Folder place;
  City city(place.path());
  prepare(city, folder, wanted);
  const auto e = exchange(city, wanted.sealed);
  const auto floor = floor_of(folder + "/" + wanted.workload + ".jsonl");
  auto figure = text("%zu B", e.until_receipt);
  if (e.records > 10) figure += text(" = %.3f x floor of %zu", static_cast<double>(e.until_receipt) / static_cast<double>(floor), floor);
  say(std::string(wanted.workload) + (wanted.sealed ? ", sealed" : "") + (wanted.restarted ? ", daemon started anew" : ""), figure,
      wanted.goal);
  std::printf(
      "  %zu B of runs, message 1 %zu, message 2 %zu, payload up %zu, down %zu, packets and acknowledgements %zu; %zu records; %zu B until "
      "quiet\n",
      e.runs, e.message_1, e.message_2, e.up.payload, e.down.payload, e.total() - e.up.payload - e.down.payload, e.records, e.total());
}

/// Segments of several sizes, as a ward sends them: long queues, short ones, one edit.
void write_samples(const std::string& folder, const std::string& out) {
  std::size_t count = 0;
  for (const char* workload : {"W1", "W2"}) {
    for (const std::size_t size : {256, 32, 2}) {
      const Folder place;
      City city(place.path());
      prepare(city, folder, {workload, ""});
      for (auto& rows : must(city.ward().read_outbox({limits::run_segments_max, size}, city.now())).rows) {
        rows.elided.dossiers = true;
        // Not the third part: it is random, and here the same for every workload. A dictionary must not learn it.
        auto parts = run::parts_of({std::move(rows)});
        append(parts[0], parts[1]);
        std::ofstream file(out + "/" + std::to_string(count++), std::ios::binary);
        file.write(reinterpret_cast<const char*>(parts[0].data()), static_cast<std::streamsize>(parts[0].size()));
      }
    }
  }
}

}  // namespace
}  // namespace ward::bench

int main(int argc, char** argv) {
  using ward::bench::Case;
  if (argc == 4 && std::string_view(argv[2]) == "--samples") {
    ward::bench::write_samples(argv[1], argv[3]);
    return 0;
  }
  if (argc != 2) {
    std::fprintf(stderr, "usage: wire DIR [--samples OUT]\n");
    return 2;
  }
  for (const Case& wanted :
       {Case{"W1", "<= 1.0 x"}, Case{"W1", "<= 1.0 x", true}, Case{"W1", "<= 6 x", false, true}, Case{"W2", "<= 1.0 x"},
        Case{"W2", "<= 1.0 x", true}, Case{"W2", "<= 6 x", false, true}, Case{"W3", "<= 900 B"}, Case{"W3", "<= 900 B", true}})
    ward::bench::measure(argv[1], wanted);
  return 0;
}
