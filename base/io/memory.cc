#include "base/io/memory.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace pgbale {
namespace {

class MemorySink : public Sink {
 public:
  explicit MemorySink(Buffer* out) : out_(out), start_(out->size()) {}

  absl::Status Append(Bytes data) override {
    pgbale::Append(*out_, data);
    return absl::OkStatus();
  }
  absl::Status Finish() override { return absl::OkStatus(); }
  uint64_t position() const override { return out_->size() - start_; }
  absl::string_view name() const override { return "memory"; }

 private:
  Buffer* const out_;
  const size_t start_;
};

class MemorySource : public Source {
 public:
  explicit MemorySource(Bytes data) : data_(data.begin(), data.end()) {}

  absl::Status ReadAt(uint64_t position, MutableBytes out) override {
    if (position > data_.size() || out.size() > data_.size() - position)
      return MakeError(
          Failure::kIncomplete,
          absl::StrCat("memory: ends at ", data_.size(), ", ", out.size(),
                       " octets expected at ", position));
    if (!out.empty())
      std::memcpy(out.data(), data_.data() + position, out.size());
    return absl::OkStatus();
  }
  uint64_t size() const override { return data_.size(); }
  absl::string_view name() const override { return "memory"; }

 private:
  const Buffer data_;
};

}  // namespace

std::unique_ptr<Sink> MakeMemorySink(Buffer* out) {
  return std::make_unique<MemorySink>(out);
}

std::unique_ptr<Source> MakeMemorySource(Bytes data) {
  return std::make_unique<MemorySource>(data);
}

}  // namespace pgbale
