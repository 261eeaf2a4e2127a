#include "engine/inspect/verify.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/inspect/input.h"
#include "engine/inspect/json_object.h"
#include "format/footer.h"

namespace pgbale {
namespace {

// What the rows of a whole archive amount to, for the display; 0: not known.
uint64_t ExpectedRawBytes(Source& source) {
  if (source.size() < Footer::kBlockOctets) return 0;
  Buffer payload(Footer::kPayloadOctets);
  const uint64_t position = source.size() - payload.size();
  if (!source.ReadAt(position, MutableBytes(payload)).ok()) return 0;
  const absl::StatusOr<Footer> footer = DecodeFooter(payload);
  return footer.ok() ? footer->raw_octets : 0;
}

absl::string_view AdviceFor(Failure failure) {
  switch (failure) {
    case Failure::kIncomplete:
      return "The dump did not finish, or the file was cut off on its way: "
             "dump or copy it again.";
    case Failure::kDamaged:
      return "The file is not what was written: copy it again from where it "
             "is whole, and check the disk.";
    default:
      return "";
  }
}

}  // namespace

absl::StatusOr<VerifyReport> VerifyFile(const std::string& path, int workers,
                                        CancelToken& cancel,
                                        Progress& progress) {
  std::unique_ptr<ForwardSource> source;
  if (path == kStandardInput) {
    ASSIGN_OR_RETURN(source, OpenArchiveStream(path, cancel));
  } else {
    ASSIGN_OR_RETURN(std::unique_ptr<Source> file, OpenArchiveFile(path));
    progress.raw_bytes_total = ExpectedRawBytes(*file);
    source = MakeForwardSource(
        std::make_unique<CancellableSource>(std::move(file), cancel));
  }
  VerifyReport report = VerifyArchive(std::move(source), workers, progress);
  RETURN_IF_ERROR(cancel.Check());
  return report;
}

absl::Status VerdictOf(const VerifyReport& report) {
  if (report.damages.empty()) return absl::OkStatus();
  const Damage* gravest = &report.damages.front();
  for (const Damage& damage : report.damages) {
    if (FailureOf(damage.status) != Failure::kDamaged) continue;
    gravest = &damage;
    break;
  }
  const absl::string_view advice = AdviceFor(FailureOf(gravest->status));
  if (advice.empty() || !HintOf(gravest->status).empty())
    return gravest->status;
  return WithHint(gravest->status, advice);
}

std::string VerifyText(const VerifyReport& report, double seconds) {
  std::string out;
  for (const Damage& damage : report.damages)
    absl::StrAppend(&out, "bad: ", Printable(damage.status.message()), "\n");
  const uint64_t rate = static_cast<uint64_t>(
      static_cast<double>(report.raw_bytes) / (seconds > 0 ? seconds : 1e-9));
  absl::StrAppend(
      &out, report.damages.empty() ? "whole: " : "checked: ",
      HumanCount(report.blocks), " blocks, ", HumanCount(report.chunks),
      " chunks, ", HumanCount(report.rows), " rows, ",
      HumanBytes(report.stored_bytes), ", raw ", HumanBytes(report.raw_bytes),
      " in ", HumanDuration(seconds), ", ", HumanBytes(rate), "/s\n");
  return out;
}

std::string VerifyJson(const VerifyReport& report, double seconds) {
  std::vector<std::string> damages;
  for (const Damage& damage : report.damages)
    damages.emplace_back(damage.status.message());
  JsonObject json;
  json.Set("type", "summary")
      .Set("blocks", report.blocks)
      .Set("chunks", report.chunks)
      .Set("rows", report.rows)
      .Set("raw_bytes", report.raw_bytes)
      .Set("stored_bytes", report.stored_bytes)
      .Set("seconds", seconds)
      .Set("damages", damages);
  return json.ToString();
}

}  // namespace pgbale
