#include "engine/bench/peers.h"

#include <unistd.h>

#include <filesystem>
#include <optional>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/process.h"
#include "base/status.h"
#include "base/text.h"

namespace pgbale {
namespace {

namespace fs = std::filesystem;

// From this version on pg_dump has --compress=METHOD, if it was built so.
constexpr int kMethodsSince = 16;

struct Programs {
  std::string dump, restore;
};

// Debian's /usr/bin/pg_dump is a script that looks for a server's version and
// then starts the program; its time is not pg_dump's.
std::string WithoutWrapper(const std::string& program, int major) {
  std::error_code error;
  const fs::path real = fs::canonical(program, error);
  if (error || real.filename() != "pg_wrapper") return program;
  const fs::path direct = fs::path("/usr/lib/postgresql") /
                          std::to_string(major) / "bin" /
                          fs::path(program).filename();
  return access(direct.c_str(), X_OK) == 0 ? direct.string() : program;
}

// The word behind "(PostgreSQL)": "17.6", "18beta1".
std::string NumberOf(absl::string_view version) {
  const size_t at = version.find(") ");
  if (at == absl::string_view::npos) return "";
  const absl::string_view rest = version.substr(at + 2);
  return std::string(rest.substr(0, rest.find_first_of(" \n")));
}

int MajorOf(absl::string_view number) {
  int major = 0;
  const absl::string_view digits =
      number.substr(0, number.find_first_not_of("0123456789"));
  return absl::SimpleAtoi(digits, &major) ? major : 0;
}

absl::StatusOr<std::string> VersionOf(const std::string& program,
                                      CancelToken& cancel) {
  ASSIGN_OR_RETURN(const ProcessOutcome outcome,
                   RunProcess({.words = {program, "--version"}}, cancel));
  if (outcome.exit_code != 0 || NumberOf(outcome.out).empty())
    return WithHint(
        MakeError(Failure::kError,
                  absl::StrCat(Quoted(program), " does not tell its version")),
        "Name a folder with PostgreSQL's own programs by --pg-bin.");
  return std::string(absl::StripSuffix(outcome.out, "\n"));
}

// Asked without a server: a method that pg_dump lacks is an error before it
// connects.
absl::StatusOr<bool> Compresses(const std::string& program,
                                const std::string& method,
                                CancelToken& cancel) {
  ASSIGN_OR_RETURN(
      const ProcessOutcome outcome,
      RunProcess({.words = {program, "-Fc", absl::StrCat("--compress=", method),
                            "-f", "/dev/null", "-h", "/nonexistent"},
                  .set = {{"LC_ALL", "C"}}},
                 cancel));
  return !absl::StrContains(outcome.err, "compress");
}

absl::StatusOr<std::string> FastestCompression(const std::string& program,
                                               int major, CancelToken& cancel) {
  if (major >= kMethodsSince) {
    for (const char* method : {"zstd:1", "lz4"}) {
      ASSIGN_OR_RETURN(const bool has, Compresses(program, method, cancel));
      if (has) return method;
    }
  }
  return major >= kMethodsSince ? "gzip:1" : "1";
}

absl::StatusOr<Programs> ProgramsIn(const std::string& folder) {
  const Programs programs{absl::StrCat(folder, "/pg_dump"),
                          absl::StrCat(folder, "/pg_restore")};
  for (const std::string& program : {programs.dump, programs.restore}) {
    if (access(program.c_str(), X_OK) == 0) continue;
    return WithHint(
        MakeError(Failure::kUsage, absl::StrCat("option --pg-bin: there is no ",
                                                Quoted(program))),
        "Name a folder that holds pg_dump and pg_restore.");
  }
  return programs;
}

std::optional<Programs> ProgramsOfPath() {
  const std::optional<std::string> dump = FindProgram("pg_dump");
  const std::optional<std::string> restore = FindProgram("pg_restore");
  if (!dump.has_value() || !restore.has_value()) return std::nullopt;
  return Programs{*dump, *restore};
}

absl::StatusOr<Peer> MakePeer(const Programs& programs, PeerFormat format,
                              const PeerOptions& options, CancelToken& cancel) {
  Peer peer;
  ASSIGN_OR_RETURN(peer.version, VersionOf(programs.dump, cancel));
  const std::string number = NumberOf(peer.version);
  const int major = MajorOf(number);
  const std::string dump = WithoutWrapper(programs.dump, major);
  peer.dump = {dump};
  peer.restore = {WithoutWrapper(programs.restore, major)};
  const std::string jobs = absl::StrCat("-j", options.jobs);
  if (format == PeerFormat::kDirectory) {
    ASSIGN_OR_RETURN(const std::string compression,
                     FastestCompression(dump, major, cancel));
    peer.name = absl::StrCat(
        "pg_dump ", number, " -Fd ",
        absl::StrContains("0123456789", compression) ? "gzip:" : "",
        compression);
    for (const std::string& word :
         {std::string("-Fd"), jobs, absl::StrCat("--compress=", compression)})
      peer.dump.push_back(word);
  } else {
    peer.name = absl::StrCat("pg_dump ", number, " -Fc");
    peer.dump.emplace_back("-Fc");
  }
  // Each archive of theirs can be restored by many jobs.
  peer.restore.push_back(jobs);
  for (const std::string& word : options.dump_words) {
    peer.dump.push_back(word);
    absl::StrAppend(&peer.name, " ", Printable(word));
  }
  return peer;
}

}  // namespace

absl::StatusOr<std::vector<Peer>> FindPeers(const PeerOptions& options,
                                            CancelToken& cancel) {
  std::vector<Programs> found;
  for (const std::string& folder : options.folders) {
    ASSIGN_OR_RETURN(found.emplace_back(), ProgramsIn(folder));
  }
  if (options.folders.empty()) {
    const std::optional<Programs> programs = ProgramsOfPath();
    if (programs.has_value()) found.push_back(*programs);
  }
  std::vector<Peer> peers;
  for (const Programs& programs : found) {
    for (const PeerFormat format : options.formats) {
      ASSIGN_OR_RETURN(peers.emplace_back(),
                       MakePeer(programs, format, options, cancel));
    }
  }
  return peers;
}

absl::StatusOr<std::vector<PeerFormat>> ParsePeerFormats(
    absl::string_view text) {
  std::vector<PeerFormat> formats;
  if (text == "none") return formats;
  for (absl::string_view word : absl::StrSplit(text, ',')) {
    if (word == "d")
      formats.push_back(PeerFormat::kDirectory);
    else if (word == "c")
      formats.push_back(PeerFormat::kCustom);
    else
      return MakeError(Failure::kUsage,
                       absl::StrCat(Quoted(text), " is not d, c, d,c or none"));
  }
  return formats;
}

}  // namespace pgbale
