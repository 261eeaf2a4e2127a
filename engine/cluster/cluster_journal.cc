#include "engine/cluster/cluster_journal.h"

#include <filesystem>
#include <system_error>

#include "absl/algorithm/container.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/status.h"
#include "base/text.h"

namespace pgbale {
namespace {

constexpr char kStanding[] = "standing";
constexpr absl::string_view kEnded = "ended";

std::map<std::string, std::string> TextsOf(const ClusterFacts& facts) {
  const auto append = [](std::string* out, const std::string& name) {
    out->append(absl::BytesToHexString(name));
  };
  return {{"server", facts.server},
          {"archives", facts.archives},
          {"clean", facts.clean ? "yes" : "no"},
          {kStanding, absl::StrJoin(facts.standing, " ", append)}};
}

absl::Status Differs(const std::string& path, absl::string_view what) {
  return WithHint(
      MakeError(Failure::kError,
                absl::StrCat(Quoted(path), ": the restore was begun ", what)),
      "Give the same command as then, or restore without --resume, with "
      "--clean for what stands already.");
}

}  // namespace

absl::StatusOr<std::unique_ptr<ClusterJournal>> ClusterJournal::Begin(
    const std::string& path, const ClusterFacts& facts) {
  JournalHead head;
  head.facts = TextsOf(facts);
  ASSIGN_OR_RETURN(std::unique_ptr<LockedFile> file,
                   LockedFile::Create(path, JournalHeadText(head.facts)));
  return std::unique_ptr<ClusterJournal>(
      new ClusterJournal(std::move(file), std::move(head)));
}

absl::StatusOr<std::unique_ptr<ClusterJournal>> ClusterJournal::Resume(
    const std::string& path, const ClusterFacts& facts) {
  absl::StatusOr<std::unique_ptr<LockedFile>> file = LockedFile::Open(path);
  if (!file.ok() && FailureOf(file.status()) == Failure::kNotFound)
    return WithHint(
        MakeError(Failure::kError,
                  absl::StrCat("there is nothing to resume: no journal ",
                               Quoted(path))),
        "A restore that ended well leaves none: restore without --resume.");
  if (!file.ok()) return file.status();
  absl::StatusOr<JournalHead> head = ParseJournalHead((*file)->text());
  if (!head.ok()) return Annotate(head.status(), Quoted(path));
  const std::map<std::string, std::string> now = TextsOf(facts);
  if (head->facts["server"] != now.at("server"))
    return Differs(path, "on another server");
  if (head->facts["archives"] != now.at("archives"))
    return Differs(path, "from other archives");
  if (head->facts["clean"] != now.at("clean"))
    return Differs(path, facts.clean ? "without --clean" : "with --clean");
  return std::unique_ptr<ClusterJournal>(
      new ClusterJournal(*std::move(file), *std::move(head)));
}

std::set<std::string> ClusterJournal::standing() const {
  std::set<std::string> names;
  const auto found = head_.facts.find(kStanding);
  if (found == head_.facts.end()) return names;
  for (const absl::string_view name :
       absl::StrSplit(found->second, ' ', absl::SkipEmpty()))
    names.insert(absl::HexStringToBytes(name));
  return names;
}

bool ClusterJournal::ended() const {
  return absl::c_linear_search(head_.states, kEnded);
}

absl::Status ClusterJournal::End(const std::vector<std::string>& paths) {
  // First: once one of them is gone, its database looks as if nobody had begun
  // with it.
  if (!ended()) RETURN_IF_ERROR(file_->Append(JournalStateText(kEnded)));
  for (const std::string& path : paths) {
    std::error_code error;
    std::filesystem::remove(path, error);
    if (error)
      return MakeError(
          Failure::kLocalStorage,
          absl::StrCat(Quoted(path), ": cannot remove: ", error.message()));
  }
  return file_->Remove();
}

}  // namespace pgbale
