// A sink that fails where it is told to.

#ifndef PGBALE_TESTS_SUPPORT_FAULT_SINK_H_
#define PGBALE_TESTS_SUPPORT_FAULT_SINK_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <utility>

#include "base/io/sink.h"
#include "base/status.h"

namespace pgbale {

struct FaultPlan {
  static constexpr uint64_t kNever = std::numeric_limits<uint64_t>::max();
  // The Append that fails, counted from 0.
  uint64_t append = kNever;
  // The Append fails that would go beyond so many octets; those up to there
  // are written, as on a full disk.
  uint64_t octets = kNever;
  bool finish = false;
};

class FaultSink : public Sink {
 public:
  FaultSink(std::unique_ptr<Sink> inner, FaultPlan plan)
      : inner_(std::move(inner)), plan_(plan) {}

  absl::Status Append(Bytes data) override {
    if (appends_++ >= plan_.append) return Fault();
    const uint64_t room = plan_.octets - inner_->position();
    if (data.size() <= room) return inner_->Append(data);
    RETURN_IF_ERROR(inner_->Append(data.subspan(0, room)));
    return Fault();
  }
  absl::Status Finish() override {
    return plan_.finish ? Fault() : inner_->Finish();
  }
  uint64_t position() const override { return inner_->position(); }
  absl::string_view name() const override { return inner_->name(); }

  uint64_t appends() const { return appends_; }

 private:
  static absl::Status Fault() {
    return MakeError(Failure::kLocalStorage, "injected fault");
  }

  const std::unique_ptr<Sink> inner_;
  const FaultPlan plan_;
  uint64_t appends_ = 0;
};

}  // namespace pgbale

#endif  // PGBALE_TESTS_SUPPORT_FAULT_SINK_H_
