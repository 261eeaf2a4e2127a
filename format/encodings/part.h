// A column of a fixed width that an encoding makes out of another: filled in,
// encoded, thrown away. Its memory is kept for the next one.
//
// One thread at a time.

#ifndef PGBALE_FORMAT_ENCODINGS_PART_H_
#define PGBALE_FORMAT_ENCODINGS_PART_H_

#include <cstddef>
#include <cstdint>
#include <utility>

#include "format/row_batch.h"
#include "format/scratch.h"

namespace pgbale {

class Part {
 public:
  Part(uint32_t width, uint32_t rows) : rows_(rows), column_(width) {
    values_->resize(size_t{width} * rows);
  }
  ~Part() {
    if (values_->empty()) *values_ = column_.TakeValues();
  }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  // To be filled in; undefined at first.
  uint8_t* values() { return values_->data(); }

  // The column, once it is filled in; values() is not used any more.
  const Column& Finish() {
    column_.Assign(rows_, 0, {}, std::move(*values_), {});
    values_->clear();
    return column_;
  }

 private:
  const uint32_t rows_;
  Scratch values_;
  Column column_;
};

}  // namespace pgbale

#endif  // PGBALE_FORMAT_ENCODINGS_PART_H_
