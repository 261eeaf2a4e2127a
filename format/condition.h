// A condition on rows, as SQL has it behind WHERE: what of it can be told
// without a server.
//
//   id BETWEEN 10 AND 20 AND (at >= '2025-01-01' OR at IS NULL) AND f(name)
//
// is an AND of two comparisons, an OR and something unknown. Comparisons of a
// column with constants, IN, BETWEEN and IS NULL are known, joined by AND, OR,
// NOT and parentheses. Whatever else PostgreSQL reads, and whatever stands near
// it so that it might mean something else, is unknown: never is a part taken
// for what the server would not take it for. What is no SQL at all may be
// unknown, too; it is for a server to say so.
//
// Of a condition, a part that is unknown may be true or not: who asks which
// rows it lets pass for certain must refuse one, who asks which it may let pass
// need not.
//
// Pure functions; any thread.

#ifndef PGBALE_FORMAT_CONDITION_H_
#define PGBALE_FORMAT_CONDITION_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace pgbale {

struct Constant {
  enum class Form { kNumber, kText, kBoolean };

  Form form = Form::kText;
  // "-12.5"; what stands between the quotes; "t" or "f".
  std::string text;
  // The type that it is said to be of, in lower case as it is written: "date",
  // "timestamp with time zone"; "": none.
  std::string type = {};

  bool operator==(const Constant&) const = default;
};

struct Condition {
  enum class Kind {
    kUnknown,
    kAnd,  // of `parts`
    kOr,
    kNot,      // of the only part
    kCompare,  // column, op, the only constant
    kIsNull,   // column
    kIsNotNull,
  };
  enum class Op { kEqual, kNotEqual, kLess, kAtMost, kGreater, kAtLeast };

  Kind kind = Kind::kUnknown;
  std::vector<Condition> parts = {};
  // What stands before the column's name and a dot, or "". Both raw: folded to
  // lower case unless they were quoted.
  std::string table = {};
  std::string column = {};
  Op op = Op::kEqual;
  Constant constant = {};
  // It is one of several constants of an IN, which the server gives one type,
  // and maybe not the one that the comparison alone would have.
  bool of_list = false;

  bool operator==(const Condition&) const = default;
};

// IN is an OR of comparisons, BETWEEN an AND of two.
Condition ParseCondition(absl::string_view sql);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_CONDITION_H_
