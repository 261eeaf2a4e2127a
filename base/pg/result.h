// Rows of a query, in text form, held in memory.
//
// Thread-compatible. Views that it returns are valid while it lives.

#ifndef PGBALE_BASE_PG_RESULT_H_
#define PGBALE_BASE_PG_RESULT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

struct pg_result;

namespace pgbale::pg {

using Oid = uint32_t;

// One row. `column` counts from 0 in the order of the select list; by
// convention each query stands beside an enum that names its columns.
class Row {
 public:
  Row(const pg_result* result, int row) : result_(result), row_(row) {}

  bool is_null(int column) const;
  // "" for NULL.
  absl::string_view text(int column) const;
  std::string str(int column) const { return std::string(text(column)); }
  // 't' is true; NULL is false.
  bool boolean(int column) const;
  // 0 for NULL. The server's own output is trusted to be a number.
  int64_t integer(int column) const;
  Oid oid(int column) const;
  // The elements of a one-dimensional array ("{a,"b c",NULL}"), NULL as "".
  // Empty for NULL.
  std::vector<std::string> array(int column) const;
  // The numbers of an array without NULLs ("{1,-2}"), or of an int2vector or
  // oidvector ("1 2"). Empty for NULL.
  std::vector<int64_t> integers(int column) const;

 private:
  const pg_result* result_;
  int row_;
};

class Result {
 public:
  // Takes over `result`.
  explicit Result(pg_result* result);

  int rows() const;
  int columns() const;
  Row row(int index) const { return Row(result_.get(), index); }

  class Iterator {
   public:
    Iterator(const pg_result* result, int row) : result_(result), row_(row) {}
    Row operator*() const { return Row(result_, row_); }
    Iterator& operator++() {
      ++row_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return row_ != other.row_; }

   private:
    const pg_result* result_;
    int row_;
  };
  Iterator begin() const { return Iterator(result_.get(), 0); }
  Iterator end() const { return Iterator(result_.get(), rows()); }

 private:
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

// Parses the text form of a one-dimensional array; NULL elements give "".
std::vector<std::string> ParseArray(absl::string_view text);

}  // namespace pgbale::pg

#endif  // PGBALE_BASE_PG_RESULT_H_
