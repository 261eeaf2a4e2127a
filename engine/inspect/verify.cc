#include "engine/inspect/verify.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/io/file.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/inspect/json_object.h"

namespace pgbale {
namespace {

// Lets a signal end a long check: reads fail from then on.
class CancellableSource : public Source {
 public:
  CancellableSource(std::unique_ptr<Source> source, const CancelToken& cancel)
      : source_(std::move(source)), cancel_(cancel) {}

  absl::Status ReadAt(uint64_t position, MutableBytes out) override {
    RETURN_IF_ERROR(cancel_.Check());
    return source_->ReadAt(position, out);
  }
  uint64_t size() const override { return source_->size(); }
  absl::string_view name() const override { return source_->name(); }

 private:
  const std::unique_ptr<Source> source_;
  const CancelToken& cancel_;
};

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
                                        CancelToken& cancel) {
  ASSIGN_OR_RETURN(std::unique_ptr<Source> source, OpenFileSource(path));
  VerifyReport report = VerifyArchive(
      std::make_unique<CancellableSource>(std::move(source), cancel), workers);
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
