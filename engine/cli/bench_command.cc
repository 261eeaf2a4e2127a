#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/io/file.h"
#include "base/status.h"
#include "engine/bench/bench.h"
#include "engine/bench/plot.h"
#include "engine/bench/scratch_folder.h"
#include "engine/cli/command.h"
#include "engine/cli/connect.h"
#include "engine/cli/report.h"

namespace pgbale {
namespace {

// The program that runs: what is measured is this build, not what PATH finds.
absl::StatusOr<std::string> OwnProgram() {
  std::array<char, 4096> path;
  const ssize_t size = readlink("/proc/self/exe", path.data(), path.size());
  if (size > 0 && static_cast<size_t>(size) < path.size())
    return std::string(path.data(), static_cast<size_t>(size));
  return MakeError(Failure::kError,
                   "cannot tell where this program is: /proc is missing");
}

std::string FolderFor(const Arguments& arguments) {
  if (!arguments.folder.empty()) return arguments.folder;
  return IsSet("TMPDIR") ? std::getenv("TMPDIR") : "/tmp";
}

absl::Status CheckUsage(const Arguments& arguments) {
  if (!arguments.positional.empty() && !arguments.connection.dbname.empty())
    return MakeError(
        Failure::kUsage,
        "the database is named twice, by -d/--dbname and as DBNAME");
  if (!arguments.plot_file.empty())
    RETURN_IF_ERROR(CheckCanPlot(arguments.plot_file));
  return absl::OkStatus();
}

void AddEach(const char* option, const std::vector<std::string>& values,
             std::vector<std::string>& words) {
  for (const std::string& value : values) {
    words.emplace_back(option);
    words.push_back(value);
  }
}

absl::StatusOr<BenchOptions> BenchOptionsFrom(const Arguments& arguments) {
  RETURN_IF_ERROR(CheckUsage(arguments));
  const Arguments defaults;
  Arguments named = arguments;
  if (!arguments.positional.empty())
    named.connection.dbname = arguments.positional.front();
  BenchOptions options;
  ASSIGN_OR_RETURN(options.source, ConnectOptionsFrom(named));
  ASSIGN_OR_RETURN(options.program, OwnProgram());
  options.runs = arguments.runs;
  options.jobs = arguments.jobs.value_or(
      static_cast<int>(std::max(1u, std::thread::hardware_concurrency())));
  options.warm_up = !arguments.no_warm_up;
  options.dump = arguments.bench_phases != BenchPhases::kRestore;
  options.restore = arguments.bench_phases != BenchPhases::kDump;
  options.peers.folders = arguments.pg_bin;
  options.peers.formats = arguments.peer_formats;
  options.peers.jobs = options.jobs;
  options.peers.dump_words =
      absl::StrSplit(arguments.peer_options, ' ', absl::SkipEmpty());
  if (arguments.compression_level != defaults.compression_level)
    options.dump_words.push_back(
        absl::StrCat("--compress=", arguments.compression_level));
  if (arguments.memory_bytes != defaults.memory_bytes)
    options.dump_words.push_back(
        absl::StrCat("--memory=", arguments.memory_bytes));
  AddEach("-n", arguments.schemas, options.selection_words);
  AddEach("-N", arguments.exclude_schemas, options.selection_words);
  AddEach("-t", arguments.tables, options.selection_words);
  AddEach("-T", arguments.exclude_tables, options.selection_words);
  options.folder = FolderFor(arguments);
  options.keep = arguments.keep;
  options.say = [quiet = arguments.quiet](absl::string_view line) {
    if (!quiet) PrintErr(absl::StrCat(line, "\n"));
  };
  return options;
}

// A file that was asked for: it is there before anything is measured, and gets
// its name when all of it is. nullptr: not asked for, or standard output.
absl::StatusOr<std::unique_ptr<Sink>> OpenResult(const std::string& path) {
  if (path.empty() || path == "-") return nullptr;
  return OpenFileSink(path, {});
}

absl::Status WriteResult(Sink& sink, absl::string_view text) {
  RETURN_IF_ERROR(sink.Append(AsBytes(text)));
  return sink.Finish();
}

// By gnuplot into a folder of its own, and from there to where it belongs.
absl::Status WritePlot(const BenchReport& report, const Arguments& arguments,
                       Sink& sink, CancelToken& cancel) {
  ASSIGN_OR_RETURN(const std::unique_ptr<ScratchFolder> folder,
                   ScratchFolder::Make(FolderFor(arguments), false));
  const std::string picture =
      absl::StrCat(folder->path(), "/plot",
                   arguments.plot_file.substr(arguments.plot_file.size() - 4));
  RETURN_IF_ERROR(Plot(report, picture, folder->path(), cancel));
  ASSIGN_OR_RETURN(const std::unique_ptr<Source> file, OpenFileSource(picture));
  Buffer octets(file->size());
  RETURN_IF_ERROR(file->ReadAt(0, MutableBytes(octets)));
  return WriteResult(sink, AsText(octets));
}

absl::Status RunBenchCommand(const Arguments& arguments, CancelToken& cancel) {
  ASSIGN_OR_RETURN(const BenchOptions options, BenchOptionsFrom(arguments));
  ASSIGN_OR_RETURN(const std::unique_ptr<Sink> json,
                   OpenResult(arguments.json_file));
  ASSIGN_OR_RETURN(const std::unique_ptr<Sink> plot,
                   OpenResult(arguments.plot_file));
  ASSIGN_OR_RETURN(const BenchReport report, RunBench(options, cancel));
  const std::string text = BenchJson(report) + "\n";
  if (arguments.json_file == "-") PrintOut(text);
  const auto print = arguments.json_file == "-" ? PrintErr : PrintOut;
  print(BenchTable(report));
  if (json != nullptr) RETURN_IF_ERROR(WriteResult(*json, text));
  if (plot != nullptr)
    RETURN_IF_ERROR(WritePlot(report, arguments, *plot, cancel));
  return VerdictOf(report);
}

}  // namespace

const Command kBenchCommand = {
    "bench",
    "[OPTION]... [DBNAME]",
    "measure dump and restore beside pg_dump and pg_restore",
    "Programs take turns; each restore goes into a new database on the same\n"
    "server, pgbale_bench_..., which is dropped again. The database that is\n"
    "measured is only read. What was dumped and restored is compared: if it "
    "is\n"
    "wrong, the exit code is 1; if a program failed, 3.\n",
    kBench,
    0,
    1,
    RunBenchCommand};

}  // namespace pgbale
