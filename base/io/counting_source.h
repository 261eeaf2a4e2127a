// Counts what is read of a source.
//
// Thread-safe.

#ifndef PGBALE_BASE_IO_COUNTING_SOURCE_H_
#define PGBALE_BASE_IO_COUNTING_SOURCE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/io/source.h"

namespace pgbale {

class CountingSource : public Source {
 public:
  explicit CountingSource(std::unique_ptr<Source> source)
      : source_(std::move(source)) {}

  absl::Status ReadAt(uint64_t position, MutableBytes out) override {
    octets_read_ += out.size();
    return source_->ReadAt(position, out);
  }
  uint64_t size() const override { return source_->size(); }
  absl::string_view name() const override { return source_->name(); }

  // Asked for so far, whatever is read twice counted twice.
  uint64_t octets_read() const { return octets_read_; }

 private:
  const std::unique_ptr<Source> source_;
  std::atomic<uint64_t> octets_read_{0};
};

}  // namespace pgbale

#endif  // PGBALE_BASE_IO_COUNTING_SOURCE_H_
