// pg_dump and pg_restore that are installed, and how they are asked to do their
// best.

#ifndef PGBALE_ENGINE_BENCH_PEERS_H_
#define PGBALE_ENGINE_BENCH_PEERS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/cancel.h"

namespace pgbale {

// How pg_dump is asked to dump.
enum class PeerFormat {
  // -Fd with as many jobs as pgbale, and the fastest compression that it has
  // and that still makes archives small.
  kDirectory,
  // -Fc and nothing else: what nearly everybody types.
  kCustom,
};

struct PeerOptions {
  // Folders with both programs; empty: where PATH finds them, if it does.
  std::vector<std::string> folders;
  std::vector<PeerFormat> formats = {PeerFormat::kDirectory};
  int jobs = 1;
  std::vector<std::string> dump_words = {};  // further ones, for pg_dump
};

struct Peer {
  std::string name;     // "pg_dump 17.6 -Fd zstd:1"
  std::string version;  // "pg_dump (PostgreSQL) 17.6"
  // The commands without archive and database.
  std::vector<std::string> dump, restore;
};

// For each folder each format. Errors: kUsage for a folder without one of the
// programs; kError for a program that does not run.
absl::StatusOr<std::vector<Peer>> FindPeers(const PeerOptions& options,
                                            CancelToken& cancel);

// "d", "c", both with a comma between, or "none". Errors: kUsage.
absl::StatusOr<std::vector<PeerFormat>> ParsePeerFormats(
    absl::string_view text);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_BENCH_PEERS_H_
